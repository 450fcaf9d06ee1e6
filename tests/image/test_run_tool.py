#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hoist-run as the test runner of another project: most of it with a QEMU that only says what it was asked."""

import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import elf_maker, paths
from support.tap import Suite, check

TOOLS = os.path.join(paths.CHECKOUT, "tools")
TIME_LIMIT_SECONDS = 120

# A word an argument; then what the test wants of it.
FAKE_QEMU = """#!/bin/sh
case "$*" in
*"-display help"*) echo none; exit 0 ;;
esac
printf '%s\\n' "$@" >"$FAKE/arguments"
. "$FAKE/behaviour"
"""

suite = Suite()


class Project:
    """Somebody else's folder, with the tools installed under a prefix beside it and a QEMU of our own."""

    def __init__(self, behaviour="exit 33"):
        self._scratch = paths.scratch_folder()
        self.root = root = self._scratch.name
        self.folder, self.temporary, self.tools, share, self.system = (
            os.path.join(root, name) for name in ("my project", "tmp", "prefix/bin", "prefix/share/hoist", "system"))
        for folder in (self.folder, self.temporary, self.tools, share, self.system, f"{root}/fake/bin"):
            os.makedirs(folder)
        for name in ("hoist-image", "hoist-run", "hoist-debug", "hoist-dump"):
            shutil.copy(os.path.join(TOOLS, name), self.tools)
        shutil.copy(paths.LOADER, share)
        self.write(f"{root}/fake/bin/qemu-system-x86_64", FAKE_QEMU, 0o755)
        self.write(f"{root}/fake/behaviour", behaviour)
        shutil.copy(paths.STUB, f"{self.folder}/kernel.elf")
        self.changes = {"TMPDIR": self.temporary, "FAKE": f"{root}/fake",
                        "PATH": f"{root}/fake/bin:{self.tools}:{os.environ['PATH']}"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._scratch.cleanup()

    def write(self, path, text, mode=0o644):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def environment(self, **changes):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HOIST_")}
        return {**kept, **self.changes, **changes}

    def start(self, *arguments, tool="hoist-run", output=subprocess.PIPE, errors=subprocess.PIPE, cwd=None, **changes):
        return subprocess.Popen([tool, *arguments], cwd=cwd or self.folder, env=self.environment(**changes),
                                executable=shutil.which(tool, path=self.changes["PATH"]), stdin=subprocess.DEVNULL,
                                stdout=output, stderr=errors)

    def run(self, *arguments, **changes):
        """Status, standard output, standard error; nothing may be left behind."""
        before = sorted(os.listdir(self.folder))
        answer = self.start_and_wait(changes.pop("tool", "hoist-run"), *arguments, **changes)
        check(os.listdir(self.temporary) == [], f"left behind: {os.listdir(self.temporary)}")
        check(sorted(os.listdir(self.folder)) == before or "--json" in arguments or "--screenshot" in arguments,
              f"it wrote {os.listdir(self.folder)}")
        return answer

    def start_and_wait(self, tool, *arguments, **changes):
        with self.start(*arguments, tool=tool, **changes) as process:
            output, errors = process.communicate(timeout=TIME_LIMIT_SECONDS)
        return process.returncode, output, errors.decode(errors="replace")

    def arguments(self):
        with open(f"{self.root}/fake/arguments", encoding="utf-8") as file:
            return file.read().splitlines()

    def result(self):
        with open(f"{self.folder}/result", encoding="utf-8") as file:
            lines = file.read().splitlines()
        check(len(lines) == 1, f"{len(lines)} lines")
        return json.loads(lines[0])

    def real(self):
        os.unlink(f"{self.root}/fake/bin/qemu-system-x86_64")


def after(arguments, option):
    return arguments[arguments.index(option) + 1]


def ends(status, outcome, words, behaviour, *arguments):
    """What the fake does has to become this status, outcome and reason, in words and in JSON."""
    with Project(behaviour) as project:
        got, _, said = project.run("--json", "result", *arguments, "kernel.elf")
        check(got == status, f"status {got}: {said}")
        check(said.startswith("hoist-run: ") and said.count("\n") == 1 and words in said, f"it said {said!r}")
        result = project.result()
        check((result["status"], result["outcome"]) == (status, outcome), f"{result}")
        check(words in result["reason"] and result["kernel"] == "kernel.elf" and result["format"] == "hoist-run" and
              result["version"] == 1 and 0 <= result["seconds"] < 60 and result["firmware"] and result["image"] == "",
              f"{result}")


for name, case in (
        ("a_kernel_that_passed", (0, "passed", "passed", "exit 33")),
        ("a_kernel_that_failed", (1, "failed", "failed", "exit 35")),
        ("a_reset", (3, "reset", "reset or powered off", "exit 0")),
        ("a_triple_fault", (3, "fault", "triple fault",
                            'for a; do case $a in */resets) echo "Triple fault" >"$a" ;; esac; done; exit 0')),
        ("another_byte_at_the_port", (1, "error", "85", "exit 85")),
        ("a_guest_without_an_end", (124, "late", "no end after 1 s", "exec sleep 30", "--timeout", "1")),
        ("a_guest_that_heeds_no_signal", (124, "late", "no end after 1 s", "trap '' TERM; while :; do sleep 1; done",
                                          "--timeout", "1")),
        ("a_refusal", (1, "refused", 'the sentence "x" \\ y', "echo 'hoist: error: the sentence \"x\" \\ y'; exec sleep 30")),
        ("a_fault_that_the_loader_reports", (3, "fault", "no handler of its own",
                                             "echo 'hoist: leaving the firmware'; echo 'hoist: halted: x'; exec sleep 30"))):
    suite.add(f"the_result_of_{name}_is_told_in_words_and_in_json", ends, *case)


@suite.case
def every_option_reaches_qemu():
    with Project() as project:
        status, _, said = project.run("--mem", "3G", "--cpu", "qemu64", "--smp", "4", "--machine", "pc", "--gdb", "1234",
                                      "--qemu-args", "-rtc base=utc *", "kernel.elf", HOIST_FIRMWARE=paths.FIRMWARE)
        check(status == 0, said)
        words = project.arguments()
        for option, value in (("-m", "3G"), ("-cpu", "qemu64"), ("-smp", "4"), ("-machine", "pc"), ("-rtc", "base=utc"),
                              ("-gdb", "tcp:127.0.0.1:1234"), ("-accel", "tcg"), ("-display", "none")):
            check(after(words, option) == value, f"{option} {after(words, option)}")
        check("-S" in words and words[-1] == "*" and f"if=pflash,format=raw,readonly=on,file={paths.FIRMWARE}" in words,
              f"{words}")
        project.run("--gdb", f"{project.root}/a,b", "kernel.elf")
        check(after(project.arguments(), "-gdb") == f"unix:{project.root}/a,,b,server=on,wait=off", "the socket")
        check("-S" in project.arguments(), "it does not wait")


@suite.case
def firmware_is_found_where_each_distribution_has_it():
    with Project() as project:
        # The paths of the tool, moved to a system of our own.
        with open(f"{project.tools}/hoist-run", encoding="utf-8") as file:
            script = re.sub(r"(?<= )/(usr|opt|run)/(?=\S*(?:OVMF|ovmf|edk2)\S*)", f"{project.system}/\\1/", file.read())
        project.write(f"{project.tools}/hoist-run", script, 0o755)
        status, _, said = project.run("kernel.elf")
        check(status == 1 and "no OVMF found" in said and "--firmware" in said and said.count("\n") == 1, said)
        for place in ("usr/share/OVMF/OVMF_CODE.fd", "usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/edk2/ovmf/OVMF_CODE.fd",
                      "usr/share/edk2/x64/OVMF_CODE.4m.fd", "usr/share/qemu/ovmf-x86_64-code.bin",
                      "opt/homebrew/share/qemu/edk2-x86_64-code.fd", "run/current-system/sw/share/qemu/edk2-x86_64-code.fd",
                      "usr/share/qemu/edk2-x86_64-code.fd", "../fake/share/qemu/edk2-x86_64-code.fd"):
            path = os.path.join(project.system, place)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            project.write(path, "firmware")
            status, _, said = project.run("kernel.elf")
            drive = [word for word in project.arguments() if word.startswith("if=pflash")][0]
            check(status == 0 and os.path.realpath(drive.partition("file=")[2]) == os.path.realpath(path),
                  f"{place}: {drive} {said}")
            os.unlink(path)


@suite.case
def what_is_missing_is_named_with_the_command_that_brings_it():
    with Project() as project:
        with open(f"{project.tools}/hoist-run", encoding="utf-8") as file:
            script = file.read().replace("/etc/os-release", f"{project.system}/os-release")
        script = re.sub(r"(?<= )/(usr|opt|run)/(?=\S*(?:OVMF|ovmf|edk2)\S*)", "/nowhere/", script)
        project.write(f"{project.tools}/hoist-run", script, 0o755)
        os.makedirs(f"{project.root}/few")
        for name in ("sh", "dirname", "readlink", "date", "sed", "tr", "uname", "wc"):
            os.symlink(shutil.which(name), f"{project.root}/few/{name}")
        for system, qemu, ovmf in (
                ("ID=debian\n", "apt-get install qemu-system-x86", "apt-get install ovmf"),
                ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt-get install qemu-system-x86", "apt-get install ovmf"),
                ("ID=fedora\n", "dnf install qemu-system-x86", "dnf install edk2-ovmf"),
                ("ID=arch\n", "pacman -S qemu-system-x86", "pacman -S edk2-ovmf"),
                ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper install qemu-x86",
                 "zypper install qemu-ovmf-x86_64"), ("ID=nixos\n", "the package qemu-system-x86", "the package ovmf")):
            project.write(f"{project.system}/os-release", system)
            status, _, said = project.run("kernel.elf", PATH=f"{project.root}/few")
            check(status == 1 and said.count("\n") == 1 and "qemu-system-x86_64 is missing" in said and qemu in said, said)
            status, _, said = project.run("kernel.elf")
            check(status == 1 and said.count("\n") == 1 and "no OVMF found" in said and ovmf in said, said)
        os.symlink(shutil.which("true"), f"{project.root}/few/qemu-system-x86_64")
        for name in ("mktemp", "mkfifo", "rm", "cat", "printf"):
            os.symlink(shutil.which(name), f"{project.root}/few/{name}")
        status, _, said = project.run("kernel.elf", PATH=f"{project.root}/few", HOIST_FIRMWARE=paths.FIRMWARE)
        check((status, said) == (1, "hoist-run: mformat is missing: install the package mtools\n"), f"{status}: {said}")


