"""PNG (W3C Portable Network Graphics, third edition) to 8-bit RGBA and back, with zlib alone."""

import struct
import zlib
from typing import List, NamedTuple, Tuple


class Problem(Exception):
    """A sentence for the person who ran the skill."""


SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Chunks that stay true when a picture is enlarged: its colours and its orientation.
KEPT = (b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"cICP", b"eXIf")
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Adam7: first column, first row, column step, row step of each pass.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


class Picture(NamedTuple):
    width: int
    height: int
    pixels: bytearray  # RGBA
    channels: int  # what the file held: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
    kept: List[Tuple[bytes, bytes]]
    was_deep: bool


class Bytes:
    """Adds and subtracts rows byte by byte, each modulo 256, as one large whole number."""

    def __init__(self, length):
        self.length = length
        self.low = int.from_bytes(b"\x7f" * length, "little")
        self.high = int.from_bytes(b"\x80" * length, "little")
        self.all = self.low | self.high

    def read(self, row):
        return int.from_bytes(row, "little")

    def write(self, number):
        return number.to_bytes(self.length, "little")

    def add(self, a, b):
        return ((a & self.low) + (b & self.low)) ^ ((a ^ b) & self.high)

    def subtract(self, a, b):
        return ((a | self.high) - (b & self.low)) ^ ((a ^ ~b) & self.high)

    def running_sum(self, a, step):
        """Each byte plus all those `step`, 2 * `step`, … bytes before it."""
        shift = step * 8
        while shift < self.length * 8:
            a = self.add(a, (a << shift) & self.all)
            shift *= 2
        return a


def _chunks(data):
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            break
        body = data[at + 8 : end - 4]
        if zlib.crc32(body, zlib.crc32(name)) != struct.unpack_from(">I", data, end - 4)[0]:
            raise Problem("The picture is damaged: a checksum in it is wrong.")
        yield name, body
        if name == b"IEND":
            return
        at = end
    raise Problem("The picture is cut off before its end.")


def _unfilter(raw, at, row_bytes, rows, pixel_bytes):
    """Undoes the filter of each row (§9.2)."""
    previous = bytes(row_bytes)
    arithmetic = Bytes(row_bytes)
    for _ in range(rows):
        kind, row = raw[at], raw[at + 1 : at + 1 + row_bytes]
        at += 1 + row_bytes
        if kind == 1:
            row = arithmetic.write(arithmetic.running_sum(arithmetic.read(row), pixel_bytes))
        elif kind == 2:
            row = arithmetic.write(arithmetic.add(arithmetic.read(row), arithmetic.read(previous)))
        elif kind == 3:
            row = bytearray(row)
            for i in range(min(pixel_bytes, row_bytes)):
                row[i] = (row[i] + (previous[i] >> 1)) & 255
            for i in range(pixel_bytes, row_bytes):
                row[i] = (row[i] + ((row[i - pixel_bytes] + previous[i]) >> 1)) & 255
        elif kind == 4:
            row = _paeth(bytearray(row), previous, pixel_bytes)
        elif kind != 0:
            raise Problem("The picture is damaged: a row has an unknown filter.")
        yield row
        previous = row


def _paeth(row, previous, pixel_bytes):
    for i in range(min(pixel_bytes, len(row))):
        row[i] = (row[i] + previous[i]) & 255
    for i in range(pixel_bytes, len(row)):
        a, b, c = row[i - pixel_bytes], previous[i], previous[i - pixel_bytes]
        to_a, to_b, to_c = abs(b - c), abs(a - c), abs(a + b - c - c)
        row[i] = (row[i] + (a if to_a <= to_b and to_a <= to_c else b if to_b <= to_c else c)) & 255
    return row


def _samples(row, count, depth):
    """One row's samples as whole numbers of the picture's own depth."""
    if depth == 8:
        return row
    if depth == 16:
        return [high << 8 | low for high, low in zip(row[0::2], row[1::2])]
    mask, per_byte = (1 << depth) - 1, 8 // depth
    shifts = [8 - depth * (i + 1) for i in range(per_byte)]
    return bytes(byte >> shift & mask for byte in row for shift in shifts)[:count]


