#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The JSON of a mapping: what is written, docs/mapping.schema.json and docs/mapping-json.md say the same."""

import copy
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import document, paths, schema
from support.tap import Suite, check

PAGE = os.path.join(paths.CHECKOUT, "docs", "mapping-json.md")
MEMBERS = ("format", "version", "maker", "space", "cpu", "wx_strict", "mtrr", "memory", "plan", "tables", "ranges",
           "summary", "rules")
DOCUMENTED, ALL, UNKNOWN = range(3)

suite = Suite()


def sample(number, compiler="gcc"):
    """What the C code writes about a mapping of its tests."""
    return paths.run_tool(os.path.join(paths.BUILD, "host", compiler, "unit", "test_mapping_json"), str(number))


def page():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def mistakes(document):
    return schema.mistakes(schema.load(), document)


@suite.case
def what_is_written_follows_the_schema():
    for number in (DOCUMENTED, ALL, UNKNOWN):
        found = mistakes(json.loads(sample(number)))
        check(not found, f"sample {number}: {found}")


@suite.case
def members_stand_in_the_order_of_the_page():
    for number in (DOCUMENTED, ALL, UNKNOWN):
        check(tuple(json.loads(sample(number))) == MEMBERS, f"sample {number} has another order")
    rows = re.findall(r"^\| `(\w+)` \|", page().split("## The document")[1].split("## cpu")[0], re.MULTILINE)
    check(tuple(rows) == MEMBERS, f"the page has {rows}")


@suite.case
def every_member_and_word_of_the_schema_is_on_the_page():
    text = page()
    words = schema.names(schema.load())
    check(len(words) > 110, f"only {len(words)} names in the schema")
    missing = [word for word in words if f"`{word}`" not in text and f'`"{word}"`' not in text]
    check(not missing, f"not on the page: {missing}")


@suite.case
def the_example_of_the_page_is_what_is_written():
    example = document.texts(PAGE, "shown by")[0]
    for compiler in ("gcc", "clang"):
        check(sample(DOCUMENTED, compiler) == example, "docs/mapping-json.md has another example")


@suite.case
def every_byte_of_a_name_comes_back():
    document = json.loads(sample(ALL))
    check(sample(ALL).isascii(), "the document is not ASCII")
    names = [planned["name"].encode("latin-1") for planned in document["plan"]]
    check(names == [b'a "name" with \\, \x01\n\x7f', b"\xc3\xa9\xff"], f"names are {names}")
    check(document["ranges"][4]["name"].encode("latin-1") == names[0], "the range has another name")


@suite.case
def numbers_and_addresses_keep_64_bits():
    document = json.loads(sample(ALL))
    check(document["summary"]["entries"] == 2**64 - 1, "entries")
    check(int(document["mtrr"]["fixed"][10], 16) == 0xffffffffffffff0a, "fixed")
    check(document["ranges"][-1]["va"] == "0xfffffffffffff000", "the last page")


@suite.case
def every_kind_of_range_and_every_mark_has_its_word():
    ranges = json.loads(sample(ALL))["ranges"]
    check([one["kind"] for one in ranges[:5]] == ["leaves", "recursive", "shared", "unreadable", "leaves"], "kinds")
    check(ranges[0]["marks"] == schema.load()["$defs"]["range"]["properties"]["marks"]["items"]["enum"], "marks")
    check(ranges[0]["memory"] == ["free", "runtime code", "not listed"], "memory")
    check((ranges[0]["leaf_rights"], ranges[0]["rights"]) == ("rwxug", "r-xug"), "rights")
    check(ranges[0]["leaves"] == {"1G": 1, "2M": 1, "4K": 1} and ranges[0]["plan"] is None, "leaves, plan")
    check((ranges[4]["pat"], ranges[4]["mtrr"], ranges[4]["cache"]) == ("WC", "UC", "undefined"), "cache")
    check(ranges[2]["shared_va"] == ranges[4]["va"], "shared_va")


@suite.case
def what_is_not_known_is_null_and_no_empty_list():
    unknown = json.loads(sample(UNKNOWN))
    check(all(unknown[name] is None for name in ("mtrr", "memory", "plan")), "something is known")
    check(unknown["ranges"] == [] and unknown["tables"] == {"pa": "0x0", "frames": 0, "list": []}, "lists")
    check((unknown["summary"]["ranges_left_out"], unknown["summary"]["tables_left_out"]) == (3, True), "left out")
    check(unknown["rules"][0]["reason"] == "this CPU has no NX", "no reason")


def damaged(change):
    document = copy.deepcopy(json.loads(sample(DOCUMENTED)))
    change(document)
    return mistakes(document)


@suite.case
def the_schema_refuses_what_the_page_does_not_allow():
    changes = {
        "no version": lambda one: one.pop("version"),
        "another version": lambda one: one.update(version=2),
        "true is no number": lambda one: one.update(version=True),
        "an address that is a number": lambda one: one["cpu"].update(cr3=4096),
        "leading zeroes": lambda one: one["cpu"].update(cr3="0x01000"),
        "17 digits": lambda one: one["cpu"].update(cr3="0x10000000000000000"),
        "a line end behind": lambda one: one["cpu"].update(cr3="0x1000\n"),
        "a CPU of 53 bits": lambda one: one["cpu"].update(physical_bits=53),
        "ten fixed registers": lambda one: one["mtrr"].update(fixed=["0x0"] * 10),
        "a plan that is a text": lambda one: one.update(plan=""),
        "no rights": lambda one: one["ranges"][0].update(rights="wx"),
        "a mark of no meaning": lambda one: one["ranges"][0]["marks"].append("?"),
        "an index below 0": lambda one: one["ranges"][0].update(plan=-1),
        "half a leaf": lambda one: one["ranges"][0]["leaves"].update({"4K": 0.5}),
        "eleven rules": lambda one: one["rules"].pop(),
        "a member of no meaning": lambda one: one["summary"].update(more=1),
    }
    for name, change in changes.items():
        check(len(damaged(change)) >= 1, f"the schema lets pass: {name}")


if __name__ == "__main__":
    suite.run()
