#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Configurations that cannot be followed, and odd ones that can."""

from support import disk, elf_maker, paths, refusals
from support.dump import errors, warnings
from support.machine import STATUS_PASSED, Disk, Machine
from support.refusals import Bad, config
from support.tap import Suite, check

ENTRY = "/Test\nprotocol: hoist\npath: /kernel.elf\n"
# Were one of these configurations followed, this kernel would end the guest with the wrong status.
KERNEL = {"kernel.elf": elf_maker.build()}

suite = Suite()


def bad(sentence, text, **options):
    return config(sentence, text, KERNEL, **options)


@suite.case
def what_is_no_configuration_text_is_told_with_its_line():
    refusals.run([
        bad("/hoist.conf: the configuration has no entry to boot (a line such as `/Title`)", ""),
        bad("/hoist.conf: the configuration has no entry to boot (a line such as `/Title`)",
            "timeout: 1\n# nothing else\n"),
        bad("/hoist.conf: this is UTF-16 text (it starts with 0xfffe); save it as UTF-8",
            b"\xff\xfe" + ENTRY.encode("utf-16-le")),
        bad("/hoist.conf: this is UTF-16 text (it starts with 0xfeff); save it as UTF-8",
            b"\xfe\xff" + ENTRY.encode("utf-16-be")),
        bad("/hoist.conf, line 1: byte 0x0 is a control character; a configuration is plain text",
            ENTRY.encode("utf-16-le")),
        bad("/hoist.conf, line 2: byte 0x1b is a control character; a configuration is plain text",
            "# colours\n\x1b[31m" + ENTRY),
        bad("/hoist.conf, line 4: byte 0xff is not valid UTF-8", ENTRY.encode() + b"# \xff\n"),
        bad("/hoist.conf, line 1: byte 0x7f is a control character; a configuration is plain text",
            KERNEL["kernel.elf"]),
        bad("/hoist.conf, line 2: byte 0xb is a control character; a configuration is plain text",
            bytes(range(9, 256))),
        bad("/hoist.conf, line 5: the line has 4097 bytes, more than the 4 KiB allowed",
            ENTRY + "\ncmdline: " + "x" * (4097 - 9)),
        bad("/hoist.conf: the configuration has 262145 bytes, more than the 256 KiB allowed",
            ENTRY + "#" * ((256 << 10) + 1 - len(ENTRY))),
    ])


@suite.case
def a_file_that_was_cut_off_is_told_with_its_line():
    refusals.run([
        bad('/hoist.conf, line 3: "pat" is no `key: value` line (there is no colon)',
            "/Test\nprotocol: hoist\npat"),
        bad("/hoist.conf, line 3: path has no value", "/Test\nprotocol: hoist\npath:"),
        bad('/hoist.conf, line 4: "/" starts an entry without a title', ENTRY + "/"),
        bad('/hoist.conf, line 4: the macro "${KERNEL" is not closed by a brace',
            ENTRY + "cmdline: ${KERNEL"),
        Bad("/kern: there is no such file on the boot volume",
            {"hoist.conf": b"/Test\nprotocol: hoist\npath: /kern", **KERNEL}),
    ])


@suite.case
def numbers_and_switches_that_are_none_are_told_with_their_line():
    refusals.run([
        bad('/hoist.conf, line 1: the value in "timeout: soon" is no number',
            "timeout: soon\n" + ENTRY),
        bad('/hoist.conf, line 1: the value in "timeout: -1" is no number',
            "timeout: -1\n" + ENTRY),
        bad('/hoist.conf, line 1: the value in "timeout:" is no number', "timeout:\n" + ENTRY),
        bad('/hoist.conf, line 1: the number in "timeout: 86401" is out of range: 0 to 86400 can '
            "stand here", "timeout: 86401\n" + ENTRY),
        bad('/hoist.conf, line 1: the number in "timeout: 18446744073709551617" is out of range: '
            "0 to 86400 can stand here", "timeout: 18446744073709551617\n" + ENTRY),
        bad('/hoist.conf, line 2: the value in "default_entry: first" is no number',
            "\ndefault_entry: first\n" + ENTRY),
        bad('/hoist.conf, line 2: the number in "default_entry: 0" is out of range: 1 to 64 can '
            "stand here", "\ndefault_entry: 0\n" + ENTRY),
        bad("/hoist.conf, line 2: default_entry is 2, but the number of entries is 1",
            "\ndefault_entry: 2\n" + ENTRY),
        bad('/hoist.conf, line 1: the value in "serial: maybe" is neither yes nor no',
            "serial: maybe\n" + ENTRY),
    ])