@suite.case
def hostile_names_harm_neither_the_image_nor_the_result():
    with Project() as project:
        for name in ("-kernel", "c:x", "a,b=c", "it's $HOME `id`", 'quo"te\\', "\x1b[31mred", "\udcff\udcfe"):
            shutil.copy(paths.STUB, os.path.join(os.fsencode(project.folder), os.fsencode(name)))
            status, _, said = project.run("--json", "result", "--", name, tool="hoist-run")
            check(status == 0 and "\x1b" not in said, f"{name!r}: {status}: {said}")
            result = project.result()["kernel"]
            shown = re.sub(r"[\x00-\x1f\udc80-\udcff]", "?", name)
            check(result == shown, f"{result!r} for {name!r}")
        status, _, said = project.run("kernel.elf", "--module", "a\nb")
        check(status == 2 and said.count("\n") == 1, f"{status}: {said}")
        status, _, said = project.run("kernel.elf", "--json", "/nowhere/result")
        check(status == 1 and "/nowhere/result: cannot be written" in said, f"{status}: {said}")
        project.write(f"{project.folder}/result", "old")
        status, _, said = project.run("kernel.elf", "--json", "result", "--smp", "0")
        check(status == 2 and "0: no number of CPUs" in said and project.result()["status"] == 2, f"{status}: {said}")


