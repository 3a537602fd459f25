"""Opens a CSV file of unknown encoding and separator, and yields its rows with their line numbers."""

import codecs
import csv
import io
import os

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE_BYTES = 256 * 1024


class Problem(Exception):
    """A sentence for the person who ran the skill."""


def decodes(path, encoding):
    decoder = codecs.getincrementaldecoder(encoding)()
    with open(path, "rb") as file:
        while True:
            block = file.read(1 << 20)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                return False
            if not block:
                return True


def find_encoding(path, sample):
    if sample.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Problem("This is an Excel workbook or another packed file. Save it as CSV first.")
    if sample.startswith(b"\x1f\x8b"):
        raise Problem("This file is compressed. Unpack it first.")
    if sample.startswith(b"%PDF"):
        raise Problem("This is a PDF, not a CSV file.")
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig" if decodes(path, "utf-8-sig") else "cp1252"
    if b"\0" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > len(sample) * 0.3 and even < odd / 10:
            return "utf-16-le"
        if even > len(sample) * 0.3 and odd < even / 10:
            return "utf-16-be"
        raise Problem("This file doesn't look like text: it holds zero bytes.")
    return "utf-8" if decodes(path, "utf-8") else "cp1252"


def find_delimiter(text):
    """The separator that splits most lines of the sample into the same number of cells, and the more cells the better."""
    first = text.split("\n", 1)[0].strip().strip('"').lower()
    if first.startswith("sep=") and len(first) == 5 and first[4] in DELIMITERS:
        return first[4], True
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        widths = widths[:-1] if len(widths) > 2 else widths  # the sample may end inside a row
        if not widths:
            continue
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        share = widths.count(common) / len(widths)
        score = share * (1 + min(common, 50) / 50) if common > 1 else 0.0
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best, False


class Table:
    """A CSV file that is open for one reading from start to end."""

    def __init__(self, path):
        try:
            self.size = os.path.getsize(path)
            with open(path, "rb") as file:
                sample = file.read(SAMPLE_BYTES)
        except IsADirectoryError:
            raise Problem("This is a folder. Choose a CSV file.") from None
        except OSError as error:
            raise Problem(f"The file can't be read: {error.strerror}.") from None
        if not sample.strip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + b" \r\n\t"):
            raise Problem("The file is empty.")
        self.encoding = find_encoding(path, sample)
        text = sample.decode(self.encoding, errors="replace")
        if text.count("\r") > 10 * text.count("\n"):
            text = text.replace("\r", "\n")
        self.delimiter, self._has_sep_line = find_delimiter(text)
        self._path = path
        self._reader = None

    @property
    def encoding_name(self):
        names = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
        return names.get(self.encoding, "UTF-16")

    def rows(self):
        csv.field_size_limit(16 * 1024 * 1024)
        with open(self._path, encoding=self.encoding, errors="replace", newline="") as file:
            # Text after a stray zero byte is kept: older readers stop at one.
            lines = (line.replace("\0", "") for line in file)
            reader = csv.reader(lines, delimiter=self.delimiter)
            self._reader = reader
            try:
                if self._has_sep_line:
                    next(reader, None)
                for row in reader:
                    yield row
            except csv.Error as error:
                raise Problem(f"Line {reader.line_num} can't be read: {error}. Is a quote left open?") from None

    @property
    def line(self):
        """The number of the line that was read last, from 1."""
        return self._reader.line_num if self._reader else 0
