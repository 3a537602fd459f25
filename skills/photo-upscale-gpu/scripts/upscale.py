"""Enlarges a PNG picture on an NVIDIA graphics card."""

import argparse
import os
import sys

import png
from cuda import Card
from png import Problem

MOST_PIXELS = 400_000_000
MOST_SOURCE_PIXELS = 100_000_000
# A grid has at most 65,535 blocks of 16 rows; columns have far more room.
MOST_SIDE = 262_144


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_picture(path, scale):
    try:
        with open(path, "rb") as file:
            data = file.read()
    except IsADirectoryError:
        raise Problem("This is a folder. Choose a picture.") from None
    except OSError as error:
        raise Problem(f"The picture can't be read: {error.strerror}.") from None
    picture = png.decode(data, min(MOST_SOURCE_PIXELS, MOST_PIXELS // (scale * scale)))
    if max(picture.width, picture.height) * scale > MOST_SIDE:
        raise Problem(f"The result would be longer than {MOST_SIDE:,} pixels on one side.")
    return picture


def main():
    arguments = Arguments(prog="photo-upscale-gpu", allow_abbrev=False)
    arguments.add_argument("--image")
    arguments.add_argument("--scale", default="2")
    options = arguments.parse_args()
    if not options.image:
        raise Problem("Choose a picture.")
    if options.scale not in ("2", "4", "8"):
        raise Problem("“scale” must be 2, 4 or 8.")
    scale = int(options.scale)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "bicubic.ptx"), "rb") as file:
        program = file.read() + b"\0"

    with Card() as card:
        picture = read_picture(options.image, scale)
        width, height = picture.width * scale, picture.height * scale
        name = os.path.splitext(os.path.basename(options.image))[0]
        path = os.path.join("photos", f"{name}-{scale}x.png")
        os.makedirs("photos", exist_ok=True)
        bands = card.enlarge(program, picture.pixels, picture.width, picture.height, scale)
        try:
            with open(path + ".new", "wb") as file:
                png.write(file, width, height, picture.channels, picture.kept, bands)
            os.replace(path + ".new", path)
        finally:
            if os.path.exists(path + ".new"):
                os.remove(path + ".new")
        print(f"{os.path.basename(options.image)}: {picture.width:,} × {picture.height:,} pixels")
        print(f"Enlarged {scale} times on {card.name} in {card.seconds:.3f} s: {width:,} × {height:,} pixels")
    if picture.was_deep:
        print("The picture had 16 bits a channel; the enlarged one has 8.")
    print(f"Written: {path}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"photo-upscale-gpu: {problem}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"photo-upscale-gpu: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
