#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The page that hoist-map writes, opened in a browser: of a real boot, and of mappings that no boot has.
Screenshots stay in build/web.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

import browser
from support import paths
from support.tap import Suite, check

MAP = os.path.join(paths.BUILD, "hoist-map")
PICTURES = os.path.join(paths.BUILD, "web")
RULES = ("write-execute", "alias", "guards", "kernel", "user", "device", "cache", "across", "reserved", "tables",
         "identity", "plan")
LEAVES_SHOWN, DRAWN_LIMIT = 1024, 400

suite = Suite()


def boot(folder):
    """The files of a real boot."""
    done = subprocess.run([os.path.join(paths.CHECKOUT, "tools", "hoist-dump"), "-o", folder,
                           os.path.join(paths.BUILD, "kernel-stub.elf")], capture_output=True, text=True,
                          timeout=180, check=False)
    check(done.returncode == 0, f"hoist-dump: {done.stderr}")
    with open(os.path.join(folder, "mapping.json"), encoding="utf-8") as file:
        return json.load(file)


def write_page(folder, mapping):
    """The page of a mapping as JSON has it."""
    source, page = os.path.join(folder, "mapping.json"), os.path.join(folder, "mapping.html")
    with open(source, "w", encoding="utf-8") as file:
        json.dump(mapping, file)
    done = subprocess.run([MAP, "--html", page, source], capture_output=True, text=True, timeout=120, check=False)
    check(done.returncode == 0, f"hoist-map: {done.stderr}")
    return page


class Opened:
    """A page in a browser, which must have nothing to complain of when it is closed."""

    def __init__(self, folder, page):
        self.page, self.browser = page, browser.Browser(folder)

    def __enter__(self):
        self.browser.open(self.page)
        return self.browser

    def __exit__(self, kind, *_):
        self.browser.close()
        if kind is None:
            check(self.browser.complaints == [], f"the console says {self.browser.complaints}")
            others = [url for url in self.browser.requests if not url.startswith(("file://" + self.page, "data:"))]
            check(others == [], f"the page asks for {others}")


def count(page, selector):
    return page.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")


