#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/install-packages on machines that are not there: a PATH of made-up commands. Nothing is installed."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

SCRIPT = os.path.join(paths.CHECKOUT, "tools", "install-packages")
# What the script itself is made of.
BASICS = ("env", "mktemp", "rm", "tail")
DPKG_QUERY = 'for package; do :; done\ncase $package in there*) printf installed ;; rest) printf config-files ;; ' \
    '*) echo "no packages found" >&2; exit 1 ;; esac'
APT_GET = 'echo "$DEBIAN_FRONTEND apt-get $*" >>"$LOG"\nread -r word && echo "read $word" >>"$LOG"\nexit 0'
SUDO = 'echo "sudo" >>"$LOG"\nexec "$@"'
UPDATE = " apt-get update"
INSTALL = "noninteractive apt-get install -y --no-install-recommends"

suite = Suite()


def run(commands, *arguments):
    """Status, output, and what apt-get and sudo were asked; `commands` maps names to shell scripts."""
    with paths.scratch_folder() as folder:
        for name, body in commands.items():
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n{body}\n")
            os.chmod(path, 0o755)
        for name in BASICS:
            os.symlink(f"/usr/bin/{name}", os.path.join(folder, name))
        log = os.path.join(folder, "log")
        os.mkdir(os.path.join(folder, "tmp"))
        # /bin/sh by its full name: the made-up PATH has no shell.
        result = subprocess.run(["/bin/sh", SCRIPT, *arguments], env={
            "PATH": folder, "LOG": log, "TMPDIR": os.path.join(folder, "tmp")},
            input="typed\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        check(os.listdir(os.path.join(folder, "tmp")) == [], "a temporary file is left")
        asked = []
        if os.path.exists(log):
            with open(log, encoding="utf-8") as file:
                asked = file.read().splitlines()
        return result.returncode, result.stdout, asked


def debian(user=0, **changes):
    return {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "id": f"echo {user}", **changes}


@suite.case
def what_is_there_is_not_spoken_of():
    check(run(debian(), "there", "there-too") == (0, "", []), str(run(debian(), "there", "there-too")))


@suite.case
def root_gets_what_is_missing_and_one_line():
    status, said, asked = run(debian(), "there", "absent", "rest", "there-too")
    check((status, said) == (0, "installing packages: absent rest\n"), f"{status}: {said}")
    check(asked == [UPDATE, f"{INSTALL} absent rest"], f"asked: {asked}")


@suite.case
def others_get_it_by_sudo():
    status, said, asked = run(debian(1000, sudo=SUDO), "absent")
    check((status, said) == (0, "installing packages: absent\n"), f"{status}: {said}")
    check(asked == ["sudo", UPDATE, "sudo", f"{INSTALL} absent"], f"asked: {asked}")


@suite.case
def without_sudo_the_command_for_root_is_named():
    status, said, asked = run(debian(1000), "there", "absent", "rest")
    check(status == 1 and asked == [], f"{status}, asked: {asked}")
    check(said.endswith("as root, run: apt-get install absent rest\n"), said)


@suite.case
def a_failure_of_apt_get_is_told_with_its_last_words():
    broken = 'i=0\nwhile [ $i -lt 9 ]; do i=$((i + 1)); echo "E: reason $i"; done\nexit 100'
    status, said, _ = run(debian(**{"apt-get": broken}), "absent")
    check(status == 1, f"status {status}")
    check(said.splitlines() == ["installing packages: absent", *(f"E: reason {i}" for i in range(5, 10)),
                                "could not install: absent"], said)


@suite.case
def what_is_no_name_of_a_package_never_reaches_apt_get():
    for name in ("-o=x", "--help", "-y", "a b", "a;b", "$(touch x)", "`x`", "*", "", "../x", "A", "a\nb", "a=1"):
        for commands in (debian(), debian(1000, sudo=SUDO)):
            status, said, asked = run(commands, "there", "absent", name)
            check(status == 2 and asked == [] and said.startswith("install-packages: '"), f"{name!r}: {status}: {said}{asked}")
    status, said, asked = run(debian())
    check((status, said, asked) == (2, "usage: install-packages PACKAGE...\n", []), f"{status}: {said}{asked}")


@suite.case
def elsewhere_than_on_debian_the_missing_tools_are_named_in_one_line():
    tools = ("clang", "lld-link", "ld.lld", "llvm-objcopy", "qemu-system-x86_64", "mformat", "gcc", "python3")
    status, said, asked = run({}, "clang", "lld")
    check(status == 1 and asked == [] and said.count("\n") == 1, f"{status}: {said}")
    words = said.split()
    check(said.startswith("missing on this machine") and all(tool in words for tool in tools), said)
    status, said, _ = run({tool: ":" for tool in tools if tool != "ld.lld"} | {"sgdisk": ":"}, "clang")
    names = [name for name in said.rpartition(":")[2].split() if name != "gnu-efi"]
    check(status == 1 and names == ["ld.lld"], f"{status}: {said}")


@suite.case
def elsewhere_with_all_tools_nothing_is_said():
    tools = ("clang", "lld-link", "ld.lld", "llvm-objcopy", "qemu-system-x86_64", "mformat", "sgdisk", "gcc", "python3")
    got = run({tool: ":" for tool in tools}, "clang", "lld")
    check(got == (0, "", []), f"{got}")


if __name__ == "__main__":
    suite.run()
