"""What one column holds: fed with chunks of cells, asked for its figures at the end."""

import datetime
import math
import re
from array import array
from collections import Counter

MOST_DISTINCT = 150_000
FITTING_SHARE = 0.95
MISSING = frozenset(["", "na", "n/a", "#n/a", "null", "none", "nan", "-", "--", "?"])
YES_NO = frozenset(["true", "false", "yes", "no", "y", "n", "ja", "nein", "oui", "non", "sí", "wahr", "falsch"])

NOT_PLAIN = re.compile(r"[^0-9eE+\-.\x00]|(?:^|\x00)[+-]?0[0-9]")
PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
THOUSANDS_EU = re.compile(r"[+-]?\d{1,3}(?:[. ’'\u00a0\u202f]\d{3})+(?:,\d+)?$")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+$")
DRESSING = re.compile(r"^([+-]?)\s*(?:[$€£¥₹]|USD|EUR|GBP|CHF)\s*|\s*(?:[$€£¥₹%]|USD|EUR|GBP|CHF|kr|zł)$")
CODE = re.compile(r"[+-]?0\d")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?$")
OTHER_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{2,4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
EPOCH = datetime.datetime(1970, 1, 1)


def to_number(text):
    """(value, is whole) or None."""
    text = text.strip()
    if CODE.match(text):
        return None
    if not PLAIN_NUMBER.match(text):
        bare = DRESSING.sub(lambda found: found.group(1) or "", text, count=2).strip()
        if bare != text:
            if CODE.match(bare):
                return None
            text = bare
        if PLAIN_NUMBER.match(text):
            pass
        elif THOUSANDS.match(text):
            text = text.replace(",", "")
        elif THOUSANDS_EU.match(text):
            text = re.sub(r"[. ’'\u00a0\u202f]", "", text).replace(",", ".")
        elif DECIMAL_COMMA.match(text):
            text = text.replace(",", ".")
        else:
            return None
    value = float(text)
    if math.isinf(value):
        return None
    return value, not re.search(r"[.eE]", text)


def to_seconds(moment):
    return (moment - EPOCH).total_seconds()


def to_iso_date(text):
    """(seconds since 1970, has a time of day) or None. A time zone is converted to UTC."""
    if not ISO_DATE.match(text):
        return None
    try:
        if len(text) == 10:
            return (datetime.date.fromisoformat(text).toordinal() - 719163) * 86400.0, False
        zone = re.search(r"\s?(Z|UTC|[+-]\d{2}:?\d{2})$", text[16:])
        bare = text[: 16 + zone.start()] if zone else text
        bare = bare.replace(",", ".")
        if "." in bare:
            whole, fraction = bare.split(".")
            bare = f"{whole}.{(fraction + '000000')[:6]}"
        seconds = to_seconds(datetime.datetime.fromisoformat(bare))
        if zone and zone.group(1)[0] in "+-":
            sign = -1 if zone.group(1)[0] == "+" else 1
            digits = zone.group(1)[1:].replace(":", "")
            seconds += sign * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
        return seconds, True
    except ValueError:
        return None


def to_other_date(text):
    """(day-first seconds or None, month-first seconds or None, has a time of day) or None."""
    found = OTHER_DATE.match(text)
    if not found:
        return None
    a, mark, b, c = int(found[1]), found[2], int(found[3]), int(found[4])
    hour, minute, second = int(found[5] or 0), int(found[6] or 0), int(found[7] or 0)
    if len(found[1]) == 4:
        choices = [(a, b, c), (a, b, c)]
    elif len(found[4]) in (2, 4) and len(found[1]) <= 2:
        year = c if len(found[4]) == 4 else c + (2000 if c < 70 else 1900)
        choices = [(year, b, a), (year, a, b) if mark != "." else None]
    else:
        return None
    read = []
    for choice in choices:
        try:
            read.append(to_seconds(datetime.datetime(*choice, hour, minute, second)) if choice else None)
        except ValueError:
            read.append(None)
    return (read[0], read[1], found[5] is not None) if read[0] is not None or read[1] is not None else None


class Series:
    """One number a row, NaN where a row has none; takes no memory until the first number comes."""

    def __init__(self):
        self._values = None

    def put(self, row, value):
        if self._values is None:
            self._values = array("d")
        if len(self._values) < row:
            self._values.extend(array("d", [math.nan]) * (row - len(self._values)))
        self._values.append(value)

    def put_all(self, row, values):
        if values:
            self.put(row, values[0])
            self._values.extend(values[1:])

    def __iter__(self):
        return iter(self._values or ())


class Column:
    def __init__(self, name):
        self.name = name
        self.rows = 0
        self.missing = 0
        self.first_missing = None  # row number from 0
        self.counts = Counter()
        self.exact = True
        self.kinds = Counter()  # whole, number, date, yesno, text
        self.timed = False
        self.day_first = self.month_first = 0
        self.ambiguous = 0
        self.shortest, self.longest = None, 0
        self._numbers, self._day_first, self._month_first = Series(), Series(), Series()
        self._read = {}

    def add(self, cells):
        """Takes the cells of the rows that follow."""
        if self.exact:
            self.counts.update(cells)
            self.exact = len(self.counts) <= MOST_DISTINCT
        lengths = list(map(len, filter(None, cells)))
        if lengths:
            self.longest = max(self.longest, max(lengths))
            self.shortest = min(lengths) if self.shortest is None else min(self.shortest, min(lengths))

        joined = "\0".join(cells)
        if NOT_PLAIN.search(joined) is None:
            try:
                values = array("d", map(float, cells))
            except ValueError:
                values = None  # an empty cell, or something like "1-2": each cell on its own
            if values is not None and not any(map(math.isinf, values)):
                whole = len(cells)
                if "." in joined or "e" in joined or "E" in joined:
                    whole = sum("." not in cell and "e" not in cell and "E" not in cell for cell in cells)
                self.kinds["whole"] += whole
                self.kinds["number"] += len(cells) - whole
                self._numbers.put_all(self.rows, values)
                self.rows += len(cells)
                return
        self._add_one_by_one(cells)

    def _add_one_by_one(self, cells):
        read, kinds = self._read, self.kinds
        for cell in cells:
            known = read.get(cell)
            if known is None:
                known = self._classify(cell)
                if len(read) >= MOST_DISTINCT:
                    read.clear()
                read[cell] = known
            kind, value = known
            kinds[kind] += 1
            if kind == "missing":
                self.missing += 1
                if self.first_missing is None:
                    self.first_missing = self.rows
            elif kind == "whole" or kind == "number":
                self._numbers.put(self.rows, value)
            elif kind == "date":
                day, month = value
                self.day_first += day is not None
                self.month_first += month is not None
                self.ambiguous += day is not None and month is not None and day != month
                self._day_first.put(self.rows, math.nan if day is None else day)
                self._month_first.put(self.rows, math.nan if month is None else month)
            self.rows += 1

    def _classify(self, cell):
        """(kind, value): the number, or for dates the seconds since 1970 read day first and month first."""
        text = cell.strip()
        low = text.lower()
        if low in MISSING:
            return "missing", None
        if low in YES_NO:
            return "yesno", None
        if len(text) > 40 or not any(map(str.isdigit, text)):
            return "text", None
        number = to_number(text)
        if number:
            return ("whole" if number[1] else "number"), number[0]
        date = to_iso_date(text)
        if date:
            self.timed = self.timed or date[1]
            return "date", (date[0], date[0])
        other = to_other_date(text)
        if other:
            self.timed = self.timed or other[2]
            return "date", other[:2]
        return "text", None

    @property
    def filled(self):
        return self.rows - self.missing

    @property
    def is_month_first(self):
        return self.month_first > self.day_first

    @property
    def type(self):
        filled = self.filled
        if not filled:
            return "empty"
        enough = FITTING_SHARE * filled
        if self.kinds["whole"] + self.kinds["number"] >= enough:
            return "number" if self.kinds["number"] else "whole number"
        if max(self.day_first, self.month_first) >= enough:
            return "date and time" if self.timed else "date"
        # A bare y or n beside other letters is a code, not an answer.
        answers = {text.strip().lower() for text in self.counts} - MISSING
        if self.kinds["yesno"] == filled and len(answers) <= 2:
            return "yes/no"
        return "text"

    @property
    def is_number(self):
        return self.type in ("number", "whole number")

    @property
    def is_date(self):
        return self.type in ("date", "date and time")

    @property
    def misfits(self):
        """How many filled cells do not fit the column's type."""
        if self.is_number:
            return self.filled - self.kinds["whole"] - self.kinds["number"]
        if self.is_date:
            return self.filled - max(self.day_first, self.month_first)
        return 0

    @property
    def date_order(self):
        """How dates such as 03/04/2024 were read, or None where there are none."""
        if not self.is_date or not self.ambiguous:
            return None
        return "month first" if self.is_month_first else "day first"

    def values(self):
        """(row from 0, value) of every cell that fits a number or date column; dates in seconds since 1970."""
        series = self._numbers
        if self.is_date:
            series = self._month_first if self.is_month_first else self._day_first
        return [(row, value) for row, value in enumerate(series) if value == value]

    @property
    def distinct(self):
        return sum(1 for text in self.counts if text.strip().lower() not in MISSING)

    def most_common(self, n):
        found = []
        for text, count in self.counts.most_common(n + len(MISSING)):
            if text.strip().lower() not in MISSING:
                found.append((text.strip(), count))
        return found[:n]