@suite.case
def the_page_of_a_boot_draws_every_range_and_its_leaves_in_both_schemes():
    os.makedirs(PICTURES, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hoist-web-", ignore_cleanup_errors=True) as folder:
        mapping = boot(folder)
        ranges = mapping["ranges"]
        with Opened(folder, os.path.join(folder, "mapping.html")) as page:
            check(count(page, "g.range") == len(ranges), f"{count(page, 'g.range')} of {len(ranges)} ranges are drawn")
            check(count(page, "path.link") == len(ranges), "not every range has its link")
            check(count(page, "#ranges tr") == len(ranges) + 1, "not every range is listed")
            check(count(page, "#tables tr") == len(mapping["tables"]["list"]) + 1, "not every table is listed")
            check(count(page, "#rules .pass") == len(mapping["rules"]), "not every rule passes")
            backgrounds = []
            for scheme in ("light", "dark"):
                page.use_scheme(scheme)
                backgrounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                page.screenshot(os.path.join(PICTURES, f"mapping-{scheme}.png"))
            check(backgrounds[0] != backgrounds[1], f"both schemes have the background {backgrounds[0]}")
            page.evaluate("document.getElementById('scheme').click()")
            check(page.evaluate("getComputedStyle(document.body).backgroundColor") == backgrounds[0],
                  "the button does not change the scheme")
            check_zoom(page, ranges)


def check_zoom(page, ranges):
    for index, one in enumerate(ranges):
        page.evaluate(f"document.querySelectorAll('g.range')[{index}].dispatchEvent(new MouseEvent('click'))")
        leaves = sum(one["leaves"].values())
        check(page.evaluate("!document.getElementById('zoom').hidden"), "a click shows no leaves")
        check(count(page, "#zoom .leaf") == min(leaves, LEAVES_SHOWN),
              f"{one['name']}: {count(page, '#zoom .leaf')} of {leaves} leaves are shown")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    check(page.evaluate("document.getElementById('zoom').hidden"), "Escape does not lead back")
    page.evaluate("document.querySelectorAll('g.range')[0].focus()")
    check(count(page, ".link.on") == 1, "the link of the range in focus does not stand out")
    text = next(i for i, one in enumerate(ranges) if one["name"] == "kernel segment 0")
    page.evaluate(f"document.querySelectorAll('g.range')[{text}].focus()")
    check(count(page, "g.range.alias") >= 1, "the direct map of the kernel's code does not stand out beside it")


def sample(ranges, plan=None):
    """A mapping without a plan; `ranges` are (va, pa, size, rights, leaves by 4K)."""
    return {
        "format": "hoist-mapping", "version": 1, "maker": "a test", "space": "memory",
        "cpu": {"levels": 4, "physical_bits": 40, "has_1g_pages": True, "has_nx": True, "cr3": "0x1000",
                "pat": "0x7040600070406"},
        "wx_strict": True, "mtrr": None, "memory": None, "plan": plan,
        "tables": {"pa": "0x0", "frames": 0, "list": []},
        "ranges": [{"kind": "leaves", "va": hex(va), "pa": hex(pa), "size": hex(size), "shared_va": "0x0",
                    "rights": rights, "leaf_rights": rights, "pat_index": 0, "pat": "WB", "mtrr": "WB",
                    "cache": "write-back", "plan": None if plan is None else index, "name": name,
                    "leaves": {"1G": 0, "2M": 0, "4K": size >> 12}, "memory": [], "marks": []}
                   for index, (va, pa, size, rights, name) in enumerate(ranges)],
        "summary": {"entries": 0, "table_frames": 0, "ranges_left_out": 0, "tables_left_out": False,
                    "leaves": {"1G": 0, "2M": 0, "4K": sum(one[2] >> 12 for one in ranges)},
                    **{name: {"count": 0, "va": "0x0", "pa": "0x0"} for name in ("reserved", "across", "outside")}},
        "rules": [{"id": name, "sentence": "", "unit": "", "verdict": "pass", "reason": "", "found": 0, "checked": 0,
                   "va": "0x0", "pa": "0x0", "range": None, "plan": None} for name in RULES],
    }


@suite.case
def names_of_a_hostile_file_are_text_and_nothing_else():
    name = "<img src=x onerror=1>'\"&"
    plan = [{"name": name, "part": "stack", "va": "0x200000", "pa": "0x300000", "size": "0x1000", "rights": "rw-",
             "pat_index": 0, "largest": "4K"}]
    with tempfile.TemporaryDirectory(prefix="hoist-web-", ignore_cleanup_errors=True) as folder:
        with Opened(folder, write_page(folder, sample([(0x200000, 0x300000, 0x1000, "rw-", name)], plan))) as page:
            check(count(page, "img") == 0, "a name has become an element")
            check(page.evaluate("document.getElementById('ranges').textContent").count(name) == 1, "the name is not there")


@suite.case
def a_mapping_of_very_many_ranges_is_listed_and_drawn_in_part():
    ranges = [(0x200000 + i * 0x2000, 0x200000 + i * 0x1000, 0x1000, "rw-", "") for i in range(20100)]
    with tempfile.TemporaryDirectory(prefix="hoist-web-", ignore_cleanup_errors=True) as folder:
        path = write_page(folder, sample(ranges))
        check(os.path.getsize(path) < 16 << 20, f"the page has {os.path.getsize(path)} bytes")
        with Opened(folder, path) as page:
            check(count(page, "g.range") == DRAWN_LIMIT, f"{count(page, 'g.range')} ranges are drawn")
            text = page.evaluate("document.body.textContent")
            check(f"{20100 - DRAWN_LIMIT} more ranges are not drawn" in text, "what is not drawn is not counted")
            check("100 more ranges are not listed" in text, "what is not listed is not counted")


@suite.case
def a_mapping_of_nothing_is_a_page_too():
    with tempfile.TemporaryDirectory(prefix="hoist-web-", ignore_cleanup_errors=True) as folder:
        with Opened(folder, write_page(folder, sample([]))) as page:
            check(count(page, "g.range") == 0 and count(page, "#rules tr") == 12, "the page is not whole")


if __name__ == "__main__":
    if browser.find() is None:
        print("1..1\nok 1 - the page in a browser # SKIP needs the package chromium (make deps-web)")
        sys.exit(0)
    suite.run()
