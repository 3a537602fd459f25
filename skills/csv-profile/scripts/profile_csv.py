"""Profiles every column of a CSV file."""

import argparse
import os
import sys
import unicodedata
from array import array

from column import MOST_DISTINCT, Column, to_iso_date, to_number, to_other_date
from figures import figures_of
from read_csv import DELIMITERS, Problem, Table
from report import write_report

CHUNK = 5000
MOST_COLUMNS = 2000
REPORT = os.path.join("reports", "csv-profile.html")


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def looks_like_data(cell):
    text = cell.strip()
    return bool(to_number(text) or to_iso_date(text) or to_other_date(text))


def is_header(first, second):
    """A header names every column once and holds neither numbers nor dates."""
    names = [cell.strip().lower() for cell in first]
    if any(looks_like_data(cell) for cell in first):
        return False
    filled = [name for name in names if name]
    if not filled or len(set(filled)) < len(filled) / 2:
        return False
    return second is None or first != second


def column_names(row):
    """(names, what was repaired): empty names become "column 3", repeated ones "name (2)"."""
    names, notes, used = [], [], set()
    for index, cell in enumerate(row):
        name = " ".join(cell.split()) or f"column {index + 1}"
        if not cell.strip():
            notes.append(f"Column {index + 1} has no name.")
        base, number = name, 2
        while name.lower() in used:
            name = f"{base} ({number})"
            number += 1
        if name != base:
            notes.append(f"The name “{base}” is used more than once.")
        used.add(name.lower())
        names.append(name)
    return names, notes


class Profile:
    def __init__(self, table, header):
        self.table = table
        self.columns, self.notes = [], []
        self.rows = self.blank_lines = 0
        self.short, self.long = [], []  # line numbers
        self.lines = array("L")
        self._read(header)
        self.figures = [figures_of(column) for column in self.columns]
        self.notes += list(self._remarks())

    def _read(self, header):
        rows = self.table.rows()
        opening = []  # the first two rows with their line numbers
        for row in rows:
            if any(cell.strip() for cell in row):
                opening.append((self.table.line, row))
            if len(opening) == 2:
                break
        if not opening:
            raise Problem("The file holds no rows.")
        first = opening[0][1]
        second = opening[1][1] if len(opening) > 1 else None
        if header == "yes" or (header == "auto" and is_header(first, second)):
            names, repaired = column_names(first)
            self.notes += repaired
            opening = opening[1:]
            self.has_header = True
        else:
            names = [f"column {index + 1}" for index in range(len(first))]
            self.notes.append("The first row was taken as data, since it doesn't look like column names.")
            self.has_header = False
        if len(names) > MOST_COLUMNS:
            raise Problem(f"The file has {len(names):,} columns; at most {MOST_COLUMNS:,} can be profiled.")
        self.columns = [Column(name) for name in names]
        width = len(names)
        chunk = []

        def take(line, row):
            if len(row) != width:
                if not any(cell.strip() for cell in row):
                    self.blank_lines += 1
                    return
                if len(row) < width:
                    self.short.append(line)
                    row = row + [""] * (width - len(row))
                else:
                    self.long.append(line)
                    row = row[:width]
            elif width == 1 and not row[0].strip():
                self.blank_lines += 1
                return
            chunk.append(row)
            self.lines.append(line)

        for line, row in opening:
            take(line, row)
        for row in rows:
            take(self.table.line, row)
            if len(chunk) >= CHUNK:
                self._absorb(chunk)
        self._absorb(chunk)

    def _absorb(self, chunk):
        if chunk:
            self.rows += len(chunk)
            for column, cells in zip(self.columns, zip(*chunk)):
                column.add(cells)
            chunk.clear()

    def _remarks(self):
        def lines(numbers):
            shown = ", ".join(f"{number:,}" for number in numbers[:3])
            return f"line {shown}" if len(numbers) == 1 else f"lines {shown}" + (" and more" if len(numbers) > 3 else "")

        if self.short:
            yield f"{count(len(self.short), 'row')} with too few cells ({lines(self.short)}): the rest counts as missing."
        if self.long:
            yield f"{count(len(self.long), 'row')} with too many cells ({lines(self.long)}): the extra cells were left out."
        if self.blank_lines:
            yield f"{count(self.blank_lines, 'blank line')} passed over."
        if self.table.encoding == "cp1252":
            yield "The file isn't valid UTF-8, so it was read as Windows-1252. Check accented letters."
        for column in self.columns:
            if column.type == "empty" and self.rows:
                yield f"“{column.name}” is empty."
            if column.misfits:
                kind = "numbers" if column.is_number else "dates"
                yield f"“{column.name}”: {count(column.misfits, 'value')} that {'is' if column.misfits == 1 else 'are'} no {kind}."
            if column.date_order:
                yield f"“{column.name}”: dates were read {column.date_order}."
            if column.exact and column.filled > 1 and column.distinct == 1 and not column.missing:
                yield f"“{column.name}” holds the same value in every row."

    def line_of(self, row):
        return self.lines[row]


