# SPDX-License-Identifier: BSD-2-Clause
"""
faulty/, the firmware with faults: disks that start the loader through it, and guests in which the
loader runs many times, each time with other faults, because it comes back.
"""

import contextlib
import re
import threading

from support import disk, paths
from support.dump import errors, warnings
from support.efi_program import EfiProgram
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Failure, check

_program = EfiProgram("faulty")

_RUN = re.compile(r"^faulty: run: line (\d+) number (\d+)\n", re.MULTILINE)
_END = re.compile(r"^faulty: end of run: status (\d+) pages (\d+) files (\d+) events (\d+) "
                  r"free-before (\d+) free-after (\d+)$", re.MULTILINE)
_LOAD_ERROR = 1
# The firmware's own pools grow by a page now and then, and by some when a folder is looked into for
# the first time. One page lost a run would be more in the sum.
_POOL_PAGES_A_RUN, _POOL_PAGES_A_FOLDER, _POOL_PAGES = 2, 8, 8
_FIRST_FOLDER = 10

# Before the loader leaves the firmware for the first time RAM goes bad: it has done all else, and
# comes back.
TURN_BACK = "vanish=2"
TURNED_BACK = re.compile(r"the memory map changed while the firmware was left: 0x[0-9a-f]+ was "
                         r"(?:free|boot services), now it is bad")


def make(folder, name, faults, files):
    """A boot disk on which the loader is started with the faults named."""
    return _program.make_disk(folder, name, {"faults": faults.encode()}, files)


def check_own(log):
    check("faulty: /faults" not in log and "unknown fault" not in log and
          "cannot be loaded" not in log, "the test's own program failed")


class Run:
    """What one run of the loader said, and what it left behind."""

    def __init__(self, text):
        self.text = text
        self.errors = errors(text)
        self.warnings = warnings(text)
        self.ends = [[int(number) for number in end] for end in _END.findall(text)]

    def lost_pages(self):
        return sum(before - after for *_, before, after in self.ends)

    def check_back(self, pool_pages=_POOL_PAGES_A_RUN):
        """The loader came back with an error, holds nothing, and all its memory is free again."""
        check(len(self.ends) == 1, "the loader did not come back")
        status, pages, files, events, *_ = self.ends[0]
        check(status == _LOAD_ERROR, f"its status is {status}")
        check((pages, files, events) == (0, 0, 0),
              f"not given back: {pages} pages, {files} files, {events} events")
        check(self.lost_pages() <= pool_pages, f"{self.lost_pages()} pages are no longer free")

    def says(self, sentence):
        check(len(self.errors) == 1 and re.fullmatch(sentence, self.errors[0]),
              f"expected {sentence!r}, got {self.errors}")

    def turned_back(self):
        self.says(TURNED_BACK)


class Guest:
    """
    A machine in which the loader runs once for each line of faults, and again and again for those
    with `each`. Then a good disk boots, which shows that the firmware is in order.
    """

    def __init__(self, **options):
        self._options = options
        self._lines = []
        self._files = {}
        self._lock = threading.Lock()
        self._log = None
        self._runs = None

    def add(self, faults, files=None):
        """Adds a line; its own files, if any, stand for the volume. Returns the line's number."""
        if files is not None:
            number = _FIRST_FOLDER + len(self._lines)
            faults += f" folder={number}"
            self._files.update({f"{number}/{path}": data for path, data in files.items()})
        self._lines.append(faults)
        return len(self._lines)

    def runs(self, line):
        """The runs of a line. The guest is booted when the first is asked for."""
        with self._lock:
            if self._log is None:
                self._boot()
        check(self._runs is not None, f"the guest failed\n{self._log}")
        runs = [Run(text) for number, text in self._runs if number == line]
        check(runs, f"no run of line {line}\n{self._log}")
        try:
            for run in runs:
                run.check_back(_POOL_PAGES_A_FOLDER if "folder=" in self._lines[line - 1]
                               else _POOL_PAGES_A_RUN)
        except Failure as failure:
            raise Failure(f"{failure}\nline: {self._lines[line - 1]}\n--- serial log ---\n"
                          f"{self._log}\n--- end of the serial log ---") from None
        return runs

    def describe(self, line):
        texts = [text for number, text in self._runs or [] if number == line]
        return f"line: {self._lines[line - 1]}\n--- serial log ---\n" + "\n".join(texts)

    def _boot(self):
        self._log = "it was not started"
        with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
            files = {"hoist.conf": disk.config("/kernel.elf"), "kernel.elf": stub.read()}
            disks = [Disk(make(folder, "faulty", "\n".join(self._lines) + "\n",
                               {**files, **self._files})),
                     Disk(disk.make(folder, "good", files))]
            with Machine(disks, **self._options) as machine:
                status = machine.finish()
                log = machine.log
                self._log = machine.describe(f"QEMU's status is {status}")
        check(status == STATUS_PASSED, self._log)
        check_own(log)
        check("\nfaulty: done\n" in log, f"not all lines were run\n{self._log}")
        parts = _RUN.split(log.split("\nfaulty: done\n")[0])
        self._runs = [(int(parts[i]), parts[i + 2]) for i in range(1, len(parts), 3)]
        lost = sum(Run(text).lost_pages() for line, text in self._runs
                   if "folder=" not in self._lines[line - 1])
        check(lost <= _POOL_PAGES, f"{lost} pages were lost in all\n{self._log}")


@contextlib.contextmanager
def _started(faults, files, **options):
    """A guest that starts the loader with faults from its first disk; the second is a good one."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        good = stub.read()
        disks = [Disk(make(folder, "faulty", faults + "\n", {"kernel.elf": good, **(files or {})})),
                 Disk(disk.make(folder, "good", {"kernel.elf": good}))]
        with Machine(disks, **options) as machine:
            yield machine


def boots(faults, words="", times=1, files=None, **options):
    """The stub boots in spite of the faults, from the first disk; the log has the words so often."""
    with _started(faults, files, **options) as machine:
        machine.expect_status(STATUS_PASSED)
        log = machine.log
        check_own(log)
        check(errors(log) == [] and not _END.search(log), "the loader gave up")
        check(" checks passed, 0 failed\n" in log or not log, "the stub reports a check that failed")
        check(words == "" or log.count(words) == times,
              f"the log has {words!r} {log.count(words)} times, not {times} times")
        return log


def resets(faults, sentence, **options):
    """After the first try at leaving the loader says the sentence, and the machine restarts."""
    # The loader waits for ten seconds of the TSC: an instruction is more of them than elsewhere.
    with _started(faults, None, ticks="shift=10", **options) as machine:
        machine.expect_status(0)
        check_own(machine.log)
        said = errors(machine.log)
        check(len(said) == 1 and re.fullmatch(sentence, said[0]), f"expected {sentence!r}, got {said}")
        check("restarts in a moment" in machine.log, "the restart is not told")
        check("entered at" not in machine.log, "the kernel was entered all the same")
