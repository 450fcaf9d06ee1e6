# SPDX-License-Identifier: BSD-2-Clause
"""
A guest's first address space, as six witnesses have it: the loader's dump, the list that the
kernel was handed, the raw tables, `info tlb`, `info mem` and `gva2gpa`. All must say the same, leaf for leaf,
and what they say must be fit for the memory that the machine really has.
"""

import itertools
import re
import struct

from support.dump import Dump
from support.oracle import PhysicalMemory, read_mem, read_tlb, translate
from support.raw_tables import PAT_AFTER_RESET, RawTables, check_first_space
from support.tap import check

_ENTERED = re.compile(r"entered at [0-9a-f]+, hand-off at ([0-9a-f]+)")
_BITS = re.compile(r"(\d+) physical bits")
_PAT = re.compile(r"the PAT is as documented \(([0-9a-f]+)\)")

# struct hoist_handoff of protocol/hoist.h: offsets of pointers, each followed by its count.
_MEMORY_MAP, _MAPPINGS, _FRAMEBUFFER = 40, 56, 160
_MEMORY_RANGE, _MAPPED_RANGE = struct.Struct("<QQII"), struct.Struct("<QQQII32s")
_CACHES = {0: "wb", 1: "wc", 2: "uc"}
# USABLE, LOADER, KERNEL, ACPI_TABLES, ACPI_NVS, PERSISTENT, MODULE
_RAM_TYPES = {1, 2, 3, 4, 5, 9, 12}
_LOW_BYTES = 2 << 20


class Mapping:
    """All that the witnesses say of a guest that stands still, read in one go."""

    def __init__(self, machine, folder, handoff=None, pat=None):
        """The stub says where its hand-off is, and its PAT; of another kernel the caller knows."""
        self.monitor = machine.monitor
        self.dump = Dump(machine.log)
        if handoff is None:
            said = _PAT.search(machine.log)
            pat = int(said[1], 16) if said else PAT_AFTER_RESET
            handoff = int(_ENTERED.search(machine.log)[1], 16)
        self.tables = RawTables(self.monitor, folder, int(_BITS.search(machine.log)[1]), pat)
        self.tlb = read_tlb(self.monitor)
        self.mem = read_mem(self.monitor)
        self.memory = PhysicalMemory(self.monitor)
        # The names of what is RAM; a machine may have persistent memory beside it.
        self.ram_names = {self.memory.owner(_LOW_BYTES, _LOW_BYTES + 4096)}
        self.handoff = self.tables.read(handoff, 208)
        # All leaves of the dump, as (va, pa, size, range).
        self.promised = [(*leaf, one) for one in self.dump.ranges for leaf in one.leaves()]

    def handed(self, offset, form):
        """A list that the hand-off points to, as tuples."""
        address, count = struct.unpack_from("<QQ", self.handoff, offset)
        return list(form.iter_unpack(self.tables.read(address, count * form.size)))


def check_all(mapping, has_nx=True):
    """Everything below; `has_nx` is what the machine's processor has."""
    check(mapping.tables.has_nx == has_nx, "EFER.NXE does not fit the processor")
    check_first_space(mapping.tables)
    check_raw(mapping)
    check_tlb(mapping)
    check_mem(mapping)
    check_handoff(mapping)
    check_translations(mapping)
    check_memory(mapping)
    check_aliases(mapping)


def check_raw(mapping):
    """The raw tables have the leaves of the dump and no others, in the frames that it tells."""
    tables, dump = mapping.tables, mapping.dump
    for (va, pa, size, one), leaf in zip(mapping.promised, tables.leaves):
        if (leaf.va, leaf.pa, leaf.size, leaf.writable, leaf.executable, tables.cache_of(leaf)) != \
                (va, pa, size, one.writable, one.executable or not tables.has_nx, one.cache):
            text = f"{one.name} at {va:x} (entry {leaf.entry:x}):"
            check((leaf.va, leaf.pa, leaf.size) == (va, pa, size),
                  f"{text} {size:x} bytes to {pa:x} are printed, the tables have {leaf.size:x} bytes "
                  f"at {leaf.va:x} to {leaf.pa:x}")
            check(leaf.writable == one.writable, f"{text} the tables have another right to write")
            check(leaf.executable == (one.executable or not tables.has_nx),
                  f"{text} the tables have another right to execute")
            check(False, f"{text} {one.cache} is printed, the tables have {tables.cache_of(leaf)}")
    check(len(mapping.promised) == len(tables.leaves),
          f"{len(mapping.promised)} leaves are printed, the tables have {len(tables.leaves)}")
    end = dump.tables_pa + 4096 * dump.table_count
    check(len(tables.tables) == dump.table_count,
          f"{dump.table_count} table frames are printed, {len(tables.tables)} are in use")
    check(all(dump.tables_pa <= table < end for table in tables.tables),
          "a table lies outside the frames that are printed")


