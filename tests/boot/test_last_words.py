#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the loader says when the firmware is gone: on the serial port and, drawn by itself, on the screen."""

import time

from support import faulty, paths
from support.machine import Disk, Machine
from support.screen import Picture
from support.tap import Suite, check

SENTENCE = ('hoist: error: the firmware could not be left in 8 tries; it says "invalid parameter" '
            "(status 0x8000000000000002)")
RESTART = "hoist: the firmware cannot be used any more; the machine restarts in a moment"

suite = Suite()


def last_words_are_on_the_screen(display, **options):
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = faulty.make(folder, "faulty", "stale-keys=1000", {"kernel.elf": stub.read()})
        # Stopped before the reset that follows the last words, the screen stays to be looked at.
        with Machine([Disk(image)], devices=[display], monitor=True, ticks="shift=10",
                     arguments=["-no-shutdown"], **options) as machine:
            machine.wait_for(RESTART)
            while machine.monitor.execute("query-status")["running"]:
                time.sleep(0.05)
            lines = Picture(machine.monitor, folder).lines()
            shown = "\n".join(lines)
            check("".join(lines) == SENTENCE + RESTART, f"the screen has\n{shown}")
            check(machine.log.count(SENTENCE) == 1, "the serial port does not have it once")


for one in ("VGA", "ramfb"):
    suite.add(f"what_is_said_after_leaving_is_drawn_on_the_screen_of_{one}",
              last_words_are_on_the_screen, one)
suite.add("what_is_said_after_leaving_is_drawn_on_a_small_screen", last_words_are_on_the_screen,
          "VGA,xres=640,yres=480,edid=on")


if __name__ == "__main__":
    suite.run()