@suite.case
def entries_that_cannot_be_booted_are_told_by_title():
    many = "".join(f"/Entry {i}\nprotocol: hoist\npath: /kernel.elf\n" for i in range(65))
    refusals.run([
        bad('the entry "Test" (line 1) does not say its protocol (`protocol: hoist`)',
            "/Test\npath: /kernel.elf\n"),
        bad('the entry "Test" (line 2) asks for the protocol "multiboot2"; hoist, limine, efi and dump are supported',
            "\n/Test\nprotocol: multiboot2\npath: /kernel.elf\n"),
        bad('the entry "Test" (line 1) has no path: nothing to load', "/Test\nprotocol: hoist\n"),
        bad('/hoist.conf, line 1: "//Test" has 2 slashes, but at most 1 can stand here: the entry '
            "that it belongs to is missing", "/" + ENTRY),
        bad("/hoist.conf, line 193: this entry is one more than the 64 allowed", many),
        bad('/hoist.conf, line 1: ": 5" has no key before its colon', ": 5\n" + ENTRY),
    ])


@suite.case
def paths_that_cannot_be_followed_are_told():
    def path(sentence, text):
        return Bad(sentence, {"hoist.conf": disk.config(text), **KERNEL})

    refusals.run([
        path('the path "kernel.elf" does not start with a slash', "kernel.elf"),
        path('the path "boot():" does not start with a slash', "boot():"),
        path('the path "odd(1:2):/kernel.elf" asks for "odd(1:2)"; boot(), hdd(), guid() and fslabel() '
             "are supported", "odd(1:2):/kernel.elf"),
        path('there is no volume for the path "boot(2):/kernel.elf" among the 11 that the firmware knows',
             "boot(2):/kernel.elf"),
        path('the path "/kernel.elf#00ff" has 4 characters behind its #; a BLAKE2b hash has 128, all of them '
             "hexadecimal digits", "/kernel.elf#00ff"),
        path('the path "/a\\b" has the character 0x5c at offset 2, which no file name can have',
             "/a\\b"),
        path(f'the path "/{"k" * 159}..." is too long: 513 characters, of which 512 are allowed',
             "/" + "k" * 512),
        path(f'/{"k" * 159}...: the file cannot be opened; the firmware says "invalid parameter" '
             "(status 0x8000000000000002)", "/" + "k" * 400),
        path('/..: the file cannot be opened; the firmware says "invalid parameter" '
             "(status 0x8000000000000002)", "/.."),
        path("/kernel.elf/x: there is no such file on the boot volume", "/kernel.elf/x"),
    ])


def boots(text, expected_warnings=(), cmdline=None):
    """The stub boots from this configuration."""
    data = text.encode() if isinstance(text, str) else text
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "esp", {"hoist.conf": data, "Kernel/the stub.elf": stub.read()})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [], "no error is expected")
            check(warnings(machine.log) == list(expected_warnings),
                  f"expected the warnings {list(expected_warnings)}, got {warnings(machine.log)}")
            if cmdline is not None:
                check(f"hoist-stub: command line: {cmdline}\n" in machine.log,
                      f"the kernel does not have the command line {cmdline!r}")


STUB_ENTRY = "/Test\n  protocol: hoist\n  path: /Kernel/the stub.elf\n  cmdline: a  b # c\n"


@suite.case
def unknown_keys_are_warnings_with_file_and_line_and_the_kernel_boots():
    boots("colour: red\n" + STUB_ENTRY + "  dtb: /x\n  path: /second\n", [
        '/hoist.conf, line 1: the key "colour" is not known; ignored',
        '/hoist.conf, line 6: the key "dtb" is not known; ignored',
        '/hoist.conf, line 7: the key "path" was given before; the first value stays',
    ])


@suite.case
def carriage_returns_and_a_byte_order_mark_are_accepted():
    boots(b"\xef\xbb\xbf" + STUB_ENTRY.replace("\n", "\r\n").encode(), cmdline="a  b # c")


@suite.case
def a_last_line_without_an_end_is_accepted():
    boots(STUB_ENTRY.rstrip("\n"), cmdline="a  b # c")


@suite.case
def keys_and_paths_are_found_whatever_their_case():
    boots("/Test\nPROTOCOL: Hoist\nKernel_Path: boot():/KERNEL/The Stub.ELF\nKernel_CmdLine: x\n",
          cmdline="x")


@suite.case
def the_longest_line_that_is_allowed_reaches_the_kernel_whole():
    words = ("0123456789 " * 400)[:4096 - len("cmdline: ")]
    text = STUB_ENTRY[:STUB_ENTRY.index("  cmdline")] + "cmdline: " + words + "\n"
    check(max(len(line) for line in text.split("\n")) == 4096, "this is not the longest line")
    boots(text, cmdline=words.rstrip())


if __name__ == "__main__":
    suite.run()
