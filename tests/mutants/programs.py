# SPDX-License-Identifier: BSD-2-Clause
"""The test programs that judge mutants: which there are, how they are built and run, what they said before."""

import collections
import hashlib
import json
import os
import re
import signal
import subprocess

MAKE_SECONDS = 300

# How many random operations; a plan is more work than a call.
OPERATIONS = collections.defaultdict(lambda: 1000, {"property/plan_model": 150})
# Links nothing of the page tables.
UNCONCERNED = ("property/memory_map_model",)
# Those that kill most come first; of the others, those about page tables.
FIRST = ("property/region_model",)

# Programs that are built in the same way. compile and link are options that come after the Makefile's own.
Suite = collections.namedtuple("Suite", "name build compile link")
QUICK = Suite("quick", "build/quick", "-O0 -g0 -w", "-fuse-ld=lld")
# What catches a little more and takes longer is for those that survive the quick one.
CHECKED = Suite("checked", "build/checked", "-O0 -g0 -w",
                "-fuse-ld=lld -fsanitize=address,undefined -fno-sanitize-recover=all")
COST = Suite("cost", "build", "-w", "")
TINY = Suite("tiny", "build/tiny", "-O2 -g0 -w", "")
SLOW = (CHECKED, COST, TINY)


def names(checkout, suite, subject=""):
    """All programs, those first that are likely to fail when this file is broken."""
    if suite == COST:
        return ["bench/test_paging_cost"]
    if suite == TINY:
        return ["tiny/2_entries"]
    found = [f"{kind}/{source.stem}" for kind in ("unit", "property")
             for source in sorted((checkout / "tests" / kind).glob("*.c"))
             if kind == "property" or source.stem.startswith("test_")]
    return sorted((name for name in found if name not in UNCONCERNED),
                  key=lambda name: (name not in FIRST, not subject or subject not in name, "paging" not in name, name))


def command_of(suite, name):
    """What is run, below the checkout."""
    if suite == COST:
        return f"tests/{name}.py"
    return f"{suite.build}/tiny/gcc-2/tiny" if suite == TINY else f"{suite.build}/host/clang/{name}"


def targets_of(suite, wanted):
    """What make is asked for."""
    if suite == COST:
        return [f"{suite.build}/bench/{compiler}-general/workloads" for compiler in ("gcc", "clang")]
    return [command_of(suite, name) for name in wanted]


def source_of(name):
    """Where a program alone comes from: a file or a folder."""
    kind = name.split("/", maxsplit=1)[0]
    return f"tests/{kind}" if kind in ("bench", "tiny") else f"tests/{name}.c"


def make(checkout, suite, wanted, jobs=1):
    """Builds programs; returns what make said where it failed, or None."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "-s", f"-j{jobs}", f"BUILD={suite.build}", f"WARNINGS={suite.compile}",
               f"SANITIZE={suite.link}", "PACKAGES=gcc", "PACKAGES_BENCH=", *targets_of(suite, wanted)]
    try:
        done = subprocess.run(command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=MAKE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "out of time"
    return None if done.returncode == 0 else done.stdout.decode(errors="replace")


def complaint_of(output, status):
    """The first test that failed, or how the program died; None where all is well."""
    found = re.search(r"^not ok \d+ - (.*)$", output, re.MULTILINE)
    if found:
        return found[1]
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "out of time"
    if status < 0:
        return f"died of {signal.Signals(-status).name}"
    if status > 0:
        return f"exit status {status}"
    return None if re.search(r"^ok\b", output, re.MULTILINE) else "no test was run"


def run(checkout, suite, name, cpu_seconds):
    """Runs a program with a limit on its processor time; returns the complaint or None."""
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", HOIST_SEED="1", HOIST_OPERATIONS=str(OPERATIONS[name]),
                       LONG="")
    command = ["/bin/sh", "-c", f'ulimit -c 0; ulimit -t {cpu_seconds}; exec "$0"',
               str(checkout / command_of(suite, name))]
    try:
        done = subprocess.run(command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60 * cpu_seconds, check=False)
    except subprocess.TimeoutExpired:
        return "out of time"
    return complaint_of(done.stdout.decode(errors="replace"), done.returncode)


class Memory:
    """Who killed what, over several runs. It counts as long as nothing but other tests have changed."""

    STATES_KEPT = 3

    def __init__(self, path, checkout):
        self.path = path
        self.checkout = checkout
        self.states = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.digests = {}
        state = self.digest("Makefile", "tools/pack", "paging", "protocol", "efi/pure", "efi/mapping", "efi/limine", "efi/reporter",
                            "tests/unit/support")
        self.killed = self.states.pop(state, {})
        self.states[state] = self.killed

    def digest(self, *parts):
        """A number for the contents of files and folders."""
        sum_of_all = hashlib.sha256()
        for part in parts:
            for path in sorted([self.checkout / part, *(self.checkout / part).rglob("*")]):
                if path.is_file():
                    sum_of_all.update(f"{path.relative_to(self.checkout)}\0".encode() + path.read_bytes())
        return sum_of_all.hexdigest()

    def digest_of_program(self, name):
        """The state of a program's own source."""
        if name not in self.digests:
            self.digests[name] = self.digest(source_of(name))
        return self.digests[name]

    def look_up(self, path, text):
        """The program that killed this mutant and its words, or None."""
        name, digest, words = self.killed.get(key_of_text(path, text), ("", "", ""))
        return (name, words) if name and self.digest_of_program(name) == digest else None

    def add(self, path, text, name, words):
        """This mutant was killed by this program."""
        self.killed[key_of_text(path, text)] = (name, self.digest_of_program(name), words)

    def keep(self):
        """Writes what is known of the last states of the sources."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(dict(list(self.states.items())[-self.STATES_KEPT:])), encoding="utf-8")
        temporary.replace(self.path)


def key_of_text(path, text):
    """A mutant among all others."""
    return hashlib.sha256(f"{path}\0{text}".encode()).hexdigest()
