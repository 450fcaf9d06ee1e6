#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each tool's man page: right by mandoc, with the options that --help has and the tool takes, and no others; the same exit
statuses in both."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

PAGES = os.path.join(paths.CHECKOUT, "docs", "man")
TOOLS = {name.removesuffix(".1"): os.path.join(paths.CHECKOUT, "tools", name.removesuffix(".1"))
         for name in sorted(os.listdir(PAGES))}
# Built, where the others are scripts.
TOOLS["hoist-map"] = os.path.join(paths.BUILD, "hoist-map")

suite = Suite()


def page(name):
    with open(os.path.join(PAGES, f"{name}.1"), encoding="ascii") as file:
        return file.read()


def help_of(name):
    return subprocess.run([TOOLS[name], "--help"], check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL).stdout


def options_of_help(text):
    """The options that begin a line of the list."""
    found = set()
    for line in re.findall(r"^  (-.*)$", text, re.MULTILINE):
        words = re.match(r"(-[\w-]*(?: [A-Z|a-z=\[\]]+)?)(?:, (-[\w-]+))?", line)
        found |= {word.split(" ")[0] for word in words.groups() if word}
    return found


def options_of_page(text):
    found = set()
    for line in re.findall(r"^\.It (Fl .*)$", text, re.MULTILINE):
        first, _, rest = line.partition(" , ")
        for word in (first, rest and (rest if rest.startswith("Fl ") else f"Fl {rest}")):
            if word:
                found.add("-" + word.split(" ")[1])
    return found


def same_options(name):
    listed, told = options_of_help(help_of(name)), options_of_page(page(name))
    check(len(listed) >= 3, f"--help lists {listed}")
    check(listed == told, f"in one of the two alone: {sorted(listed ^ told)}")


def values_of_help(text):
    """What the last line of each option shows as its value: words and bars."""
    lines = re.findall(r"^  (?:-\w, )?(--[\w-]+)((?: \S+)*)(?=  |$)", text, re.MULTILINE)
    return {option: re.findall(r"[\w-]+", value) for option, value in lines if "," not in value}


def values_of_page(text):
    lines = re.findall(r"^\.It (?:Fl \w , )?(?:Fl )?(-[\w-]+)(.*)$", text, re.MULTILINE)
    return {f"-{option}": [word for word in re.findall(r"[\w-]+", value) if word not in ("Ar", "Cm", "Ns", "Op")]
            for option, value in lines}


def same_values(name):
    listed, told = values_of_help(help_of(name)), values_of_page(page(name))
    for option, value in listed.items():
        check(told[option] == value, f"{option} has the value {value} in the help and {told[option]} on the page")
    return listed


def is_taken(name):
    """What has a value refuses to be without, and what is not listed is refused; a switch is not complained of."""
    listed = same_values(name)
    check(any(listed.values()) and not all(listed.values()), f"{listed}")
    for option, value in {**listed, "--no-such-option": None}.items():
        done = subprocess.run([TOOLS[name], option], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        # hoist-debug hands on what it does not know.
        if value is None and name != "hoist-debug":
            check(done.returncode == 2 and "no-such-option" in done.stderr, f"{option}: {done.returncode}: {done.stderr}")
        elif value:
            check(done.returncode == 2 and f"{option} wants a value" in done.stderr, f"{option}: {done.stderr}")
        elif option in ("--help", "--version"):
            check((done.returncode, done.stderr) == (0, "") and name in done.stdout, f"{option}: {done.returncode}")
        elif value is not None:
            check(done.returncode == 2 and option not in done.stderr, f"{option}: {done.returncode}: {done.stderr}")


def numbers(text):
    return {int(word) for word in re.findall(r"(?<![\w.])\d+(?![\w.])", text.replace(";", " ").replace(",", " "))}


def same_statuses(name):
    """In help, on the page, and, in the tools that are scripts, where they end themselves by a number."""
    on_page = re.search(r"\n\.Sh EXIT STATUS\n(.*?)\n\.Sh ", page(name), re.DOTALL)
    in_help = re.search(r"\nExit status: (.*?)(?:\n\n|$)", help_of(name), re.DOTALL)
    check(on_page and in_help, "no exit status")
    told = numbers(re.sub(r"-width \S+", "", on_page[1]))
    check(len(told) >= 3 and told == numbers(in_help[1]), f"the page has {sorted(told)}, the help {sorted(numbers(in_help[1]))}")
    with open(TOOLS[name], "rb") as file:
        script = file.read()
    if script.startswith(b"#!"):
        ends = {int(number) for number in
                re.findall(rb"(?:\bexit |\bfinish_with |\bfail .*\" )(\d+)(?= |$|'|;)", script, re.MULTILINE)}
        check(ends - {0} <= told and {2, 130, 143} <= ends, f"it ends with {sorted(ends)}, and tells {sorted(told)}")


def is_right(name):
    result = subprocess.run(["mandoc", "-Tlint", "-Wwarning", os.path.join(PAGES, f"{name}.1")], check=False,
                            capture_output=True, text=True)
    # Pages of other packages may not be installed here.
    said = [line for line in result.stdout.splitlines() if "referenced manual not found" not in line]
    check(not said and not result.stderr, "\n".join(said) + result.stderr)


for one in TOOLS:
    if not os.path.exists(os.path.join(PAGES, f"{one}.1")):
        continue
    suite.add(f"{one}_has_the_options_of_its_help_on_its_man_page_and_no_others", same_options, one)
    suite.add(f"{one}_takes_each_of_its_options_with_the_value_that_is_told", is_taken, one)
    suite.add(f"{one}_tells_the_same_exit_statuses_in_both", same_statuses, one)
    if shutil.which("mandoc"):
        suite.add(f"{one}_has_a_man_page_that_mandoc_finds_nothing_in", is_right, one)


@suite.case
def every_tool_of_the_user_has_a_man_page():
    tools = {name for name in os.listdir(os.path.join(paths.CHECKOUT, "tools")) if name.startswith("hoist-")}
    missing = {name for name in tools if not os.path.exists(os.path.join(PAGES, f"{name}.1"))}
    check(missing <= {"hoist-map"} and {"hoist-image", "hoist-run", "hoist-debug", "hoist-dump"} <= tools, f"none for {missing}")


if __name__ == "__main__":
    if not shutil.which("mandoc"):
        print("# mandoc is not installed (make deps-lint): the pages are not looked at by it")
    suite.run()
