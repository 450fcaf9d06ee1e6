# SPDX-License-Identifier: BSD-2-Clause
"""state/, which puts the machine into another state than the firmware here starts programs in."""

from support.efi_program import EfiProgram

_program = EfiProgram("state")


def make(folder, name, words, files):
    """A boot disk on which the loader is started with the machine in the state that is told."""
    return _program.make_disk(folder, name, {"state": words.encode()}, files)


def make_shared(words, files):
    """The same, made once for all who ask for it."""
    return _program.share_disk({"state": words.encode()}, files)
