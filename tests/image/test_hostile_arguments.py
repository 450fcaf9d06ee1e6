#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Names that mean something to a shell or a tool, outputs and inputs that are no plain files: each ends in one sentence,
nothing is run, nothing but the named output is written, and what was there stays."""

import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check
from test_image_tool import Place, volume_file
from test_run_tool import Project, after

# Each would leave a file `harm` where it was run.
HOSTILE = ("$(touch harm)", "`touch harm`", ";touch harm;", "|touch harm", "&touch harm&", "'touch harm'",
           "\"; touch harm; \"", "> harm", "--help", "-rf", "%s%n", "\\", "{harm,x}", "~", "!!", "\x1b[31mred", "\t")
ENDING_SIGNALS = {"INT": 130, "TERM": 143, "HUP": 143}

suite = Suite()


def is_quiet(said, tool):
    check(said.startswith(f"{tool}: ") and said.count("\n") == 1 and not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", said),
          f"it said {said!r}")


def put_tool(folder, name, script):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(f"#!/bin/sh\n{script}\n")
    os.chmod(path, 0o755)


def as_nobody(command, folder, environment):
    """Runs it as a user who may not do everything; the folder is made open to him."""
    extra = {}
    if os.geteuid() == 0:
        extra = {"user": 65534, "group": 65534, "extra_groups": []}
    done = subprocess.run(command, cwd=folder, env=environment, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **extra)
    return done.returncode, done.stdout.decode(errors="replace")


# ---- hoist-image -----------------------------------------------------------------------------------------------


@suite.case
def hostile_names_and_texts_are_only_names_and_texts_to_the_image_tool():
    with Place() as place:
        for number, name in enumerate(HOSTILE):
            place.write(name.replace("/", "_"), f"{number}".encode())
        arguments = [f"./{name}:/f{number}" for number, name in enumerate(HOSTILE)]
        place.make("--kernel", "./" + HOSTILE[0], "--loader", HOSTILE[2], "--cmdline", "; ".join(HOSTILE[:8]), *arguments)
        found = place.listing()
        check(found == sorted(["/EFI/", "/EFI/BOOT/", "/EFI/BOOT/BOOTX64.EFI", "/hoist.conf", "/kernel.elf",
                               *(f"/f{number}" for number in range(len(HOSTILE)))]), f"it has {found}")
        for number in range(len(HOSTILE)):
            check(volume_file(place, f"/f{number}") == f"{number}".encode(), f"{HOSTILE[number]!r} is another file")
        os.unlink(f"{place.temporary}/copy")
        for name in HOSTILE:
            for option in ("--format", "--size", "--cluster"):
                place.refuse(2, "", option, name, "./-rf:/x")
            place.refuse(1, "no such file", "--kernel", name + "absent")
        for name in HOSTILE[:8]:
            status, said = place.run("-o", name + "o", "./-rf:/x")
            check((status, said) == (0, "") and os.path.isfile(f"{place.folder}/{name}o"), f"{name!r}: {status}: {said}")
        check("harm" not in os.listdir(place.folder), "something was run")


@suite.case
def what_fat_cannot_hold_is_refused_by_name_and_number():
    with Place() as place:
        place.write("f")
        place.refuse(2, "a name of 256 characters; FAT takes 255", f"f:/x/{'a' * 256}/y")
        for path in ("/con", "/x/AUX.txt", "/Prn/x", "/nul.tar.gz", "/com1", "/LPT9.c"):
            place.refuse(2, "is a device", f"f:{path}")
        with open(f"{place.folder}/big", "wb") as file:
            file.truncate(1 << 32)
        place.refuse(1, "big: 4294967296 bytes; a file on FAT32 has 4294967295 at most", "big:/x")
        with open(f"{place.folder}/big", "wb") as file:
            file.truncate(200 << 20)
        place.refuse(1, "the files need", "--size", "100", "big:/x")
        place.refuse(2, "no size in MiB", "--size", "999999", "f:/x")


@suite.case
def a_volume_has_just_what_was_named_under_names_that_fat_mixes_up():
    names = ["longfilename.txt", "LONGFI~1.TXT", "LONGFI~2.TXT", "longfilename.tex", "a", "[a]", "a~1", "HOIST", "c" * 100]
    with Place() as place:
        for number, name in enumerate(names):
            place.write(f"{number}", name.encode())
        for order in (1, -1):
            place.make("--no-loader", *(f"{number}:/d/{name}" for number, name in list(enumerate(names))[::order]))
            check(place.listing() == sorted(["/d/", *(f"/d/{name}" for name in names)]), f"it has {place.listing()}")
            for name in names:
                # mtools takes a bracket for a pattern.
                check(volume_file(place, f"/d/{name.replace('[', '?')}" if "[" in name else f"/d/{name}") == name.encode(),
                      f"{name} is another file")
            os.unlink(f"{place.folder}/out")
            os.unlink(f"{place.temporary}/copy")


@suite.case
def only_plain_files_are_read_and_the_output_is_none_of_them():
    with Place() as place:
        place.write("f", b"mine")
        os.mkfifo(f"{place.folder}/pipe")
        os.mkdir(f"{place.folder}/folder")
        os.symlink("f", f"{place.folder}/link")
        os.link(f"{place.folder}/f", f"{place.folder}/same")
        os.symlink("absent", f"{place.folder}/nowhere")
        os.symlink("loop", f"{place.folder}/loop")
        for name in ("pipe", "folder", "/dev/zero", "nowhere", "loop", "f/", "", "x" * 300, "/" + "x/" * 3000):
            for arguments in ((f"{name}:/x",), ("--kernel", name or "absent"), ("--loader", name or "absent", "f:/x")):
                place.refuse(1, "no such file", *arguments)
        for name in ("f", "./f", "same", "link"):
            place.refuse(2, "would take the place of", "f:/x", output=name)
        check(place.read("f") == b"mine", "the input is changed")
        place.make("link:/x")
        check(volume_file(place, "/x") == b"mine", "not what the link shows")


@suite.case
def an_image_that_was_there_stays_where_the_new_one_cannot_be_made():
    with Place() as place:
        place.write("f")
        place.write("out", b"old")
        for tool in ("mformat", "mcopy", "mmd"):
            put_tool(f"{place.folder}/bin", tool, "echo one >&2; echo two >&2; exit 3")
            place.refuse(1, f"{tool} failed at ", "f:/a/b", PATH=f"{place.folder}/bin:{os.environ['PATH']}")
            shutil.rmtree(f"{place.folder}/bin")
        for name, status in ENDING_SIGNALS.items():
            put_tool(f"{place.folder}/bin", "mcopy", f"kill -{name} $PPID")
            got, said = place.run("-o", "out", "f:/x", PATH=f"{place.folder}/bin:{os.environ['PATH']}")
            check((got, said) == (status, ""), f"{name}: status {got}: {said}")
            check(sorted(os.listdir(place.folder)) == ["bin", "f", "out"], f"{name} left {os.listdir(place.folder)}")
        check(place.read("out") == b"old", "the old image is gone")
        check(place.run("-o", "o" * 255, "f:/x") == (0, ""), "a long name is refused")


@suite.case
def what_a_user_may_not_read_or_write_is_told_by_name():
    with Project() as project:
        os.chmod(project.root, 0o755)
        project.write(f"{project.folder}/secret", "x", 0)
        os.mkdir(f"{project.folder}/open", 0o777)
        os.chmod(f"{project.folder}/open", 0o777)
        os.chmod(project.temporary, 0o555)
        os.chmod(project.folder, 0o555)
        environment = project.environment(HOIST_FIRMWARE=paths.FIRMWARE)
        for words, command in (
                ("secret: cannot be read", ("hoist-image", "-o", "open/out", "secret:/x")),
                ("cannot write beside ./out", ("hoist-image", "-o", "out", "kernel.elf:/x")),
                ("secret: cannot be read", ("hoist-run", "secret")),
                ("secret: cannot be read", ("hoist-run", "--image", "secret")),
                ("result: cannot be written", ("hoist-run", "--json", "result", "kernel.elf")),
                (f"{project.temporary}: no temporary folder can be made there", ("hoist-run", "kernel.elf")),
                ("secret: cannot be read", ("hoist-dump", "secret")),
                (f"{project.temporary}: no temporary folder can be made there", ("hoist-dump", "kernel.elf")),
                (f"{project.temporary}: no temporary folder can be made there", ("hoist-debug", "kernel.elf"))):
            status, said = as_nobody([f"{project.tools}/{command[0]}", *command[1:]], project.folder, environment)
            check(status == 1 and words in said, f"{command}: {status}: {said}")
            is_quiet(said, command[0])
        check(os.listdir(f"{project.folder}/open") == [] and os.listdir(project.temporary) == [], "something is left")


# ---- hoist-run -------------------------------------------------------------------------------------------------


@suite.case
def names_reach_qemu_as_names_of_files():
    with Project() as project:
        for name in ("c:x", "json:{}", "a,b=c", "fat:rw:.", "-x", "two  words", "nbd:unix:x"):
            shutil.copy(paths.STUB, f"{project.folder}/{name}")
            status, _, said = project.run("--image", name, "--firmware", name, "--gdb", f"{name} socket")
            check(status == 0, f"{name}: {status}: {said}")
            drives = [word.partition(",file=")[2] for word in project.arguments() if word.startswith("if=")]
            shown = "./" + name.replace(",", ",,")
            check(drives == [shown, shown], f"{name} became {drives}")
            check(after(project.arguments(), "-gdb") == f"unix:{shown} socket,server=on,wait=off", "the socket")
        for name in HOSTILE:
            project.run("--cpu", name, "--mem", name, "--machine", name, "--image", "kernel.elf")
            words = project.arguments()
            check([after(words, option) for option in ("-cpu", "-m", "-machine")] == [name] * 3, f"{words}")
            for option in ("--timeout", "--smp", "--accel", "--firmware"):
                status, _, said = project.run(option, name, "--image", "kernel.elf")
                check(status in (1, 2), f"{option} {name!r}: {status}: {said}")
                is_quiet(said, "hoist-run")
        for option in ("--image", "--gdb", "--firmware"):
            project.write(f"{project.folder}/x\n", "x")
            kernel = () if option == "--image" else ("kernel.elf",)
            status, _, said = project.run(option, "x\n", *kernel)
            check(status in (1, 2), f"{option}: {status}: {said}")
            is_quiet(said, "hoist-run")


@suite.case
def a_result_takes_the_place_of_nothing_that_is_read_and_waits_for_no_reader():
    with Project("exit 33") as project:
        before = shutil.copy(paths.STUB, f"{project.root}/before")
        os.mkfifo(f"{project.folder}/pipe")
        os.symlink("kernel.elf", f"{project.folder}/link")
        project.write(f"{project.folder}/old.png", "old")
        for option in ("--json", "--screenshot"):
            for words, name in (("is read", "kernel.elf"), ("is read", "./link"), ("is a pipe", "pipe"),
                                ("cannot be written", "."), ("cannot be written", "x" * 300), ("cannot be written", "no/x")):
                status, _, said = project.run(option, name, "kernel.elf")
                check(status == 1 and words in said, f"{option} {name}: {status}: {said}")
                is_quiet(said, "hoist-run")
        status, _, said = project.run("--gdb", "old.png", "kernel.elf")
        check(status == 1 and "old.png: is there already, and is no socket" in said, f"{status}: {said}")
        project.run("--screenshot", "new.png", "kernel.elf")
        project.run("--screenshot", "old.png", "kernel.elf")
        project.run("--json", "new.json", "--screenshot", "new.png", "--smp", "0", "kernel.elf")
        check(sorted(os.listdir(project.folder)) == ["kernel.elf", "link", "new.json", "old.png", "pipe"],
              f"there is {sorted(os.listdir(project.folder))}")
        with open(before, "rb") as old, open(f"{project.folder}/kernel.elf", "rb") as kernel:
            check(old.read() == kernel.read(), "the kernel is changed")
        with open(f"{project.folder}/old.png", encoding="ascii") as file:
            check(file.read() == "old", "the old picture is gone")
        status, output, _ = project.run("--json", "/dev/stdout", "kernel.elf")
        check(status == 0 and output.startswith(b'{"format":"hoist-run"'), f"{status}: {output}")


# ---- temporary files, signals and PATH -------------------------------------------------------------------------


@suite.case
def temporary_files_are_made_wherever_tmpdir_is_and_for_nobody_else():
    with Project('ls -ld "$TMPDIR"/hoist-* >"$FAKE/modes"; exit 33') as project:
        for name in ("t", "two  words", "it's $(touch harm) `x`;", "-x", "c:x@@1M", "a,b", "ü*?[a]", "|cat"):
            where = os.path.join(project.temporary, name)
            os.mkdir(where)
            # What starts with a dash is one where it is no absolute path.
            value = where if name.isalpha() else os.path.relpath(where, project.temporary)
            for tool, expected, words in (("hoist-run", 0, "passed"), ("hoist-dump", 1, "has written no mapping.json")):
                status, _, said = project.start_and_wait(tool, "../my project/kernel.elf", TMPDIR=value, cwd=project.temporary)
                check(status == expected and words in said, f"{tool} {value}: {status}: {said}")
                check(os.listdir(where) == [] and os.listdir(project.temporary) == [name], f"left in {value}")
            os.rmdir(where)
        status, _, said = project.start_and_wait("hoist-run", "kernel.elf")
        check(status == 0, said)
        with open(f"{project.root}/fake/modes", encoding="utf-8") as file:
            modes = [line.split()[0][:10] for line in file]
        check(modes == ["drwx------"], f"modes: {modes}")
        for words, value in (("has a %", "/tmp/a%b"), ("cannot be printed", "/tmp/a\nb"), ("no temporary", "/nowhere/x"),
                             ("no temporary", f"{project.folder}/kernel.elf"), ("no temporary", "/" + "x" * 300)):
            status, _, said = project.start_and_wait("hoist-run", "kernel.elf", TMPDIR=value)
            check(status == 1 and words in said, f"{value!r}: {status}: {said}")
            is_quiet(said, "hoist-run")
        kept = {key: value for key, value in project.environment().items() if key != "TMPDIR"}
        done = subprocess.run([f"{project.tools}/hoist-run", "kernel.elf"], cwd=project.folder, check=False,
                              env={**kept, "FAKE": f"{project.root}/fake"}, stdin=subprocess.DEVNULL, capture_output=True)
        check(done.returncode == 0, f"without TMPDIR: {done.stderr}")
        check(os.listdir(project.folder) == ["kernel.elf"], f"it wrote {os.listdir(project.folder)}")


def ended_by_signal(tool, name, status):
    with Project('echo started; echo $$ >"$FAKE/pid"; exec sleep 60') as project:
        with project.start("kernel.elf", tool=tool) as process:
            while not os.path.exists(f"{project.root}/fake/pid") or not os.path.getsize(f"{project.root}/fake/pid"):
                check(process.poll() is None, "it ended by itself")
            process.send_signal(getattr(signal, f"SIG{name}"))
            process.communicate(timeout=30)
        check(process.returncode == status, f"status {process.returncode}")
        check(os.listdir(project.temporary) == [], f"left: {os.listdir(project.temporary)}")
        check(os.listdir(project.folder) == ["kernel.elf"], f"it wrote {os.listdir(project.folder)}")
        with open(f"{project.root}/fake/pid", encoding="ascii") as file:
            guest = int(file.read())
        check(not os.path.exists(f"/proc/{guest}"), "the guest still runs")


for one in ("hoist-run", "hoist-dump"):
    for which, expected in ENDING_SIGNALS.items():
        suite.add(f"sig{which.lower()}_ends_{one.replace('-', '_')}_at_once_and_leaves_nothing", ended_by_signal, one, which,
                  expected)


@suite.case
def programs_in_the_current_folder_are_not_run():
    with Project() as project:
        for name in ("sed", "cat", "rm", "mktemp", "mformat", "mcopy", "hoist-image", "hoist-run", "qemu-system-x86_64",
                     "gdb", "readelf", "setsid", "sh"):
            put_tool(project.folder, name, f"touch {project.root}/harm; exit 1")
        for tool, status in (("hoist-run", 0), ("hoist-dump", 1), ("hoist-debug", 1)):
            got, _, said = project.run("kernel.elf", tool=tool)
            check(got == status and not os.path.exists(f"{project.root}/harm"), f"{tool}: {got}: {said}")
        put_tool(f"{project.root}/my programs", "setsid", f'touch {project.root}/used; exec "$@"')
        project.run("kernel.elf", tool="hoist-debug", PATH=f"{project.root}/my programs:{project.changes['PATH']}")
        check(os.path.exists(f"{project.root}/used"), "a program in a folder with a blank in its name is not found")


if __name__ == "__main__":
    # Ignored by whoever started the tests (nohup, a shell's &), they would be ignored by what they start.
    for which in ENDING_SIGNALS:
        signal.signal(getattr(signal, f"SIG{which}"), signal.SIG_DFL)
    suite.run()
