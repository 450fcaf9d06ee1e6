# SPDX-License-Identifier: BSD-2-Clause
"""Boot disks: a FAT volume with the loader on it and whatever a test puts beside it."""

import os
import struct
import threading

from support import paths

_LOADER_PATH = "EFI/BOOT/BOOTX64.EFI"
_SLACK_BYTES = 512 * 1024

_lock = threading.Lock()
_shared = {}
_shared_folder = []


def make(folder, name, files, loader=paths.LOADER, directories=(), label="TEST"):
    """
    Makes the image FOLDER/NAME.img and returns its path. `files` maps paths on the volume to bytes.
    With loader=None the volume has no loader of its own.
    """
    tree = os.path.join(folder, name)
    contents = dict(files)
    if loader is not None:
        with open(loader, "rb") as file:
            contents[_LOADER_PATH] = file.read()
    os.mkdir(tree)
    for directory in directories:
        os.makedirs(os.path.join(tree, directory.strip("/")), exist_ok=True)
    for path, data in contents.items():
        target = os.path.join(tree, path.strip("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
    size = sum(len(data) for data in contents.values()) + _SLACK_BYTES
    # At least 16 MiB (sparse) makes it FAT16; mtools then takes clusters of 2 KiB.
    sectors = max(size, 16 << 20) // 512
    image = tree + ".img"
    paths.run_tool("mformat", "-C", "-i", image, "-v", label, "-T", str(sectors), "-h", "16",
                   "-s", "63", "::")
    entries = [os.path.join(tree, entry) for entry in sorted(os.listdir(tree))]
    if entries:
        paths.run_tool("mcopy", "-i", image, "-s", "-Q", *entries, "::")
    return image


def shared(files, loader=paths.LOADER):
    """
    The same with a volume that other tests may use, too: guests never write to it. It is made once
    and goes away with the program.
    """
    key = (loader, *sorted(files.items()))
    with _lock:
        if not _shared_folder:
            _shared_folder.append(paths.scratch_folder())
        if key not in _shared:
            _shared[key] = make(_shared_folder[0].name, f"shared{len(_shared)}", files, loader)
        return _shared[key]


def config(path, *lines, cmdline=None):
    """A configuration with one entry, as bytes."""
    text = list(lines) + ["/Test", "protocol: hoist", f"path: {path}"]
    if cmdline is not None:
        text.append(f"cmdline: {cmdline}")
    return ("\n".join(text) + "\n").encode()


def overstate_size(image, name, size_bytes):
    """
    Damages a volume: the file in its root directory claims more bytes than its chain of clusters
    has. `name` is the 8.3 name as FAT stores it, 11 characters.
    """
    with open(image, "r+b") as file:
        boot_sector = file.read(512)
        sector_bytes, = struct.unpack_from("<H", boot_sector, 11)
        reserved, tables = struct.unpack_from("<HB", boot_sector, 14)
        entries, = struct.unpack_from("<H", boot_sector, 17)
        table_sectors, = struct.unpack_from("<H", boot_sector, 22)
        root = (reserved + tables * table_sectors) * sector_bytes
        file.seek(root)
        directory = file.read(entries * 32)
        for offset in range(0, len(directory), 32):
            if directory[offset:offset + 11] == name.encode():
                file.seek(root + offset + 28)
                file.write(struct.pack("<I", size_bytes))
                return
    raise FileNotFoundError(f"{image}: no {name!r} in the root directory")
