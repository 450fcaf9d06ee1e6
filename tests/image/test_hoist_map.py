#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hoist-map: its commands on tables made here, the sources it reads, and input that means harm."""

import json
import os
import pty
import random
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from raw_mapping import LINK, NO_EXECUTE, USER, WRITE, Memory, core, state_note
from support import paths
from support.tap import Suite, check

# The one with sanitizers, which ends a program that reads where it may not.
TOOL = os.path.join(paths.BUILD, "host", "hoist-map")
KERNEL = 0xffffffff80000000
DIRECT = 0xffff800000000000
LA57 = 1 << 12

suite = Suite()


class Place:
    """A folder with files to read."""

    def __init__(self):
        self._scratch = paths.scratch_folder()
        self.folder = self._scratch.name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._scratch.cleanup()

    def write(self, name, data):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data if isinstance(data, (bytes, bytearray)) else data.encode())
        return name

    def run(self, *arguments, **changes):
        environment = {**os.environ, **changes}
        result = subprocess.run([TOOL, *arguments], cwd=self.folder, env=environment, check=False, timeout=60,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def make(self, *arguments, status=0):
        """Has to end with this status, without a complaint."""
        ended, out, said = self.run(*arguments)
        check((ended, said) == (status, ""), f"{arguments}: status {ended}: {said}")
        return out

    def refuse(self, words, *arguments, status=3):
        """Has to say one sentence, and nothing else."""
        ended, out, said = self.run(*arguments)
        check(ended == status and out == "", f"{arguments}: status {ended}: {out}{said}")
        check(said.startswith("hoist-map: ") and said.count("\n") == 1 and words in said, f"it said {said!r}")


def small_space(levels=4, base=0):
    """Code, data, a large page in the lower half, and a page twice."""
    memory = Memory(levels, base)
    memory.map(KERNEL, 0x200000, 0)
    memory.map(KERNEL + 0x1000, 0x201000, WRITE | NO_EXECUTE)
    memory.map(DIRECT, 0x40000000, WRITE | NO_EXECUTE, level=3)
    memory.map(DIRECT + (1 << 30), 0x200000, NO_EXECUTE, level=2)
    return memory


def ranges(text):
    """The lines of ranges, as words."""
    return [line.split() for line in text.splitlines() if line[16:17] == "-" and line[33:34] == " "]


def cr3(memory):
    return f"--cr3={memory.root:x}"


@suite.case
def flat_memory_is_walked_from_its_root():
    with Place() as place:
        memory = small_space()
        found = ranges(place.make("--cr3", hex(memory.root), place.write("flat", memory.data)))
        check([(words[0].split("-")[0], words[1], words[5]) for words in found] ==
              [("ffff800000000000", "000040000000", "rw-"), ("ffff800040000000", "000000200000", "r--"),
               ("ffffffff80000000", "000000200000", "r-x"), ("ffffffff80001000", "000000201000", "rw-")],
              f"it found {found}")


@suite.case
def sparse_memory_and_memory_with_a_base_give_the_same():
    with Place() as place:
        low, high = small_space(), small_space(base=0x7f000000)
        wanted = place.make(cr3(low), place.write("low", low.data))
        found = place.make(cr3(high), "--base", "0x7f000000", place.write("high", high.data))
        check(ranges(found) == ranges(wanted), found)
        with open(os.path.join(place.folder, "sparse"), "wb") as file:
            file.seek(0x7f000000)
            file.write(high.data)
            file.truncate(1 << 36)
        check(place.make(cr3(high), "sparse") == found, "a sparse file gives something else")


@suite.case
def a_core_gives_the_same_and_tells_root_and_levels():
    with Place() as place:
        for levels, cr4 in ((4, 0x20), (5, LA57 | 0x20)):
            memory = small_space(levels, 0x100000)
            flat = place.make(cr3(memory), "--levels", str(levels), "--base=100000",
                              place.write("flat", memory.data))
            half = len(memory.data) // 8192 * 4096
            pieces = [(0x100000 + half, bytes(memory.data[half:])), (0x100000, bytes(memory.data[:half]))]
            place.write("core", core(pieces, state_note(memory.root | 0x18, cr4)))
            check(place.make("core") == flat, f"{levels} levels: the core gives something else")
            place.write("blind", core(pieces))
            place.refuse("--cr3", "blind")
            check(place.make(cr3(memory), f"--levels={levels}", "blind") == flat, "without a state: something else")


@suite.case
def a_json_read_again_is_the_same_json():
    with Place() as place:
        memory = small_space()
        first = place.make(cr3(memory), "--json", place.write("flat", memory.data))
        check(json.loads(first)["space"] == "memory", "the space is another")
        check(place.make("--json", place.write("a.json", first)) == first, "it changed on the way")
        check(place.make("show", "a.json") == place.make(cr3(memory), "flat"), "the text is another")


@suite.case
def a_recursive_slot_is_one_line():
    with Place() as place:
        memory = small_space()
        memory.put(memory.root, 510, memory.root | LINK | NO_EXECUTE)
        found = place.make(cr3(memory), place.write("flat", memory.data))
        lines = [line for line in found.splitlines() if "recursive" in line]
        check(len(lines) == 1 and lines[0].startswith("ffffff0000000000-ffffff7fffffffff"), f"{lines}")
        check(len(ranges(found)) == 5, found)


@suite.case
def a_shared_table_is_walked_once_and_named():
    with Place() as place:
        memory = small_space()
        memory.put(memory.root, 300, memory.table_at(DIRECT, 3) | LINK)
        found = place.make(cr3(memory), place.write("flat", memory.data))
        check("shared page tables, as at ffff800000000000" in found, found)
        again = place.make("find", cr3(memory), "flat", "pa:200000")
        check("va ffff960040000000 as well" in again and again.count(" -> pa ") == 2, again)


@suite.case
def tables_that_point_at_themselves_end_at_once():
    with Place() as place:
        memory = Memory()
        for slot in range(512):
            memory.put(memory.root, slot, memory.root | LINK | USER)
        ring = Memory()
        tables = [ring.root, ring.table(), ring.table(), ring.table()]
        for number, table in enumerate(tables):
            for slot in range(512):
                ring.put(table, slot, tables[(number + slot) % 4] | LINK | USER | (slot % 3 == 0) << 63)
        for name, space in (("self", memory), ("ring", ring)):
            start = time.monotonic()
            place.make(cr3(space), place.write(name, space.data))
            check(time.monotonic() - start < 10, f"{name} took {time.monotonic() - start:.1f} s")


@suite.case
def find_tells_every_mapping_of_a_page_and_the_tables_on_the_way():
    with Place() as place:
        memory = small_space()
        flat = place.write("flat", memory.data)
        found = place.make("find", cr3(memory), flat, "pa:0x200010")
        check("va ffff800040000010 -> pa 000000200010, r--" in found and
              "va ffffffff80000010 -> pa 000000200010, r-x" in found, found)
        found = place.make("find", cr3(memory), flat, "va:ffffffff80001234")
        check("-> pa 000000201234, rw-, write-back" in found, found)
        for level, name in ((4, "PML4"), (3, "PDPT"), (2, "PD"), (1, "PT")):
            check(f"by {name:4} {memory.table_at(KERNEL, level):012x}" in found, f"no {name}: {found}")
        found = place.make("find", cr3(memory), flat, f"pa:{memory.table_at(KERNEL, 1):x}")
        check("lies in a page table of level 1, 2 of 512 entries used" in found, found)
        check("nothing reaches" in place.make("find", cr3(memory), flat, "pa:900000", status=1), "it was found")
        place.refuse("no virtual address", "find", cr3(memory), flat, "va:800000000000", status=2)
        place.refuse("hexadecimal", "find", cr3(memory), flat, "pa:1g", status=2)


@suite.case
def diff_tells_what_was_added_removed_and_changed():
    with Place() as place:
        old, now = small_space(), small_space()
        now.map(KERNEL + 0x5000, 0x205000, NO_EXECUTE)
        now.map(KERNEL, 0x300000, WRITE)
        now.put(now.table_at(DIRECT, 3), 0, 0)
        place.write("old", place.make(cr3(old), "--json", place.write("a", old.data)))
        place.write("now", place.make(cr3(now), "--json", place.write("b", now.data)))
        check(place.make("diff", "old", "old") == "", "it differs from itself")
        lines = place.make("diff", "old", "now", status=1).splitlines()
        check([line.split()[0] for line in lines] == ["removed", "changed", "added", "rule"], "\n".join(lines))
        check("(frames, rights)" in lines[1] and "write-execute" in lines[3], "\n".join(lines))
        check(place.make("diff", cr3(old), "a", "old") == "", "memory and its JSON differ")


@suite.case
def audit_judges_again_and_does_not_believe_the_file():
    with Place() as place:
        good, bad = small_space(), small_space()
        bad.map(KERNEL + 0x2000, 0x202000, WRITE)
        check("FAIL" not in place.make("audit", cr3(good), place.write("good", good.data)), "a rule fails")
        found = place.make("audit", cr3(bad), place.write("bad", bad.data), status=1)
        check(found.count("FAIL") == 1 and "FAIL      write-execute" in found, found)
        text = place.make("--json", cr3(good), "good")
        place.write("lie.json", text.replace('"verdict":"pass"', '"verdict":"fail"', 1))
        found = place.make("audit", "lie.json", status=1)
        check('the file says "FAIL" of the rule write-execute' in found, found)


@suite.case
def the_context_gives_what_memory_cannot_tell():
    with Place() as place:
        memory = small_space()
        flat = place.write("flat", memory.data)
        document = json.loads(place.make(cr3(memory), "--pat", "0105040600070406", "--physical-bits=40", "--json",
                                         flat))
        document["memory"] = [{"base": "0x0", "size": "0x100000000", "kind": "free"}]
        document["mtrr"] = {"default": "0xc06", "fixed": ["0x606060606060606"] * 11,
                            "variable": [{"base": "0x40000000", "mask": "0xffc0000800"}]}
        place.write("context.json", json.dumps(document))
        found = place.make("--context", "context.json", flat)
        check([words[6] for words in ranges(found)] == ["uncached"] + ["write-back"] * 3, found)
        check(" free" in found, found)


@suite.case
def colour_is_for_terminals_that_want_it():
    with Place() as place:
        memory = small_space()
        place.write("flat", memory.data)
        words = (cr3(memory), "flat")
        check("\033" not in place.make(*words), "colour in a pipe")
        check("\033[32m" in place.make("--colour", "always", *words), "always: no colour")


def colour_on_a_terminal_is_as_the_environment_says():
    with Place() as place:
        memory = small_space()
        place.write("flat", memory.data)
        words = (cr3(memory), "flat")
        for changes, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True),
                                ({"TERM": "dumb"}, False)):
            main, side = pty.openpty()
            environment = {**{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
                           "TERM": "xterm", **changes}
            subprocess.run([TOOL, *words], cwd=place.folder, env=environment, stdout=side, check=True, timeout=60)
            os.close(side)
            check((b"\033[" in os.read(main, 65536)) == wanted, f"{changes}: the other way round")
            os.close(main)


if os.path.exists("/dev/pts/ptmx"):  # not every container can make a terminal
    suite.case(colour_on_a_terminal_is_as_the_environment_says)


@suite.case
def the_command_line_is_read_strictly():
    with Place() as place:
        for words, arguments in (("words where FILE", ()), ("no option --jsn", ("--jsn", "a")),
                                 ("wants a value", ("a", "--cr3")), ("hexadecimal", ("--cr3=xyz", "a")),
                                 ("4 to 5", ("--levels", "6", "a")), ("32 to 52", ("--physical-bits=64", "a")),
                                 ("auto, always", ("--colour=red", "a")), ("takes no value", ("--json=1", "a")),
                                 ("OLD and NEW", ("diff", "a")), ("too many", ("diff", "a", "b", "c")),
                                 ("belongs to show", ("audit", "--json", "a")),
                                 ("FILE and ADDRESS", ("find", "a"))):
            place.refuse(words, *arguments, status=2)
        check(place.make("--help").startswith("usage: hoist-map"), "no help")
        check(place.make("--version").startswith("hoist-map "), "no version")


@suite.case
def files_that_cannot_be_read_are_refused_by_name():
    with Place() as place:
        memory = small_space()
        flat = place.write("flat", memory.data)
        place.refuse("absent: No such file", "absent")
        place.refuse("is a directory", place.folder)
        place.refuse("an object is expected", flat)
        place.refuse("an object is expected, not the end", place.write("empty", b""))
        place.refuse("0 bytes of memory", "--cr3=0", "empty")
        place.refuse("root table at 0x123456000", "--cr3=123456000", flat)
        place.refuse("is not in this memory", "--cr3=0", place.write("short", b"\0" * 4095))


@suite.case
def cores_that_mean_harm_are_refused():
    with Place() as place:
        memory = small_space()
        data = bytes(memory.data)
        good = core([(0, data)], state_note(0, 0))

        def changed(offset, form, *values):
            image = bytearray(good)
            struct.pack_into(form, image, offset, *values)
            return place.write("core", image)

        place.refuse("cut off", place.write("core", good[:63]))
        place.refuse("class 1", changed(4, "B", 1))
        place.refuse("machine 3", changed(18, "<H", 3))
        place.refuse("type 2", changed(16, "<H", 2))
        place.refuse("0 program headers", changed(56, "<H", 0))
        place.refuse("not in the file", changed(56, "<H", 0xfffe))
        place.refuse("section header", changed(40, "<QIHHH", 2 ** 64 - 1, 0, 64, 56, 0xffff))
        place.refuse("of 55 bytes", changed(54, "<H", 55))
        place.refuse("not in the file", changed(32, "<Q", 2 ** 64 - 8))
        place.refuse("segment 1 has", changed(64 + 56 + 32, "<Q", len(data) + 1))
        place.refuse("segment 1 has", changed(64 + 56 + 8, "<Q", 2 ** 64 - 1))
        place.refuse("has no end", changed(64 + 56 + 24, "<Q", 2 ** 64 - 4096))
        place.refuse("holds no memory", changed(64 + 56, "<I", 0))
        place.refuse("overlap", place.write("core", core([(0, data), (4096, data)], state_note(0, 0))))


@suite.case
def any_cut_and_any_flipped_bit_ends_in_a_listing_or_a_sentence():
    with Place() as place:
        memory = small_space()
        image = core([(0, bytes(memory.data))], state_note(0, 0))
        document = place.make("--json", place.write("core", image)).encode()
        chance = random.Random(5)
        for original, reach in ((image, 700), (document, len(document))):
            for number in range(60):
                changed = bytearray(original)
                changed[chance.randrange(reach)] ^= 1 << chance.randrange(8)
                if number % 3 == 0:
                    del changed[chance.randrange(len(changed)):]
                status, _, said = place.run("audit", place.write("changed", changed))
                check(status in (0, 1, 3) and (status == 3) == bool(said) and said.count("\n") <= 1,
                      f"status {status}: {said}")


@suite.case
def documents_that_do_not_hold_together_are_refused():
    with Place() as place:
        memory = small_space()
        text = place.make(cr3(memory), "--json", place.write("flat", memory.data))

        def refuse(words, old, new):
            check(old in text, f"there is no {old}")
            place.refuse(words, place.write(words.replace(" ", "-"), text.replace(old, new, 1)))

        refuse("version 2", '"version":1', '"version":2')
        refuse('the format is "other"', '"hoist-mapping"', '"other"')
        refuse("3 levels", '"levels":4', '"levels":3')
        refuse("is more than 52", '"physical_bits":52', '"physical_bits":53')
        refuse("is not behind", '"va":"0xffffffff80001000"', '"va":"0xffffffff80000000"')
        refuse("do not fill", '"size":"0x1000"', '"size":"0x2000"')
        refuse("not of whole pages", '"pa":"0x201000"', '"pa":"0x201001"')
        refuse("no range 7", '"plan":null,"name"', '"plan":7,"name"')
        refuse("more than 64 bits", '"0xffffffff80001000"', '"0x1ffffffff80001000"')
        refuse("are no rights", '"rights":"r-x"', '"rights":"rx"')
        refuse("is there twice", '"wx_strict"', '"ranges":[],"wx_strict"')
        refuse("nested more than", '"wx_strict":true', '"other":' + "[" * 100000)
        refuse("backslash with no meaning", '"maker":"', '"maker":"\\u0041\\q')
        refuse("a text has no end", text[text.index('"rules"'):], '"rules')
        refuse("not plain", '"plan":null', '"plan":[{"name":"a\\u001bb"}]')
        refuse("there is no verdict", text[text.index('"rules"'):], '"rules":[]}')
        refuse("there twice", '"id":"alias"', '"id":"user"')


@suite.case
def a_closed_pipe_is_no_failure_and_a_full_disk_is_one():
    with Place() as place:
        memory = Memory()
        for page in range(0, 4096, 2):
            memory.map(KERNEL + page * 4096, page * 4096, NO_EXECUTE)
        place.write("flat", memory.data)
        command = f"{TOOL} {cr3(memory)} flat"
        done = subprocess.run(["bash", "-c", f"{command} | head -n 1; echo ${{PIPESTATUS[0]}}"], cwd=place.folder,
                              capture_output=True, text=True, check=True, timeout=60)
        check(done.stdout.splitlines()[-1] in ("0", "141") and done.stderr == "", f"{done.stdout}{done.stderr}")
        full = subprocess.run(["bash", "-c", f"{command} > /dev/full"], cwd=place.folder, check=False,
                              capture_output=True, text=True, timeout=60)
        check(full.returncode == 3 and "No space left" in full.stderr, f"{full.returncode}: {full.stderr}")


if __name__ == "__main__":
    suite.run()
