#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hoist-image: its formats and the configuration that it writes, and input that means harm."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

HOIST_IMAGE = os.path.join(paths.CHECKOUT, "tools", "hoist-image")
LOADER_ENTRIES = ["/EFI/", "/EFI/BOOT/", "/EFI/BOOT/BOOTX64.EFI"]

suite = Suite()


class Place:
    """A folder to work in, with a folder for temporary files beside it; both go away."""

    def __init__(self, name="work"):
        self._scratch = paths.scratch_folder()
        self.folder = os.path.join(self._scratch.name, name)
        self.temporary = os.path.join(self._scratch.name, "temporary")
        os.mkdir(self.folder)
        os.mkdir(self.temporary)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._scratch.cleanup()

    def write(self, name, data=b"data"):
        with open(os.path.join(os.fsencode(self.folder), os.fsencode(name)), "wb") as file:
            file.write(data)
        return name

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def run(self, *arguments, tool=HOIST_IMAGE, **changes):
        environment = {**os.environ, "TMPDIR": self.temporary, **changes}
        result = subprocess.run([tool, *arguments], cwd=self.folder, env=environment, check=False,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return result.returncode, result.stdout.decode(errors="replace")

    def make(self, *arguments, **changes):
        """Has to succeed without a word and to add the output alone."""
        before = set(os.listdir(self.folder))
        status, said = self.run("-o", "out", *arguments, **changes)
        check((status, said) == (0, ""), f"{arguments}: status {status}: {said}")
        check(set(os.listdir(self.folder)) == before | {"out"}, f"it wrote {os.listdir(self.folder)}")
        check(os.listdir(self.temporary) == [], "it left a temporary file")

    def refuse(self, expected, words, *arguments, output="out", **changes):
        """Has to say one line, and to change nothing."""
        before = sorted(os.listdir(self.folder))
        status, said = self.run("-o", output, *arguments, **changes)
        check(status == expected, f"{arguments}: status {status}: {said}")
        check(said.startswith("hoist-image: ") and said.count("\n") == 1 and words in said, f"it said {said!r}")
        check(sorted(os.listdir(self.folder)) == before, f"it wrote {os.listdir(self.folder)}")
        check(os.listdir(self.temporary) == [], "it left a temporary file")

    def listing(self, offset="@@1M"):
        output = paths.run_tool("mdir", "-/", "-b", "-i", f"{self.folder}/out{offset}", "::")
        return sorted(line.removeprefix("::") for line in output.splitlines() if line)


def volume_file(place, path, offset="@@1M"):
    paths.run_tool("mcopy", "-n", "-o", "-i", f"{place.folder}/out{offset}", f"::{path}", f"{place.temporary}/copy")
    with open(f"{place.temporary}/copy", "rb") as file:
        return file.read()


@suite.case
def a_kernel_alone_makes_an_image_with_the_loader_of_the_checkout():
    with Place() as place:
        place.make("--kernel", paths.STUB)
        check(place.listing() == sorted([*LOADER_ENTRIES, "/kernel.elf"]), f"it has {place.listing()}")
        with open(paths.LOADER, "rb") as file:
            check(volume_file(place, "/EFI/BOOT/BOOTX64.EFI") == file.read(), "another loader")


@suite.case
def a_command_line_and_modules_become_a_configuration():
    with Place() as place:
        place.write("k", b"kernel")
        place.write("one.bin", b"1")
        place.write("two", b"2")
        place.make("--kernel", "k", "--cmdline", "a=1 # b", "--module", "one.bin=x=y z", "--module", "two")
        check(place.listing() == sorted([*LOADER_ENTRIES, "/hoist.conf", "/kernel.elf", "/modules/",
                                         "/modules/one.bin", "/modules/two"]), f"it has {place.listing()}")
        check(volume_file(place, "/hoist.conf") ==
              b"/k\n    protocol: hoist\n    path: boot():/kernel.elf\n    cmdline: a=1 # b\n"
              b"    module_path: boot():/modules/one.bin\n    module_cmdline: x=y z\n"
              b"    module_path: boot():/modules/two\n", volume_file(place, "/hoist.conf"))


@suite.case
def a_plain_fat_image_is_the_volume_of_the_disk_image():
    with Place() as place:
        place.write("conf", b"# none\n")
        for form in ("gpt", "fat"):
            place.make("--kernel", paths.STUB, "--config", "conf", "--format", form)
            os.rename(f"{place.folder}/out", f"{place.folder}/{form}")
        gpt, fat = bytearray(place.read("gpt")), place.read("fat")
        check(len(gpt) == len(fat) + (2 << 20), f"{len(gpt)} and {len(fat)} bytes")
        volume = gpt[1 << 20:len(gpt) - (1 << 20)]
        check(fat[28:32] == bytes(4), "sectors in front of a volume alone")
        # In the boot sector and its copy: the sectors in front, there and in what mformat has behind the code.
        for start, length in ((28, 4), (446, 64)):
            for place_of_sector in (0, 6 * 512):
                cut = slice(place_of_sector + start, place_of_sector + start + length)
                volume[cut] = fat[cut]
        check(volume == fat, "the volumes differ")


@suite.case
def a_folder_has_the_files_of_the_image():
    with Place() as place:
        place.write("one", b"1")
        place.make("--kernel", paths.STUB, "--cmdline", "x", "one:/efi/one", "one:/a b/two", "--format", "folder")
        found = sorted(os.path.relpath(os.path.join(folder, name), f"{place.folder}/out")
                       for folder, _, names in os.walk(f"{place.folder}/out") for name in names)
        check(found == ["EFI/BOOT/BOOTX64.EFI", "EFI/one", "a b/two", "hoist.conf", "kernel.elf"], f"it has {found}")
        check(place.read("out/EFI/one") == b"1" and not os.path.islink(f"{place.folder}/out/EFI/one"), "a file")
        place.refuse(1, "is there already", "--kernel", paths.STUB, "--format", "folder")


@suite.case
def names_that_mean_something_to_a_tool_are_names_of_files():
    for folder in ("work", "a b", "x@@1M", "c:", "-f", "it's $HOME", "*?[a]"):
        with Place(folder) as place:
            names = ["c:x", "x@@1M", "a:b", "two  blanks", "quo'te\"s", "$HOME`id`", "*", "[a]", "-"]
            for number, name in enumerate(names):
                place.write(name, f"{number}".encode())
            place.write("-o", b"dash")
            place.make(*(f"{name}:/f{number}" for number, name in enumerate(names[:-1])), "--", "-:/f8", "-o:/f9")
            os.rename(f"{place.folder}/out", f"{place.temporary}/out")
            for number, name in enumerate(names):
                said = paths.run_tool("mtype", "-i", f"{place.temporary}/out@@1M", f"::/f{number}")
                check(said == f"{number}", f"{name} became {said}")
            check(place.read("-o") == b"dash", "an input was written to")


@suite.case
def the_output_may_have_any_name_that_is_no_option():
    with Place() as place:
        for name in ("c:x", "x@@1M", "two  blanks", "*", "$HOME", "--", "-n", "it's"):
            status, said = place.run("--output", name, "--kernel", paths.STUB)
            check((status, said) == (0, ""), f"{name}: status {status}: {said}")
            check(os.listdir(place.folder) == [name], f"it wrote {os.listdir(place.folder)}")
            check(os.path.getsize(f"{place.folder}/{name}") == 66 << 20, "no image")
            os.unlink(f"{place.folder}/{name}")


@suite.case
def names_on_the_volume_are_put_there_as_they_are_or_refused():
    with Place() as place:
        place.write("f")
        for path in ("/-n", "/[a].txt", "/a b/c d", "/it's $HOME `id`", "/.hidden", "/a@@1M", "/~x"):
            place.make(f"f:{path}")
            check(path in place.listing(), f"{path} is not among {place.listing()}")
        for path in ("/../x", "/a/../../x", "/..", "/a/./b", "/a//b", "/a/", "/", "/a\\b", "/a*", "/a?", "/\"a\"",
                     "/<a>", "/a|b", "/a.", "/a /b", "/ü", "/a\tb", "/\x1b[31m", "/a:b"):
            place.refuse(2, "", f"f:{path}")
        place.refuse(2, "/EFI: a file and a folder", "f:/EFI")
        place.refuse(2, "/X: a file and a folder", "f:/x", "f:/x/y")
        place.refuse(2, "/X: a file and a folder", "f:/x/y", "f:/x")
        place.refuse(2, "two files for /KERNEL.ELF", "f:/Kernel.elf", "--kernel", "f")
        place.refuse(2, "two files for /HOIST.CONF", "f:/hoist.conf", "--kernel", "f", "--cmdline", "x")


@suite.case
def line_ends_are_refused_wherever_they_stand():
    with Place() as place:
        place.write("f")
        place.write("a\nb")
        for arguments in (("a\nb:/x",), ("f:/a\nb",), ("--kernel", "a\nb"), ("--loader", "a\nb"), ("--config", "a\nb"),
                          ("--kernel", "f", "--module", "a\nb"), ("--kernel", "f", "--cmdline", "x\n/Evil"),
                          ("--kernel", "f", "--module", "f=x\ny")):
            place.refuse(2, "line end", *arguments)
        place.refuse(2, "line end", "f:/x", output="o\nut")


@suite.case
def a_kernels_name_cannot_write_into_the_configuration():
    with Place() as place:
        name = place.write("\x1b[2J}\t#\xff: k")
        place.make("--kernel", name, "--cmdline", "")
        text = volume_file(place, "/hoist.conf")
        check(text.count(b"\n") == 3 and text.isascii() and b"\x1b" not in text, f"it has {text}")


@suite.case
def only_a_plain_file_is_replaced():
    with Place() as place:
        place.write("f")
        os.mkdir(f"{place.folder}/full")
        os.mkfifo(f"{place.folder}/pipe")
        place.write("full/x")
        os.symlink("full", f"{place.folder}/link")
        for name in ("full", "pipe", "link", "/dev/null"):
            place.refuse(1, "not a plain file", "f:/x", output=name)
        place.write("target", b"mine")
        os.symlink("target", f"{place.folder}/out")
        place.refuse(1, "is there already", "f:/x", "--format", "folder")
        check(place.run("-o", "out", "f:/x")[0] == 0 and place.read("target") == b"mine", "it wrote through a link")
        check(place.read("full/x") == b"data", "a folder was written to")


@suite.case
def settings_for_mtools_and_the_shell_have_no_say():
    with Place() as place:
        place.write("f")
        place.write("rc", b'drive c: file="/nowhere"\nmtools_skip_check=0\nMTOOLS_LOWER_CASE=1\n')
        place.write("startup", b"echo HARM > harm\n")
        images = []
        for changes in ({}, {"MTOOLSRC": "rc"}, {"MTOOLS_LOWER_CASE": "1"}, {"MTOOLS_NO_VFAT": "1"},
                        {"MTOOLS_FAT_COMPATIBILITY": "1"}, {"MTOOLS_NAME_NUMERIC_TAIL": "0"}, {"ENV": "startup"},
                        {"BASH_ENV": "startup"}, {"CDPATH": "/"}, {"IFS": "/"}, {"LC_ALL": "tr_TR.UTF-8"},
                        {"POSIXLY_CORRECT": "1"}, {"TMPDIR": "/nowhere"}):
            place.make("f:/A long Name.txt", **changes)
            images.append(place.read("out"))
            check(images[-1] == images[0], f"{changes} changes the image")
        place.make("f:/A long Name.txt", SOURCE_DATE_EPOCH="1000000000")
        check(place.read("out") != images[0], "SOURCE_DATE_EPOCH has no effect")
        place.refuse(2, "SOURCE_DATE_EPOCH", "f:/x", SOURCE_DATE_EPOCH="1; id")


@suite.case
def wrong_use_is_told_in_one_line():
    with Place() as place:
        place.write("f")
        place.write("two words")
        for words, arguments in (
                ("nothing named", ("--no-loader",)), ("iso: no format", ("--format", "iso", "f:/x")),
                ("has no size", ("--format", "folder", "--size", "64")), ("want a kernel", ("--cmdline", "x")),
                ("want a kernel", ("--module", "f")), ("--kernel wants a value", ("--kernel",)),
                ("into the configuration", ("--kernel", "f", "--cmdline", "x", "--config", "f")),
                ("no name for a module", ("--kernel", "f", "--module", "two words")),
                ("no name for a module", ("--kernel", "f", "--module", "=x")),
                ("two files for /MODULES/F", ("--kernel", "f", "--module", "f", "--module", "./f"))):
            place.refuse(2, words, *arguments)
        status, said = place.run("--kernel", "f")
        check(status == 2 and "no output named" in said, f"{status}: {said}")
        status, said = place.run("--help")
        check(status == 0 and said.startswith("usage: hoist-image"), f"{status}: {said}")


@suite.case
def a_missing_tool_is_named_with_its_package():
    with Place() as place:
        os.mkdir(f"{place.folder}/bin")
        for name in ("sh", "cat", "dirname", "readlink", "tr", "wc"):
            os.symlink(shutil.which(name), f"{place.folder}/bin/{name}")
        place.refuse(1, "mformat is missing: install the package mtools", "--loader", paths.LOADER,
                     PATH=f"{place.folder}/bin")


if __name__ == "__main__":
    suite.run()
