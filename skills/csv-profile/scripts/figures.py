"""The figures of a column, once all of its cells are known."""

import datetime
import math
from array import array
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

EPOCH = datetime.datetime(1970, 1, 1)
BINS = 24


@dataclass
class Figures:
    lowest: str = ""
    median: str = ""
    highest: str = ""
    mean: str = ""
    deviation: str = ""
    quartiles: str = ""
    outliers: Optional[int] = None
    examples: List[Tuple[int, str]] = field(default_factory=list)  # (row from 0, value)
    bins: List[int] = field(default_factory=list)


def quantile(ordered, share):
    """Linear interpolation between the closest ranks, as in spreadsheets' QUARTILE.INC."""
    position = (len(ordered) - 1) * share
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def show_number(value):
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-4:
        return f"{value:.4g}"
    digits = 2 if abs(value) >= 100 else 4
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def show_length(characters):
    return "1 char" if characters == 1 else f"{characters:,} chars"


def show_date(seconds, timed):
    try:
        moment = EPOCH + datetime.timedelta(seconds=round(seconds))
    except OverflowError:
        return "?"
    return moment.strftime("%Y-%m-%d %H:%M" if timed else "%Y-%m-%d")


def figures_of(column):
    if not (column.is_number or column.is_date):
        result = Figures()
        if column.type == "text" and column.shortest is not None:
            result.lowest = show_length(column.shortest)
            result.highest = show_length(column.longest)
        return result

    pairs = column.values()
    ordered = array("d", sorted(value for _, value in pairs))
    timed = column.type == "date and time"
    show = (lambda value: show_date(value, timed)) if column.is_date else show_number
    q1, middle, q3 = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    result = Figures(lowest=show(ordered[0]), median=show(middle), highest=show(ordered[-1]))
    result.quartiles = f"{show(q1)} to {show(q3)}"

    low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    if q3 > q1:
        outside = [(row, value) for row, value in pairs if value < low or value > high]
    else:
        outside = []  # half of the values are one and the same: everything else would be an outlier
    result.outliers = len(outside)
    furthest = sorted(outside, key=lambda pair: -max(low - pair[1], pair[1] - high))[:5]
    result.examples = [(row, show(value)) for row, value in furthest]

    if column.is_number:
        mean = math.fsum(ordered) / len(ordered)
        result.mean = show_number(mean)
        if len(ordered) > 1:
            variance = math.fsum((value - mean) ** 2 for value in ordered) / (len(ordered) - 1)
            result.deviation = show_number(math.sqrt(variance))
    span = ordered[-1] - ordered[0]
    if span > 0 and math.isfinite(span):
        result.bins = [0] * BINS
        for value in ordered:
            result.bins[min(int((value - ordered[0]) / span * BINS), BINS - 1)] += 1
    return result
