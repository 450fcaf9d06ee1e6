#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The page that enters the kernel, as it was assembled.

The emulator forgets all translations with every load of CR3, keeps no caches and knows no CET, so an
order that real processors insist on (SDM volume 3, sections 4.10.4 and 11.12.4) cannot be seen there:
it is read from the instructions.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

OBJECT = os.path.join(paths.BUILD, "efi", "efi", "firmware", "enter.S.o")
MSR_EFER, MSR_PAT = 0xc0000080, 0x277

suite = Suite()


def tool(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def instructions():
    """Mnemonic and operands of all 64-bit and 32-bit instructions, in order."""
    text = tool("llvm-objdump", "-d", "--no-show-raw-insn", "--section=.enter", OBJECT)
    return [match.groups() for match in re.finditer(r"^\s+[0-9a-f]+:\s+(\S+)[ \t]*(.*)$", text, re.MULTILINE)]


def steps():
    """What happens to the registers that matter, from the first instruction on, as short names."""
    number = None
    for mnemonic, operands in instructions():
        operands = operands.split("#")[0].strip()
        target = operands.rsplit(", ", 1)[-1]
        if operands.startswith("$") and target == "%ecx":
            number = int(operands.split(",")[0].lstrip("$"), 0) & 0xffffffff
        elif mnemonic == "wrmsr":
            yield {MSR_EFER: "efer", MSR_PAT: "pat"}.get(number, number)
        elif mnemonic.startswith("mov") and target in ("%cr0", "%cr3", "%cr4"):
            yield target[1:]
        elif mnemonic in ("cli", "wbinvd", "sti", "hlt"):
            yield mnemonic


@suite.case
def the_page_has_no_address_that_a_copy_would_have_to_change():
    relocations = tool("llvm-readobj", "--relocations", OBJECT)
    check(".enter" not in relocations, f"relocations of the page:\n{relocations}")


@suite.case
def the_switch_keeps_the_order_that_processors_insist_on():
    found = list(steps())
    wanted = ["cli", "efer", "cr4", "cr0", "wbinvd", "pat", "wbinvd", "cr3"]
    check(found[:len(wanted)] == wanted, f"expected {wanted} first, got {found}")


@suite.case
def the_change_of_depth_switches_paging_off_before_and_on_after_it():
    found = list(steps())
    check(found[9:] == ["cr0", "cr4", "cr3", "cr0"], f"got {found[9:]} behind the usual way")


@suite.case
def an_emptied_lower_half_is_forgotten_by_a_second_load_of_cr3():
    found = list(steps())
    check(found[7:9] == ["cr3", "cr3"], f"got {found[7:9]} where the tables change")


if __name__ == "__main__":
    suite.run()