def count(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(part, whole):
    if not part:
        return "0"
    share = 100 * part / whole
    return f"{part:,} ({'<0.1' if share < 0.1 else f'{share:.1f}'} %)"


def distinct(column):
    return f"{column.distinct:,}" if column.exact else f"over {MOST_DISTINCT:,}"


def width_of(text):
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def fit(text, width):
    text = "".join(c if c.isprintable() else " " for c in text)
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return text + "…"


def as_table(header, rows, left):
    """Aligned columns; those whose index is in `left` to the left, the rest to the right."""
    widths = [max(width_of(row[i]) for row in [header] + rows) for i in range(len(header))]
    lines = []
    for row in [header, ["─" * width for width in widths]] + rows:
        cells = []
        for index, cell in enumerate(row):
            space = " " * (widths[index] - width_of(cell))
            cells.append(cell + space if index in left else space + cell)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def show(profile, name):
    table = profile.table
    print(
        f"{name}: {count(profile.rows, 'row')}, {count(len(profile.columns), 'column')}, "
        f"{DELIMITERS[table.delimiter]}-separated, {table.encoding_name}"
    )
    print()
    header = ["Column", "Type", "Missing", "Distinct", "Lowest", "Median", "Highest", "Outliers"]
    rows = []
    for column, figures in zip(profile.columns, profile.figures):
        rows.append(
            [
                fit(column.name, 28),
                column.type,
                percent(column.missing, column.rows),
                distinct(column),
                figures.lowest,
                figures.median,
                figures.highest,
                "" if figures.outliers is None else f"{figures.outliers:,}",
            ]
        )
    print(as_table(header, rows, left={0, 1}))
    notes = list(profile.notes)
    for column, figures in zip(profile.columns, profile.figures):
        if figures.examples:
            shown = ", ".join(f"{value} (line {profile.line_of(row):,})" for row, value in figures.examples[:3])
            notes.append(f"“{column.name}”: {count(figures.outliers, 'outlier')}, furthest out {shown}.")
    if notes:
        print("\nWorth a look")
        for note in notes[:40]:
            print(f"- {note}")
        if len(notes) > 40:
            print(f"- {len(notes) - 40} more in the report.")
        profile.notes = notes


def main():
    arguments = Arguments(prog="csv-profile", allow_abbrev=False)
    arguments.add_argument("--file")
    arguments.add_argument("--header", default="auto")
    options = arguments.parse_args()
    if not options.file:
        raise Problem("Choose a CSV file.")
    if options.header not in ("auto", "yes", "no"):
        raise Problem("“header” must be auto, yes or no.")
    profile = Profile(Table(options.file), options.header)
    name = os.path.basename(options.file)
    show(profile, name)
    write_report(REPORT, profile, name)
    print(f"\nWritten: {REPORT}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"csv-profile: {problem}", file=sys.stderr)
        sys.exit(1)
    except MemoryError:
        print("csv-profile: The file is too large for the memory that this skill may use.", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"csv-profile: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
