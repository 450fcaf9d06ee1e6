#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make api`: without a warning, and with a description of everything that the public headers declare."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

# What no user of the library calls or names.
INTERNAL = {"build", "change", "entry", "fill", "format", "leaf", "listing", "sharing", "steps", "walk",
            "table_entry", "table_shape", "tree_check", "tree_memory", "tree_supply", "tree_traverse",
            "aarch64_formats", "armv7_formats", "riscv_formats", "x86_formats"}
FUNCTION = re.compile(r"^(?!#|\s|.*\btypedef\b)(?:[\w* ]+\s\**|HOIST_MUST_CHECK enum hoist_result\n)(hoist_\w+)\(", re.MULTILINE)
TYPE = re.compile(r"^(?:struct|enum) (hoist_\w+) \{", re.MULTILINE)

suite = Suite()


def declared():
    """Names of functions and types in the public headers."""
    functions, types = set(), set()
    for folder in ("paging", os.path.join("paging", "formats"), "protocol"):
        for name in os.listdir(os.path.join(paths.CHECKOUT, folder)):
            if name.endswith(".h") and name.removesuffix(".h") not in INTERNAL:
                with open(os.path.join(paths.CHECKOUT, folder, name), encoding="ascii") as file:
                    text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
                functions |= set(FUNCTION.findall(text))
                types |= set(TYPE.findall(text))
    return functions, types


def described(element):
    return any("".join(element.find(part).itertext()).strip() for part in ("briefdescription", "detaileddescription"))


def read(folder):
    """(kind, name, whether there is a description, the type of its answer) of all that the reference has."""
    for name in sorted(os.listdir(os.path.join(folder, "xml"))):
        root = xml.etree.ElementTree.parse(os.path.join(folder, "xml", name)).getroot()
        for element in root.iter("compounddef"):
            if element.get("kind") in ("struct", "file") and element.findtext("compoundname") != "api.dox":
                yield element.get("kind"), element.findtext("compoundname"), described(element), ""
        for element in root.iter("memberdef"):
            answer = element.find("type")
            yield (element.get("kind"), element.findtext("name"), described(element),
                   "" if answer is None else "".join(answer.itertext()))


@suite.case
def every_public_function_type_and_macro_has_its_description_in_the_reference():
    with paths.scratch_folder() as folder:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
        done = subprocess.run(["make", "-C", paths.CHECKOUT, "api", f"API={folder}", "API_XML=YES"], check=False, env=kept,
                              capture_output=True, text=True, timeout=120)
        check(done.returncode == 0 and not done.stderr, f"status {done.returncode}\n{done.stdout}{done.stderr}")
        found = list(read(folder))
        bare = [f"{kind} {name}" for kind, name, is_described, _ in found if not is_described and kind != "variable"]
        check(not bare, f"without a description: {bare}")
        functions, types = declared()
        check(len(functions) > 80 and len(types) > 30, f"{len(functions)} functions, {len(types)} types are declared")
        for names, kinds in ((functions, ("function",)), (types, ("struct", "enum"))):
            missing = names - {name for kind, name, _, _ in found if kind in kinds}
            check(not missing, f"not in the reference: {sorted(missing)}")
        answers = {answer for kind, _, _, answer in found if kind == "function"}
        check(not any("MUST_CHECK" in answer for answer in answers), f"a macro is left in a type: {answers}")
        with open(os.path.join(folder, "range_8h.html"), encoding="utf-8") as file:
            check("Maps the extent, with no leaf larger than" in file.read(), "the page of range.h lacks its words")
        print(f"# {len(functions)} functions, {len(types)} types, {len(found)} names in all", flush=True)


if __name__ == "__main__":
    if shutil.which("doxygen") is None:
        print("1..1\nok 1 - the API reference # SKIP needs the package doxygen (make deps-api)")
    else:
        suite.run()
