"""The arithmetic of bicubic.ptx in Python, for reading and for checking. Far too slow for real pictures."""

import math


def weight(distance):
    """Catmull-Rom: Keys' cubic convolution with a = -1/2."""
    d = abs(distance)
    if d < 1:
        return ((1.5 * d - 2.5) * d) * d + 1
    return ((-0.5 * d + 2.5) * d - 4) * d + 2


def enlarge(pixels, width, height, scale):
    """`pixels` holds width * height RGBA pixels of four bytes each; so does the result, `scale` times wider and higher."""
    result = bytearray(width * scale * height * scale * 4)
    to = 0
    for y in range(height * scale):
        centre_y = (y + 0.5) / scale - 0.5
        for x in range(width * scale):
            centre_x = (x + 0.5) / scale - 0.5
            sums = [0.0, 0.0, 0.0, 0.0]
            for row in range(math.floor(centre_y) - 1, math.floor(centre_y) + 3):
                for column in range(math.floor(centre_x) - 1, math.floor(centre_x) + 3):
                    w = weight(centre_y - row) * weight(centre_x - column)
                    at = 4 * (min(max(row, 0), height - 1) * width + min(max(column, 0), width - 1))
                    alpha = w * pixels[at + 3]
                    for channel in range(3):
                        sums[channel] += pixels[at + channel] * alpha / 255
                    sums[3] += alpha
            alpha = min(max(sums[3], 0.0), 255.0)
            for channel in range(3):
                value = sums[channel] * 255 / alpha if alpha > 0 else 0.0
                result[to + channel] = int(min(max(value, 0.0), 255.0) + 0.5)
            result[to + 3] = int(alpha + 0.5)
            to += 4
    return bytes(result)
