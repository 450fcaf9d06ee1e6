#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Files and folders that mean harm to hoist-debug, hoist-dump, hoist-map and the tools of `make install`, `make single` and
`make dist`: nothing in them is run, and nothing is written but the output."""

import os
import re
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check
from test_hoist_map import Place as MapPlace, cr3, small_space
from test_hostile_arguments import HOSTILE, put_tool
from test_run_tool import Project

PACKAGE_TOOLS = os.path.join(paths.CHECKOUT, "tools", "package")
# A QEMU that opens the socket for gdb, and waits.
QEMU_WITH_SOCKET = """for word; do
    case $word in
    unix:*) exec python3 -c 'import socket, sys, time
server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); time.sleep(60)' "$(echo "${word#unix:}" | cut -d, -f1)" ;;
    esac
done"""

suite = Suite()


def run(folder, *command, **changes):
    done = subprocess.run(command, cwd=folder, env={**os.environ, **changes}, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace")


def write(folder, name, data=b""):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


# ---- hoist-debug -----------------------------------------------------------------------------------------------


def archive(member_name, data):
    """An ar archive of one member with a long name, which readelf prints."""
    names = member_name + b"/\n"
    names += b"\n" * (len(names) % 2)
    return (b"!<arch>\n" + b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"//", 0, 0, 0, b"0", len(names)) + names +
            b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"/0", 0, 0, 0, b"644", len(data)) + data)


@suite.case
def gdb_gets_an_entry_point_that_is_a_number_and_nothing_else():
    with Project(QEMU_WITH_SOCKET) as project:
        put_tool(f"{project.root}/fake/bin", "gdb", 'printf "%s\\n" "$@" >"$FAKE/gdb"; exit 7')
        kernel = read(project.folder, "kernel.elf")
        write(project.folder, "text", b"no ELF file")
        write(project.folder, "-condition", archive(b"x\n  Entry point address: 0x0 if $_shell(\"touch harm\")", kernel))
        write(project.folder, "cut", kernel[:40])
        for name in ("text", "cut", "."):
            status, _, said = project.run("--symbols", name, "kernel.elf", tool="hoist-debug")
            check(status == 1 and said.startswith("hoist-debug: ") and said.count("\n") == 1, f"{name}: {status}: {said}")
            check(not os.path.exists(f"{project.root}/fake/gdb"), f"{name} reaches gdb")
        for name in ("-x", "|touch harm", "$(touch harm)", "-condition"):
            if name != "-condition":
                shutil.copy(paths.STUB, f"{project.folder}/{name}")
            status, _, said = project.run("--symbols", name, "kernel.elf", "--", "-batch", tool="hoist-debug")
            check(status == 7, f"{name}: {status}: {said}")
            words = read(f"{project.root}/fake", "gdb").decode().splitlines()
            check(words[-1] == f"./{name}" and words[-2] == "-batch", f"{words}")
            stops = [word for word in words if word.startswith("hbreak")]
            check(len(stops) == 1 and re.fullmatch(r"hbreak \*0x[0-9a-f]+", stops[0]), f"{stops}")
        check("harm" not in os.listdir(project.folder), "something was run")


@suite.case
def a_log_that_was_there_is_kept_where_qemu_does_not_start():
    with Project("echo why; exit 1") as project:
        put_tool(f"{project.root}/fake/bin", "gdb", "exit 0")
        os.mkfifo(f"{project.folder}/pipe")
        for words, name in (("pipe: is a pipe", "pipe"), ("cannot be written", "no/log"), ("cannot be written", ".")):
            status, _, said = project.run("--log", name, "kernel.elf", tool="hoist-debug")
            check(status == 1 and words in said and said.count("\n") == 1, f"{name}: {status}: {said}")
        status, _, said = project.start_and_wait("hoist-debug", "--log", "-n", "kernel.elf")
        check(status == 1 and said.endswith("QEMU did not start\n") and "why" in said, f"{status}: {said}")
        check(b"why" in read(project.folder, "-n"), "the log is emptied")


# ---- hoist-map -------------------------------------------------------------------------------------------------


@suite.case
def a_page_takes_the_place_of_a_plain_file_and_of_nothing_else():
    with MapPlace() as place:
        memory = small_space()
        flat = cr3(memory), place.write("flat", memory.data)
        os.mkfifo(f"{place.folder}/pipe")
        os.mkdir(f"{place.folder}/folder")
        os.symlink("folder", f"{place.folder}/to-folder")
        for name in ("pipe", "folder", "to-folder"):
            place.refuse("not a plain file", "--html", name, *flat)
        for words, name in (("No such file", "no/x"), ("File name too long", "x" * 300), ("Not a directory", "flat/x"),
                            ("No such file", "a\nb\x1b/x")):
            place.refuse(words, "--html", name, *flat)
        place.write("target", b"mine")
        os.symlink("target", f"{place.folder}/link")
        place.make("--html", "link", *flat)
        check(read(place.folder, "target") == b"mine" and not os.path.islink(f"{place.folder}/link"), "written through a link")
        before = set(os.listdir(place.folder))
        for name in HOSTILE:
            place.make(f"--html={name}", *flat)
            place.refuse("", "--", name + "absent")
        check(set(os.listdir(place.folder)) == before | set(HOSTILE), f"it wrote {set(os.listdir(place.folder)) - before}")


@suite.case
def inputs_without_an_end_or_a_size_end_in_a_sentence():
    with MapPlace() as place:
        memory = small_space()
        place.write("flat", memory.data)
        for words, name in (("", "/dev/null"), ("", "/dev/zero"), ("", "/proc/self/mem"), ("is a directory", "/proc/self/fd"),
                            ("File name too long", "x" * 300), ("Too many levels of symbolic links", "loop")):
            if name == "loop":
                os.symlink("loop", f"{place.folder}/loop")
            place.refuse(words, cr3(memory), name)
            if name != "/dev/zero":
                place.refuse(words, name)
                place.refuse(words, "--context", name, "flat")
        place.refuse("at most", "--qmp", "x" * 300)
        place.refuse("Connection refused", "--qmp", "flat")


# ---- what make calls -------------------------------------------------------------------------------------------


@suite.case
def nothing_is_installed_outside_of_the_root():
    tool = os.path.join(PACKAGE_TOOLS, "install-files")
    with paths.scratch_folder() as folder:
        for name in ("-t", "a b", "$(touch harm)"):
            write(folder, name, b"data")
        write(folder, "mine", b"mine")
        for arguments in (("install", "root", "mine:../x"), ("install", "root", "mine:a/../../x"), ("install", "", "mine:x"),
                          ("install", "root", "mine"), ("remove", "root", "mine:x"), ("install", "root"),
                          ("uninstall", "root", "mine:.."), ("--help",)):
            status, said = run(folder, tool, *arguments)
            check(status == 2 and said.count("\n") == 1, f"{arguments}: {status}: {said}")
        check(sorted(os.listdir(folder)) == sorted(["-t", "a b", "$(touch harm)", "mine"]), f"there is {os.listdir(folder)}")
        os.makedirs(f"{folder}/-r/share")
        os.symlink(f"{folder}/mine", f"{folder}/-r/share/-t")
        status, said = run(folder, tool, "install", "-r", "-t:share", "a b:share/x y", "$(touch harm):bin")
        check((status, said) == (0, ""), f"{status}: {said}")
        found = sorted(os.path.relpath(os.path.join(place, name), f"{folder}/-r")
                       for place, _, names in os.walk(f"{folder}/-r") for name in names)
        check(found == ["bin/$(touch harm)", "share/-t", "share/x y/a b"], f"there is {found}")
        check(read(folder, "mine") == b"mine", "it wrote through a link")
        status, said = run(folder, tool, "install", "-r", "absent:bin")
        check(status == 1 and "absent" in said and said.count("\n") == 1, f"{status}: {said}")


@suite.case
def the_one_header_replaces_a_file_as_a_whole_or_not_at_all():
    tool = os.path.join(PACKAGE_TOOLS, "one-header")
    library = os.path.join(paths.CHECKOUT, "paging")
    with paths.scratch_folder() as folder:
        write(folder, "old", b"old")
        os.mkdir(f"{folder}/place")
        os.makedirs(f"{folder}/odd/paging")
        write(folder, "odd/paging/hoist_paging.h", b"\xff")
        os.symlink("old", f"{folder}/link")
        for status, arguments in ((2, ()), (2, ("--help",)), (1, ("absent", "old")), (1, (library, "place")),
                                  (1, ("odd/paging", "old")), (1, (library, "no/x")), (1, (library, "x" * 300))):
            got, said = run(folder, tool, *arguments)
            check(got == status and said.count("\n") == 1, f"{arguments}: {got}: {said}")
        check(run(folder, tool, library, "link") == (0, "") and read(folder, "old") == b"old", "it wrote through a link")
        check(run(folder, tool, library, "$(touch harm)") == (0, ""), "a name")
        check(sorted(os.listdir(folder)) == sorted(["old", "place", "odd", "link", "$(touch harm)"]),
              f"there is {os.listdir(folder)}")


@suite.case
def the_source_archive_runs_nothing_and_holds_no_path_that_leads_out():
    tool = os.path.join(PACKAGE_TOOLS, "source-archive")
    with paths.scratch_folder() as folder:
        source = os.path.join(folder, "source")
        os.mkdir(source)
        names = ["LICENSE", "-x", "a b", "$(touch harm)", "new\nline", "--to-command=touch harm", "c:d"]
        for name in names:
            write(source, name, name.encode())
        os.symlink("/etc/passwd", f"{source}/link")
        put_tool(f"{folder}/bin", "rsh", f"touch {folder}/harm")
        put_tool(f"{folder}/bin", "ssh", f"touch {folder}/harm")
        changes = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "TAPE": "host:x", "RSH": f"{folder}/bin/rsh",
                   "TAR_OPTIONS": f"--checkpoint=1 --checkpoint-action=exec='touch {folder}/harm'"}
        for name in ("../x", "/x", "a,b", "a;b", "a b", "-x", "", "a\nb", "..", "&"):
            status, said = run(source, tool, name, "../out.tar.gz", **changes)
            check(status == 2 and said.startswith("source-archive: "), f"{name!r}: {status}: {said}")
        for output in ("../host:out.tar.gz", "../-x", "../$(touch harm)"):
            status, said = run(source, tool, "top-1.0", output, **changes)
            check((status, said) == (0, ""), f"{output}: {status}: {said}")
            with tarfile.open(os.path.join(source, output)) as made:
                members = {member.name: member for member in made.getmembers()}
            check(set(members) == {f"top-1.0/{name}" for name in names + ["link"]}, f"it has {sorted(members)}")
            check(members["top-1.0/link"].issym(), "it followed a link")
        write(folder, "old", b"old")
        put_tool(f"{folder}/bin", "gzip", "echo full >&2; exit 1")
        for output, words in (("../old", "full"), ("..", "is a folder"), ("no/x", "cannot write beside")):
            status, said = run(source, tool, "top", output, **changes)
            check(status == 1 and words in said and said.count("\n") == 1, f"{output}: {status}: {said}")
        check(read(folder, "old") == b"old", "the old archive is gone")
        check(sorted(os.listdir(folder)) == sorted(["source", "bin", "host:out.tar.gz", "-x", "$(touch harm)", "old"]) and
              sorted(os.listdir(source)) == sorted(names + ["link"]), f"left: {os.listdir(folder)}, {os.listdir(source)}")


if __name__ == "__main__":
    suite.run()
