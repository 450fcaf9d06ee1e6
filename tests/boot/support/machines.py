# SPDX-License-Identifier: BSD-2-Clause
"""
The machines of the boot matrix: what can differ, what cannot be together, and how QEMU makes them.
"""

from support import disk, paths, state
from support.machine import Disk, Machine
from support.pairs import choose

AXES = {
    "cpu": ("max", "max,-pdpe1gb", "max,-nx", "qemu64", "max,la57=off"),
    # The last two have 1 TiB: in one piece, and, beside 3 GiB, above the first TiB.
    "memory": ("64M", "3G", "5G", "16G", "64G", "512G", "1T", "1T-sparse"),
    "board": ("q35", "pc"),
    "disk": ("virtio", "ahci", "nvme", "ide"),
    "display": ("VGA", "ramfb", "virtio-gpu-pci", "none"),
    "firmware": ("2M", "4M"),
    # Levels of page tables: the firmware's, and the kernel's where it is another number.
    "levels": ("4", "5", "4-to-5", "5-to-4"),
}

IMPOSSIBLE = {
    (("disk", "ide"), ("board", "q35")): "a q35 has no IDE controller",
}
for _cpu in ("max,-pdpe1gb", "qemu64"):
    for _memory in ("1T", "1T-sparse"):
        IMPOSSIBLE[("cpu", _cpu), ("memory", _memory)] = \
            "OVMF does not come up on a processor of more than 40 physical bits without 1G pages"
for _cpu in ("qemu64", "max,la57=off"):
    for _levels in ("5", "4-to-5", "5-to-4"):
        IMPOSSIBLE[("cpu", _cpu), ("levels", _levels)] = "this processor has four levels alone"

# How many machines `make test-matrix` boots at least, and how many of them `make test` does.
MACHINES_MIN = 60
SAMPLE_COUNT = 12

_FIRMWARES = {"2M": paths.FIRMWARE, "4M": paths.OTHER_FIRMWARE}
# Processors of AMD's kind keep the addresses below 1 TiB free for HyperTransport: QEMU then puts what
# is above 4 GiB behind 1 TiB.
_SPARSE, _CONTIGUOUS = ",phys-bits=42", ",phys-bits=42,vendor=GenuineIntel"


def matrix():
    """All machines that are booted, the same in the same order every time."""
    return choose(AXES, IMPOSSIBLE, MACHINES_MIN)


def name_of(row):
    return "{cpu}_with_{memory}_{board}_{disk}_disk_display_{display}_{firmware}_firmware_levels_{levels}" \
        .format(**{**row, "cpu": row["cpu"].replace(",-", "_without_").replace(",la57=off", "_without_la57")})


def memory_of(size):
    """So much memory, of which the host gives only what is used."""
    return ["-M", "memory-backend=ram", "-object", f"memory-backend-ram,id=ram,size={size},reserve=off"]


def size_of(row):
    """The bytes of RAM."""
    size = row["memory"].split("-")[0]
    return int(size[:-1]) << {"M": 20, "G": 30, "T": 40}[size[-1]]


def start(row, image):
    """Starts a machine of the matrix, to be used in a with statement; with a monitor."""
    size, _, kind = row["memory"].partition("-")
    cpu = row["cpu"]
    if size == "1T":
        cpu += _SPARSE if kind == "sparse" else _CONTIGUOUS
    return Machine([Disk(image, row["disk"])], cpu, size, row["board"], monitor=True,
                   devices=[] if row["display"] == "none" else [row["display"]],
                   arguments=memory_of(size), firmware=_FIRMWARES[row["firmware"]])


def image_for(row, stub):
    """A disk that boots the stub as the row asks; disks with the same content are made once."""
    firmware, _, kernel = row["levels"].partition("-to-")
    wish = f"paging_mode: {kernel}level\n".encode() if kernel else b""
    files = {"hoist.conf": disk.config("/stub.elf", cmdline="wait") + wish, "stub.elf": stub}
    if firmware == "4":
        return disk.shared(files)
    return state.make_shared("five-levels", files)
