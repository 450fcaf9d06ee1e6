#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make dist`: the same bytes each time, and an archive that stands alone, without version control."""

import glob
import os
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.sources import project_files
from support.tap import Suite, check

suite = Suite()


def make(folder, *words, mask=0o022):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
    done = subprocess.run(["make", "-C", folder, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, env={**kept, "ONLY": "", "LONG": "", "REQUIRE": ""},
                          umask=mask, timeout=3000)
    check(done.returncode == 0, f"make {' '.join(words)}: status {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def archive_of(folder, mask):
    make(folder, "dist", mask=mask)
    found = glob.glob(os.path.join(folder, "build", "hoist-*.tar.gz"))
    check(len(found) == 1, f"archives: {found}")
    with open(found[0], "rb") as file:
        return found[0], file.read()


@suite.case
def the_archive_is_the_same_each_time_stands_alone_and_makes_itself_again():
    with paths.scratch_folder() as folder:
        path, first = archive_of(paths.CHECKOUT, 0o022)
        check(archive_of(paths.CHECKOUT, 0o077)[1] == first, "a second run gives other bytes")
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            top = os.path.basename(path)[:-len(".tar.gz")]
            names = {member.name.removeprefix(top + "/") for member in members}
            check(names == set(project_files(with_new=False)), "it has other files than the sources")
            owners = {(member.uid, member.gid, member.uname, member.gname) for member in members}
            check(len(owners) == 1 and owners <= {(0, 0, "", ""), (0, 0, "root", "root")}, f"owners: {owners}")
            check(len({member.mtime for member in members}) == 1, "members have different dates")
            archive.extractall(folder)
        alone = os.path.join(folder, top)
        check(archive_of(alone, 0o022)[1] == first, "the archive's own `make dist` gives other bytes")
        make(alone, "-j2")
        with open(os.path.join(alone, "build/esp/EFI/BOOT/BOOTX64.EFI"), "rb") as mine, open(paths.LOADER, "rb") as ours:
            check(mine.read() == ours.read(), "its loader is another one")
        if os.environ.get("LONG") == "1":
            make(alone, "test")
        else:
            for test in ("compiled/test_paging_taken.py", "image/test_source_rules.py", "image/test_house_style.py"):
                done = subprocess.run([os.path.join(alone, "tests", test)], stdout=subprocess.PIPE, text=True,
                                      stderr=subprocess.STDOUT, check=False, timeout=300)
                check(done.returncode == 0, f"{test}\n{done.stdout[-3000:]}")
        shutil.rmtree(alone)


if __name__ == "__main__":
    suite.run()
