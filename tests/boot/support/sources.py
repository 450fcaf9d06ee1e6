# SPDX-License-Identifier: BSD-2-Clause
"""Which files belong to the project, in a checkout and in an unpacked source archive."""

import os
import subprocess

from . import paths


def project_files(with_new):
    """Paths of what is under version control, and with_new of what is about to be; without git, of all there is."""
    if os.path.exists(os.path.join(paths.CHECKOUT, ".git")):
        new = ["--cached", "--others", "--exclude-standard"] if with_new else []
        listed = subprocess.run(["git", "ls-files", "-z", *new], cwd=paths.CHECKOUT, check=True,
                                capture_output=True).stdout.decode().split("\0")
    else:
        listed = [os.path.relpath(os.path.join(folder, name), paths.CHECKOUT)
                  for folder, _, found in os.walk(paths.CHECKOUT) for name in found]
        listed = [name for name in listed if name.split("/")[0] != "build" and "__pycache__" not in name]
    return sorted({name for name in listed if name and os.path.isfile(os.path.join(paths.CHECKOUT, name))})
