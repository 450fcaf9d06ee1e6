# SPDX-License-Identifier: BSD-2-Clause
"""
Boots the kernels of tests/bench/boot/ and reads what the boot cost, in instructions.

The emulator counts instructions (-icount shift=N,sleep=off): N says how much virtual time one of
them takes, 2^N ns, and the TSC runs at 1 GHz of virtual time. So the difference of two readings of
the TSC, divided by 2^N, is the number of instructions between them, whatever the host does
meanwhile. The first reading is the first thing that the loader does, and is in the hand-off; the
last one is the kernel's first instruction. Between them lies all that the loader does and all that
it asks of the firmware: waiting for the disk and the timer's interrupts are in it. What the firmware
did to find and start the loader is not.

Where the firmware waits for time to pass, as its AHCI driver does, the number of instructions depends
on N. N is 0 for the figures that are published: there an instruction is a nanosecond.
"""

import dataclasses
import os
import re
import statistics
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "boot"))

from support import paths
from support.machine import STATUS_PASSED, Disk, Machine

BENCH = os.path.join(paths.BUILD, "bench", "boot")
LOADERS = {"hoist": paths.LOADER, "floor": os.path.join(BENCH, "floor.efi")}
KERNELS = {"18k": "18 KiB", "16m": "16 MiB", "64m": "64 MiB"}
PHASES = ("config", "kernel", "plan", "build", "verify", "dump", "leave")

# The default: nothing of what an entry can ask for.
CONFIG = b"/Benchmark\nprotocol: hoist\npath: boot():/kernel.elf\n"

# Millions, at shift=0: what Limine 8.2 took on the same machine (q35, -cpu max, 512 MiB, one more kernel
# of each size), and what this loader is to stay under. None: not measured.
_SMALL = {"shown": (471, 24), "without 1G": (239, 24), "no display": (164, 5)}
_LARGE = {("16m", "ahci"): (660, 66), ("16m", "virtio"): (555, 28),
          ("64m", "ahci"): (1241, 190), ("64m", "virtio"): (800, 40)}

_LINE = re.compile(r"^bench:((?: \w+=\w+)+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Setting:
    """A machine, and the kernel that it boots; clusters: of the disk's file system, in KiB."""

    kernel: str
    bus: str = "virtio"
    display: bool = True
    pages_1g: bool = True
    cluster_kib: int = 32

    def name(self):
        """18k-virtio-display-1g-32k; what is not there is a no- before it."""
        return f"{self.kernel}-{self.bus}-{'' if self.display else 'no-'}display-{'' if self.pages_1g else 'no-'}1g-" \
               f"{self.cluster_kib}k"

    def references(self):
        """Limine's figure and the goal, in millions."""
        if self.kernel != "18k":
            limine, goal = _LARGE[self.kernel, self.bus]
            return (limine if self.display and self.pages_1g else None), goal
        if not self.display:
            limine, goal = _SMALL["no display"]
            return (limine if self.pages_1g else None), goal
        return _SMALL["shown" if self.pages_1g else "without 1G"]


def make_image(folder, setting, loader):
    """A disk with one loader and one kernel, by hoist-image."""
    target = os.path.join(folder, f"{setting.kernel}-{setting.cluster_kib}-{loader}.img")
    if not os.path.exists(target):
        config = os.path.join(folder, "hoist.conf")
        with open(config, "wb") as file:
            file.write(CONFIG)
        paths.run_tool(os.path.join(ROOT, "tools", "hoist-image"), "-o", target, "--loader", LOADERS[loader],
                       "--cluster", str(setting.cluster_kib), f"{config}:/hoist.conf",
                       f"{BENCH}/{setting.kernel}.elf:/kernel.elf")
    return target


def boot(setting, image, shift=0):
    """One boot: what the kernel told, by name; ticks have been made instructions."""
    with Machine([Disk(image, setting.bus)], cpu="max" if setting.pages_1g else "max,-pdpe1gb",
                 devices=["VGA"] if setting.display else [], ticks=f"shift={shift}") as machine:
        machine.expect_status(STATUS_PASSED)
        told = dict(word.split("=") for word in _LINE.search(machine.log)[1].split())
    del told["payload"]  # a damaged one fails the boot
    figures = {name: int(value) for name, value in told.items()}
    for name in ("whole", *PHASES):
        figures[name] >>= shift
    return figures


def middle(runs):
    """The run whose whole is the median, with the lowest and the highest whole of all runs."""
    wholes = [run["whole"] for run in runs]
    median = statistics.median_low(wholes)
    return next(run for run in runs if run["whole"] == median) | {"low": min(wholes), "high": max(wholes)}
