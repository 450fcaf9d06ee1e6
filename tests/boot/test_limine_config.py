#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Configurations of Limine's: where they are looked for, what they mean, and the paths in them."""

import hashlib
import os

from support import disk, gpt, paths, refusals
from support.efi_program import EfiProgram
from support.refusals import Bad
from support.tap import Suite, check

# It says where it comes from and its options, and goes back.
_echo = EfiProgram("echo")
BACK = 'has come back; it says "aborted" (status 0x8000000000000015)'

LOOKS = """timeout: 0
default_entry: 3
wallpaper: boot():/w.png
term_font_scale: 2x2
INTERFACE_BRANDING: ${NAME}
"""

suite = Suite()


class Started(Bad):
    """A disk whose program says this about itself before it comes back."""

    def __init__(self, said, files, name="/echo.efi", **options):
        super().__init__(f"{name} {BACK}", files, **options)
        self.said = said

    def judge(self, number, part):
        super().judge(number, part)
        said = [line for line in part.splitlines() if line.startswith("echo: ")]
        check(said == [f"echo: {self.said}"], f"disk {number}: expected {self.said!r}\n{'':12}got {said}")


class OfTwoParts(Started):
    """The same on a disk with a second partition, where the program is."""

    def __init__(self, said, text, files):
        super().__init__(said, {"limine.conf": text.encode()})
        self.second = files

    def image(self, folder, name):
        parts = [disk.make(folder, f"{name}-1", self.files),
                 disk.make(folder, f"{name}-2", self.second, loader=None, label=f"Of {name}")]
        return gpt.make(os.path.join(folder, f"{name}.img"), parts)


def entry(path, *lines, protocol="efi"):
    return "\n".join(["/Test", f"protocol: {protocol}", f"path: {path}", *lines, ""])


@suite.case
def files_of_limine_boot_unchanged_wherever_they_lie():
    with open(_echo.path(), "rb") as file, open(paths.STUB, "rb") as kernel:
        echo, stub = file.read(), kernel.read()
    good = hashlib.blake2b(echo).hexdigest()
    last = int(good[-16:], 16)
    other = f"{good[:-16]}{last ^ 1:016x}"
    mismatch = f"/echo.efi has another hash than it should: from byte 57 on {last:#x}, not {last ^ 1:#x}"
    macros = f"${{NAME}}=a  b\n{LOOKS}/+Folder\ncomment: of two\n//Zero\nprotocol: linux\npath: /x\n" \
             "//One\ncomment: x\nProtocol: EFI\n" \
             "term_palette: 000000\nPATH: boot():/${ARCH}/${NAME}.efi\ncmdline: ${NAME} ${ARCH} $x\n"

    def at(place, text, **files):
        return {place: text.encode(), "echo.efi": echo, **files}

    of_stub = hashlib.blake2b(stub).hexdigest()

    def refused(sentence, text):
        return Bad(sentence, at("limine.conf", text))

    parts = refusals.run([
        Started("partition 0, file \\x86-64\\a  b.efi, options a  b x86-64 $x<0000>",
                {"limine.conf": macros.encode(), "x86-64/a  b.efi": echo}, name="/x86-64/a  b.efi"),
        Started("partition 0, file \\echo.efi, options hoist<0000>",
                at("hoist.conf", entry("/echo.efi", "cmdline: hoist", "quiet: yes", "serial: no"),
                   **{"limine.conf": b"colour: red\n", "boot/limine.conf": b"colour: red\n"})),
        Started("partition 0, file \\echo.efi, options ",
                at("EFI/BOOT/limine.conf", "/Test\nprotocol: efi_chainload\nimage_path: boot():/echo.efi\n")),
        Started("partition 0, file \\echo.efi, options <00fc><d83d><de00><0000>",
                at("boot/limine/limine.conf", entry(f"/echo.efi#{good}", "cmdline: \u00fc\U0001f600"))),
        refused(mismatch, entry(f"/echo.efi#{other}")),
        Started("partition 0, file \\echo.efi, options ",
                at("limine/limine.conf", entry(f"/echo.efi#{other}", "hash_mismatch_panic: no")), warned=[mismatch]),
        refused('/limine.conf could not be started; the firmware says "unsupported" (status 0x8000000000000003)',
                entry("/limine.conf")),
        refused('the entry "Test" (line 1) asks for the protocol "linux"; hoist, limine, efi and dump are supported',
                entry("/echo.efi", protocol="linux")),
        refused('the path "odd(1:1):/echo.efi" asks for "odd(1:1)"; boot(), hdd(), guid() and fslabel() are supported',
                entry("odd(1:1):/echo.efi")),
        refused('/limine.conf, line 1: the macro "${A}" is not defined', "cmdline: ${A}\n" + entry("/echo.efi")),
        refused("fslabel(test):/none.efi: there is no such file on that volume", entry("fslabel(test):/none.efi")),
        # The kernel's own hash is the right one, for its modules come after it.
        Bad(mismatch, at("limine.conf", entry(f"/stub.elf#{of_stub.upper()}", f"module_path: /echo.efi#{other}",
                                              protocol="hoist"), **{"stub.elf": stub})),
        Bad(f"/stub.elf has another hash than it should: from byte 1 on {int(of_stub[:16], 16):#x}, "
            f"not {int(good[:16], 16):#x}",
            at("limine.conf", entry(f"/stub.elf#{good}", protocol="limine"), **{"stub.elf": stub})),
        OfTwoParts("partition 2, file \\echo.efi, options boot<0000>", entry("boot(2):/echo.efi", "cmdline: boot"),
                   {"echo.efi": echo}),
        OfTwoParts("partition 2, file \\echo.efi, options guid<0000>",
                   entry(f"GUID({gpt.partition_guid(2)}):/echo.efi", "cmdline: guid"), {"echo.efi": echo}),
        OfTwoParts("partition 2, file \\echo.efi, options label<0000>",
                   entry("fslabel(Of bad15):/echo.efi", "cmdline: label"), {"echo.efi": echo}),
        OfTwoParts("partition 2, file \\echo.efi, options disk<0000>", entry("hdd(17:2):/echo.efi", "cmdline: disk"),
                   {"echo.efi": echo}),
        refused('there is no volume for the path "hdd(99:1):/echo.efi" among the 23 that the firmware knows',
                entry("hdd(99:1):/echo.efi")),
    ])
    check("hoist: booting Folder" not in parts[0] and "hoist: booting One: " in parts[0], "another entry than in row 3")
    check("hoist: booting" not in parts[1], "quiet is not quiet")


if __name__ == "__main__":
    suite.run()