def check_tlb(mapping):
    """The emulator's list, which is in ascending order too."""
    has_nx = mapping.tables.has_nx
    for (va, pa, size, one), leaf in zip(mapping.promised, mapping.tlb):
        # Write-combining is PAT entry 5: the PAT bit, which is not shown, and write-through.
        if (leaf.va, leaf.pa, leaf.large, leaf.writable, leaf.no_execute, leaf.user, leaf.is_global,
                leaf.no_cache, leaf.write_through) != \
                (va, pa, size > 4096, one.writable, has_nx and not one.executable, False, False,
                 one.cache == "uc", one.cache in ("wc", "uc")):
            check(False, f"{one.name} at {va:x}: {size:x} bytes to {pa:x} are printed, the emulator has "
                         f"{leaf.va:x} to {leaf.pa:x}, or other bits")
    check(len(mapping.promised) == len(mapping.tlb),
          f"{len(mapping.promised)} leaves are printed, the emulator has {len(mapping.tlb)}")


def check_mem(mapping):
    """The emulator's own merging, by effective rights: neighbours that may be written, or may not."""
    merged = []
    if mapping.tables.levels == 5 and not mapping.mem:
        return
    for one in mapping.dump.ranges:
        if merged and merged[-1][0] + merged[-1][1] == one.va and merged[-1][3] == one.writable:
            merged[-1][1] += one.size
        else:
            merged.append([one.va, one.size, False, one.writable])
    for printed, found in itertools.zip_longest(map(tuple, merged), mapping.mem):
        check(printed == found, "info mem has {1}, the dump {0} (start, size, for users, writable)".format(
            *(line and (f"{line[0]:x}", f"{line[1]:x}", *line[2:]) for line in (printed, found))))


def check_handoff(mapping):
    """The kernel's list is the dump, line for line."""
    # The list has what was planned; without NX everything can be executed.
    judged = 3 if mapping.tables.has_nx else 1
    printed = [(one.va, one.pa, one.size, (one.writable | one.executable << 1) & judged, one.cache, one.name)
               for one in mapping.dump.ranges]
    handed = [(*entry[:3], entry[3] & judged, _CACHES.get(entry[4], "?"), entry[5].split(b"\0")[0].decode())
              for entry in mapping.handed(_MAPPINGS, _MAPPED_RANGE)]
    for line, entry in zip(printed, handed):
        check(line == entry, f"{line[5]} is printed as {line}, and handed over as {entry}")
    check(len(printed) == len(handed), f"{len(printed)} ranges are printed, {len(handed)} handed over")


def check_translations(mapping):
    """In and around each range the emulator's own translation goes where the dump says."""
    covered = [(one.va, one.va + one.size) for one in mapping.dump.ranges]
    for one in mapping.dump.ranges:
        for offset in (0, one.size // 2, one.size - 1):
            found = translate(mapping.monitor, one.va + offset)
            check(found == one.pa + offset, f"{one.name}: {one.va + offset:x} goes to {found}, "
                                            f"{one.pa + offset:x} is printed")
        for address in (one.va - 1, one.va + one.size):
            if not any(start <= address < end for start, end in covered) and address >> 64 == 0:
                check(translate(mapping.monitor, address) is None,
                      f"{address:x} beside {one.name} is mapped, but not printed")


def _merged(ranges):
    """Sorted (start, end) with neighbours joined."""
    found = []
    for start, end in sorted(ranges):
        if found and found[-1][1] >= start:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def check_aliases(mapping):
    """No frame can be written by one address and executed by another, where the processor has NX."""
    if not mapping.tables.has_nx:
        return
    leaves = mapping.tables.leaves
    text = _merged((leaf.pa, leaf.pa + leaf.size) for leaf in leaves if leaf.executable)
    check(text, "nothing can be executed")
    for leaf in leaves:
        if leaf.writable:
            check(not any(start < leaf.pa + leaf.size and leaf.pa < end for start, end in text),
                  f"the leaf of {leaf.size:x} bytes at {leaf.va:x} to {leaf.pa:x} can be written, and "
                  "part of it executed by another address")


def check_memory(mapping):
    """
    Every leaf maps memory that is there, with the cache type that it must have: RAM of the memory
    map is write-back, the framebuffer is write-combining, and nothing else is mapped at all.
    """
    ram = _merged((base, base + size) for base, size, kind, _ in
                  mapping.handed(_MEMORY_MAP, _MEMORY_RANGE) if kind in _RAM_TYPES)
    screen, size = struct.unpack_from("<QQ", mapping.handoff, _FRAMEBUFFER + 8)
    screen_end = screen + size + 4095 & ~4095 if size else 0
    place = 0
    for leaf in sorted(mapping.tables.leaves, key=lambda leaf: leaf.pa):
        text = f"the leaf of {leaf.size:x} bytes at {leaf.va:x} to {leaf.pa:x}"
        end = leaf.pa + leaf.size
        cache = mapping.tables.cache_of(leaf)
        owner = mapping.memory.owner(leaf.pa, end)
        check(leaf.size == 4096 or leaf.pa >= _LOW_BYTES, f"{text} is large, in the low 2 MiB")
        if screen & ~4095 <= leaf.pa < screen_end:
            check(end <= screen_end, f"{text} reaches beyond the framebuffer")
            check(cache in ("wc", "uc"), f"{text} is framebuffer, and {cache}")
            check(owner is not None, f"{text} is framebuffer, where the machine has no memory")
            continue
        while place < len(ram) and ram[place][1] <= leaf.pa:
            place += 1
        check(place < len(ram) and ram[place][0] <= leaf.pa and end <= ram[place][1],
              f"{text} maps what is no RAM in the kernel's memory map")
        check(cache == "wb", f"{text} is RAM, and {cache}")
        check(owner in mapping.ram_names, f"{text} maps what the machine has as {owner}")