def on_a_terminal(project, output, *arguments):
    """Standard error is a terminal, and standard output too where `output` is None; returns what both got."""
    main, side = pty.openpty()
    with project.start(*arguments, output=side if output is None else output, errors=side) as process:
        os.close(side)
        seen = b""
        while True:
            try:
                data = os.read(main, 4096)
            except OSError:
                break
            if not data:
                break
            seen += data
        serial = process.stdout.read() if process.stdout else b""
    os.close(main)
    return process.returncode, serial, seen


@suite.case
def progress_is_shown_on_a_terminal_and_never_in_the_serial_output():
    behaviour = "sleep 2; printf 'one\\ntwo\\n'; sleep 2; printf 'hoist: leaving the firmware\\nthree\\n'; exit 33"
    with Project(behaviour) as project:
        status, serial, seen = on_a_terminal(project, subprocess.PIPE, "--timeout", "60", "kernel.elf")
        check(status == 0 and serial == b"one\ntwo\nhoist: leaving the firmware\nthree\n", f"{status}: {serial}")
        check(re.search(rb"\rhoist-run: [123] s of 60, waiting for the kernel\x1b\[K", seen), f"{seen}")
        check(seen.endswith(b"\r\x1b[Khoist-run: the kernel says: passed\r\n"), f"{seen}")
        status, _, seen = on_a_terminal(project, None, "kernel.elf")
        progress, erased, serial = seen.partition(b"\r\x1b[Kone\r\n")
        check(status == 0 and erased and re.search(rb"hoist-run: [123] s, waiting", progress), f"{seen}")
        check(serial.startswith(b"two\r\nhoist: leaving the firmware\r\nthree\r\nhoist-run: the kernel"), f"{seen}")
        _, _, seen = on_a_terminal(project, subprocess.DEVNULL, "--quiet", "kernel.elf")
        check(seen == b"hoist-run: the kernel says: passed\r\n", f"{seen}")


