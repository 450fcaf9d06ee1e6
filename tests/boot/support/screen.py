# SPDX-License-Identifier: BSD-2-Clause
"""Reads text from the guest's screen: what was drawn with the glyphs of efi/reporter/font.c."""

import os
import re

from support import paths
from support.tap import check

CELL_COLUMNS, CELL_ROWS = 6, 9
TEXT = (0xf2, 0xf2, 0xf2)
BACKGROUND = (0x4a, 0x10, 0x18)


def _glyphs():
    """Maps the five columns of a glyph, as bytes, to its character."""
    with open(os.path.join(paths.CHECKOUT, "efi", "reporter", "font.c"), encoding="ascii") as file:
        rows = re.findall(r"^    \{((?:0x[0-9a-f]{2}(?:, )?){5})\}", file.read(), re.MULTILINE)
    check(len(rows) == 95, f"the font has {len(rows)} glyphs")
    columns = [bytes(int(word, 16) for word in row.split(", ")) for row in rows]
    check(len(set(columns)) == 95, "two characters look the same")
    return {one: chr(ord(" ") + i) for i, one in enumerate(columns)}


class Picture:
    """A screenshot."""

    def __init__(self, monitor, folder):
        path = os.path.join(folder, "screen.ppm")
        monitor.execute("screendump", filename=path)
        with open(path, "rb") as file:
            kind, size, depth, self._pixels = file.read().split(b"\n", 3)
        self.width, self.height = (int(number) for number in size.split())
        check((kind, depth) == (b"P6", b"255"), "the picture has an unknown format")

    def at(self, x, y):
        place = 3 * (y * self.width + x)
        return tuple(self._pixels[place:place + 3])

    def lines(self):
        """The lines of text from the top, up to the first row that has not our background."""
        scale = max(1, self.width // (CELL_COLUMNS * 85))
        glyphs = _glyphs()
        found = []
        for row in range(self.height // (CELL_ROWS * scale)):
            top = row * CELL_ROWS * scale
            if self.at(self.width - 1, top) != BACKGROUND:
                break
            text = ""
            for column in range(self.width // (CELL_COLUMNS * scale)):
                left = column * CELL_COLUMNS * scale
                cell = [[self.at(left + x * scale, top + y * scale) for y in range(CELL_ROWS - 1)]
                        for x in range(CELL_COLUMNS - 1)]
                check(all(one in (TEXT, BACKGROUND) for line in cell for one in line),
                      f"a colour that is not ours in line {row}, column {column}")
                shape = bytes(sum((one == TEXT) << y for y, one in enumerate(line)) for line in cell)
                text += glyphs.get(shape, "\ufffd")
            found.append(text.rstrip())
        return found