def _to_rgba(row, count, header, palette, transparency):
    depth, kind = header
    samples = _samples(row, count * SAMPLES[kind], depth)
    out = bytearray(count * 4)
    if kind == 3:
        entries = len(palette) // 3
        if max(samples) >= entries:
            raise Problem("The picture is damaged: it names a colour it lacks.")
        alphas = (transparency or b"")[:entries]
        alphas += b"\xff" * (entries - len(alphas))
        tables = [palette[0::3], palette[1::3], palette[2::3], alphas]
        for channel, table in enumerate(tables):
            out[channel::4] = bytes(samples).translate(table + bytes(256 - len(table)))
        return out

    if depth == 8:
        eight = bytes(samples)
    elif depth == 16:
        eight = bytes((sample * 255 + 32767) // 65535 for sample in samples)
    else:
        scale = 255 // ((1 << depth) - 1)
        eight = bytes(sample * scale for sample in samples)
    step = SAMPLES[kind]
    colours = (0, 0, 0) if kind in (0, 4) else (0, 1, 2)
    for channel, source in enumerate(colours):
        out[channel::4] = eight[source::step]
    if kind in (4, 6):
        out[3::4] = eight[step - 1 :: step]
    else:
        out[3::4] = b"\xff" * count
        if transparency is not None and len(transparency) >= 2 * step:
            clear = struct.unpack_from(f">{step}H", transparency)
            for i in range(count):
                if tuple(samples[i * step : (i + 1) * step]) == clear:
                    out[4 * i + 3] = 0
    return out


def decode(data, most_pixels):
    """Reads a PNG file. Refuses more than `most_pixels`."""
    if not data.startswith(SIGNATURE):
        raise Problem("This is not a PNG picture. Save it as PNG first.")
    header = palette = transparency = None
    packed, kept = [], []
    for name, body in _chunks(data):
        if header is None and name != b"IHDR":
            raise Problem("The picture is damaged: it has no header.")
        if name == b"IHDR":
            if len(body) != 13:
                raise Problem("The picture is damaged: its header has the wrong size.")
            header = struct.unpack(">IIBBBBB", body)
        elif name == b"PLTE":
            palette = body
        elif name == b"tRNS":
            transparency = body
        elif name == b"IDAT":
            packed.append(body)
        elif name in KEPT:
            kept.append((name, body))
        elif name != b"IEND" and name[:1].isupper():
            raise Problem(f"The picture needs a PNG feature that is not known here ({name.decode('latin-1')}).")

    width, height, depth, kind, compression, filtering, interlace = header
    known = kind in DEPTHS and depth in DEPTHS[kind] and compression == 0 == filtering and interlace <= 1
    if not known or not width or not height:
        raise Problem("The picture is damaged: its header makes no sense.")
    if width * height > most_pixels:
        raise Problem(f"The picture has {width:,} × {height:,} pixels, more than can be enlarged.")
    if kind == 3 and (not palette or len(palette) % 3):
        raise Problem("The picture is damaged: its palette is missing.")

    def row_bytes_of(columns):
        return (columns * SAMPLES[kind] * depth + 7) // 8

    passes = []
    for x, y, dx, dy in ADAM7 if interlace else ((0, 0, 1, 1),):
        columns, rows = -((x - width) // dx), -((y - height) // dy)
        if columns > 0 and rows > 0:
            passes.append((x, y, dx, dy, columns, rows))
    expected = sum(rows * (1 + row_bytes_of(columns)) for _, _, _, _, columns, rows in passes)
    try:
        raw = zlib.decompressobj().decompress(b"".join(packed), expected)
    except zlib.error:
        raise Problem("The picture is damaged: its data can't be unpacked.") from None
    if len(raw) < expected:
        raise Problem("The picture is damaged: rows are missing.")

    pixels = bytearray(width * height * 4)
    at = 0
    for x, y, dx, dy, columns, rows in passes:
        row_bytes = row_bytes_of(columns)
        unfiltered = _unfilter(raw, at, row_bytes, rows, max(1, SAMPLES[kind] * depth // 8))
        for number, row in enumerate(unfiltered):
            rgba = _to_rgba(row, columns, (depth, kind), palette, transparency)
            start = ((y + number * dy) * width) * 4
            if dx == 1:
                pixels[start : start + width * 4] = rgba
            else:
                for channel in range(4):
                    pixels[start + x * 4 + channel : start + width * 4 : dx * 4] = rgba[channel::4]
        at += rows * (1 + row_bytes)
    has_alpha = kind in (4, 6) or transparency is not None
    return Picture(width, height, pixels, (1 if kind in (0, 4) else 3) + has_alpha, kept, depth == 16)


def _chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))


def write(file, width, height, channels, kept, bands):
    """Writes a PNG file of 8-bit samples from bands of RGBA rows, top to bottom, as they come."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    file.write(SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)))
    for name, body in kept:
        file.write(_chunk(name, body))
    pack = zlib.compressobj(6)
    arithmetic = Bytes(width * channels)
    previous = 0
    sources = {1: (0,), 2: (0, 3), 3: (0, 1, 2), 4: (0, 1, 2, 3)}[channels]
    for band in bands:
        for start in range(0, len(band), width * 4):
            rgba = band[start : start + width * 4]
            row = rgba
            if channels < 4:
                row = bytearray(width * channels)
                for channel, source in enumerate(sources):
                    row[channel::channels] = rgba[source::4]
            number = arithmetic.read(row)
            part = pack.compress(b"\x02" + arithmetic.write(arithmetic.subtract(number, previous)))
            previous = number
            if part:
                file.write(_chunk(b"IDAT", part))
    file.write(_chunk(b"IDAT", pack.flush()) + _chunk(b"IEND", b""))