@suite.case
def two_projects_boot_at_once_from_an_installed_prefix_and_write_nothing_there():
    with Project() as project:
        project.real()
        os.symlink(f"{project.tools}/hoist-run", f"{project.root}/fake/bin/runner")
        first = project.start("--timeout", "90", "--cmdline", "first", "--module", "kernel.elf=x", "kernel.elf")
        second = project.start("--timeout", "90", "kernel.elf", tool="runner", HOIST_CMDLINE="second")
        for process, words in ((first, b"first"), (second, b"second")):
            with process:
                output, errors = process.communicate(timeout=TIME_LIMIT_SECONDS)
            check(process.returncode == 0, f"{process.returncode}: {errors}\n{output.decode(errors='replace')}")
            check(b"hoist: command line: " + words in output and b" 0 failed" in output, output.decode(errors="replace"))
        check(os.listdir(project.folder) == ["kernel.elf"] and os.listdir(project.temporary) == [], "it wrote something")


def size_of_picture(data, name):
    if name.endswith("png"):
        check(data.startswith(b"\x89PNG\r\n") and data.endswith(b"IEND\xaeB\x60\x82"), f"{data[:20]}")
        return struct.unpack_from(">II", data, 16)
    check(data.startswith(b"P6\n"), f"{data[:20]}")
    return tuple(int(word) for word in data.split(b"\n", 2)[1].split()) if any(data[20:]) else "black"


@suite.case
def a_screenshot_is_a_png_or_a_ppm_by_its_name():
    with Project() as project:
        project.real()
        for name in ("screen.png", "screen.ppm"):
            # The second time is for a host that has much else to do.
            for seconds in ("4", "30"):
                status, _, said = project.run("--timeout", seconds, "--screenshot", name, "--cmdline", "wait", "kernel.elf")
                check(status == 124, f"{status}: {said}")
                with open(f"{project.folder}/{name}", "rb") as file:
                    size = size_of_picture(file.read(), name)
                if size == (1280, 800):
                    break
            check(size == (1280, 800), f"{size}")


@suite.case
def a_screenshot_that_cannot_be_had_is_told_and_changes_no_result():
    with Project("sleep 1; exit 33") as project:
        status, _, said = project.run("--screenshot", "s.png", "kernel.elf")
        check(status == 0 and said.startswith("hoist-run: no screenshot: ") and said.count("\n") == 2, f"{status}: {said}")
        status, _, said = project.run("--screenshot", "/nowhere/s.png", "kernel.elf")
        check(status == 1 and "/nowhere/s.png: cannot be written" in said, f"{status}: {said}")


@suite.case
def the_debugger_keeps_out_of_the_folder_it_is_called_in():
    with Project() as project:
        for expected, words, arguments in (
                (2, "no kernel named", ()), (2, "--symbols wants a value", ("--symbols",)), (2, "one line", ("a\nb",)),
                (1, "/nowhere/x: no such file", ("/nowhere/x",)),
                (1, "QEMU did not start", ("--cpu", "qemu64", "kernel.elf"))):
            status, _, said = project.run(*arguments, tool="hoist-debug")
            check(status == expected and words in said, f"{arguments}: {status}: {said}")
        status, output, _ = project.run("--help", tool="hoist-debug")
        check(status == 0 and output.startswith(b"usage: hoist-debug"), f"{status}: {output}")


if __name__ == "__main__":
    suite.run()
