#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
hoist-map on guests: through QMP, from an ELF core and from flat memory it reads the same, and that is what the
loader has printed. A guest that ran runs on. examples/read-memory finds what the emulator says.
"""

import json
import os
import signal
import socket
import subprocess
import time

from support import disk, machines, paths
from support.dump import Dump
from support.examples import ReadMemory
from support.machine import Disk, KeptDisk, Machine
from support.tap import Suite, check

TOOL = os.path.join(paths.BUILD, "host", "hoist-map")
PAT = "--pat=0x0000010500070406"
MEMORY_BYTES = 192 << 20

suite = Suite()


def run(*arguments, status=0):
    result = subprocess.run([TOOL, *arguments], check=False, capture_output=True, text=True, timeout=100)
    check((result.returncode, result.stderr) == (status, ""),
          f"{arguments}: status {result.returncode}: {result.stderr}")
    return result.stdout


def boot(folder, cpu, firmware_levels):
    """A guest that waits, and the path of a second monitor."""
    row = {"levels": firmware_levels}
    with open(paths.STUB, "rb") as file:
        image = machines.image_for(row, file.read())
    path = os.path.join(folder, "second")
    return Machine([Disk(image)], cpu, f"{MEMORY_BYTES >> 20}M", monitor=True,
                   arguments=["-qmp", f"unix:{path},server=on,wait=off"]), path


def check_dump(text, log):
    """Each range that the loader has printed lies in one of the list, and there is nothing else."""
    listed = []
    for line in text.splitlines():
        words = line.replace("-", " ", 1).split()
        if line[16:17] == "-" and line[33:34] == " ":
            listed.append((int(words[0], 16), int(words[1], 16), int(words[2], 16), line))
    promised = Dump(log).ranges
    check(len(promised) > 5, f"{len(promised)} ranges in the log")
    for one in promised:
        check(any(start <= one.va and one.va + one.size - 1 <= last and one.va - start == one.pa - frame
                  for start, last, frame, _ in listed), f"{one.va:x} {one.name} is not in\n{text}")
    check(sum(one.size for one in promised) == sum(last + 1 - start for start, last, _, _ in listed),
          f"the sums differ:\n{text}")


def read_three_ways(cpu, levels):
    with paths.scratch_folder() as folder:
        machine, path = boot(folder, cpu, levels)
        with machine:
            machine.wait_for("hoist-stub: waiting\n")
            live = run("--qmp", path, PAT)
            check(machine.monitor.execute("query-status")["running"], "the guest does not run on")
            check_dump(live, machine.log)
            core, flat = os.path.join(folder, "core"), os.path.join(folder, "flat")
            machine.monitor.execute("dump-guest-memory", paging=False, protocol=f"file:{core}")
            machine.monitor.execute("pmemsave", val=0, size=MEMORY_BYTES, filename=flat)
            root = [line for line in machine.monitor.human("info registers").split() if line.startswith("CR3=")]
            check(run(PAT, core) == live, "the core gives something else")
            check(run(PAT, f"--cr3={root[0][4:]}", f"--levels={levels[-1]}", flat) == live,
                  "flat memory gives something else")
            ReadMemory(folder).agrees_with_the_emulator(machine.monitor, flat, root[0][4:], int(levels[-1]))
            document = os.path.join(folder, "mapping.json")
            with open(document, "w", encoding="ascii") as file:
                file.write(run(PAT, "--json", core))
            check(run("diff", PAT, "--qmp", path, document) == "", "the running guest differs from its core")
            machine.monitor.execute("stop")
            run("find", "--qmp", path, "va:ffffffff80000000")
            check(not machine.monitor.execute("query-status")["running"], "a guest that stood runs")


suite.add("four_levels_are_the_same_through_qmp_from_a_core_and_from_memory", read_three_ways, "max", "4")
suite.add("five_levels_are_the_same_through_qmp_from_a_core_and_from_memory", read_three_ways, "max", "4-to-5")


@suite.case
def memory_walked_with_the_loaders_facts_is_the_loaders_document():
    with paths.scratch_folder() as folder:
        with open(paths.STUB, "rb") as file:
            stub = file.read()
        config = disk.config("/stub.elf", cmdline="wait") + b"dump: serial, file\n"
        image = disk.make(folder, "esp", {"hoist.conf": config, "stub.elf": stub})
        document, flat = os.path.join(folder, "mapping.json"), os.path.join(folder, "flat")
        with Machine([KeptDisk(image)], "max", f"{MEMORY_BYTES >> 20}M", monitor=True) as machine:
            machine.wait_for("hoist-stub: waiting\n")
            machine.monitor.execute("pmemsave", val=0, size=MEMORY_BYTES, filename=flat)
        with open(document, "w", encoding="ascii") as file:
            file.write(paths.run_tool("mtype", "-i", image, "::/hoist/mapping.json"))
        with open(document, encoding="ascii") as file:
            written = json.load(file)
        walked = json.loads(run("--json", "--context", document, flat))
        for part in ("cpu", "wx_strict", "mtrr", "memory", "plan", "tables", "ranges", "summary", "rules"):
            check(walked[part] == written[part], f"{part}: {walked[part]} in memory, {written[part]} written")
        check(len(written["ranges"]) > 5, "the document is empty")
        check(run("diff", document, document) == "", "a document differs from itself")
        run("audit", document)


@suite.case
def a_monitor_in_use_and_a_socket_of_nobody_are_told():
    with paths.scratch_folder() as folder:
        absent = os.path.join(folder, "absent")
        result = subprocess.run([TOOL, "--qmp", absent], check=False, capture_output=True, text=True, timeout=60)
        check(result.returncode == 3 and "No such file" in result.stderr, result.stderr)
        machine, path = boot(folder, "max", "4")
        with machine:
            busy = socket.socket(socket.AF_UNIX)
            while busy.connect_ex(path):
                time.sleep(0.05)
            result = subprocess.run([TOOL, "--qmp", path], check=False, capture_output=True, text=True, timeout=60)
            check(result.returncode == 3 and "another program" in result.stderr, result.stderr)
            late = subprocess.Popen([TOOL, "--qmp", path], stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            late.send_signal(signal.SIGINT)
            check("interrupted" in late.communicate(timeout=60)[1] and late.returncode == 3, "it went on")
            busy.close()


if __name__ == "__main__":
    # Ignored by whoever started the tests (a shell's &), it would be ignored by what they start, which
    # begins with the default instead of a handler. Python's own one ends guests and removes files here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    suite.run()
