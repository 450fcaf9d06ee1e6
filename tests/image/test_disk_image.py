#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The disk image: read back by other tools and by its bytes, and what hoist-image refuses."""

import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

HOIST_IMAGE = os.path.join(paths.CHECKOUT, "tools", "hoist-image")
CONFIG = os.path.join(paths.CHECKOUT, "esp", "hoist.conf")
LOADER_PATH = "/EFI/BOOT/BOOTX64.EFI"
SECTOR_BYTES = 512
PARTITION_SECTOR = 2048
FAT32_CLUSTERS = 65525
ESP_TYPE = bytes.fromhex("28732ac11ff8d211ba4b00a0c93ec93b")
MIB = 1 << 20

suite = Suite()


class Volume:
    """The FAT boot sector, at an offset in a file (Microsoft, FAT specification, 3.1 to 3.3)."""

    def __init__(self, path, offset):
        with open(path, "rb") as file:
            file.seek(offset)
            self.sector = sector = file.read(SECTOR_BYTES)
        self.sector_bytes, self.cluster_sectors, self.reserved, self.tables = \
            struct.unpack_from("<HBHB", sector, 11)
        root_entries, small, _, small_table = struct.unpack_from("<HHBH", sector, 17)
        self.hidden, large, large_table = struct.unpack_from("<III", sector, 28)
        self.sectors = small or large
        table = small_table or large_table
        first = self.reserved + self.tables * table + root_entries * 32 // SECTOR_BYTES
        self.clusters = (self.sectors - first) // self.cluster_sectors
        self.table_entries = table * SECTOR_BYTES // 4


def image_tool(*arguments, cwd=None, **environment):
    """Runs hoist-image; returns its status and what it said."""
    result = subprocess.run([HOIST_IMAGE, *arguments], cwd=cwd, env={**os.environ, **environment},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, result.stdout


def make_image(folder, *arguments, **environment):
    target = os.path.join(folder, "out.img")
    status, said = image_tool("-o", target, "--loader", paths.LOADER, *arguments, **environment)
    check(status == 0, f"hoist-image {arguments}: status {status}: {said}")
    return target


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def listing(image):
    """Every file and folder on the volume; folders end with a slash."""
    output = paths.run_tool("mdir", "-/", "-b", "-i", f"{image}@@1M", "::")
    return sorted(line.removeprefix("::") for line in output.splitlines() if line)


def contents(image, path, folder):
    copy = os.path.join(folder, "copy")
    paths.run_tool("mcopy", "-n", "-o", "-i", f"{image}@@1M", f"::{path}", copy)
    with open(copy, "rb") as file:
        return file.read()


def same_file(image, path, original):
    with paths.scratch_folder() as folder, open(original, "rb") as file:
        check(contents(image, path, folder) == file.read(), f"{path} is not {original}")


def refused(expected, *arguments, status=None):
    """hoist-image has to fail with one line, keep an old image, and leave nothing else."""
    with paths.scratch_folder() as folder:
        target = write(folder, "out.img", b"an older image")
        got, said = image_tool("-o", target, *arguments)
        check(got == status if status else got != 0, f"status {got}: {said}")
        check(said.startswith("hoist-image: ") and said.count("\n") == 1, f"it said {said!r}")
        check(expected in said, f"{expected!r} is not in {said!r}")
        check(os.listdir(folder) == ["out.img"], f"left behind: {os.listdir(folder)}")
        with open(target, "rb") as file:
            check(file.read() == b"an older image", "the old image is gone")


@suite.case
def the_partition_table_is_valid_and_has_one_efi_system_partition():
    said = paths.run_tool("sgdisk", "-v", paths.IMAGE)
    check("No problems found" in said, said)
    with open(paths.IMAGE, "rb") as file:
        file.seek(2 * SECTOR_BYTES)
        entries = [file.read(128) for _ in range(128)]
    used = [entry for entry in entries if any(entry)]
    check(len(used) == 1, f"{len(used)} partitions")
    check(used[0][:16] == ESP_TYPE, f"the partition's type is {used[0][:16].hex()}")
    first, last = struct.unpack_from("<QQ", used[0], 32)
    volume = Volume(paths.IMAGE, PARTITION_SECTOR * SECTOR_BYTES)
    check(first == PARTITION_SECTOR, f"the partition starts at sector {first}")
    check(last + 1 - first == volume.sectors, f"{last + 1 - first} sectors, FAT has {volume.sectors}")
    check(volume.hidden == first, f"FAT says that {volume.hidden} sectors are in front of it")


@suite.case
def the_image_holds_what_was_named_and_nothing_else():
    check(listing(paths.IMAGE) == sorted(["/EFI/", "/EFI/BOOT/", LOADER_PATH, "/hoist.conf",
                                          "/kernel-stub.elf"]), f"it has {listing(paths.IMAGE)}")
    same_file(paths.IMAGE, LOADER_PATH, paths.LOADER)
    same_file(paths.IMAGE, "/kernel-stub.elf", paths.STUB)
    same_file(paths.IMAGE, "/hoist.conf", CONFIG)


def volume_is_fat32(size_mib):
    with paths.scratch_folder() as folder:
        image = make_image(folder, "--size", str(size_mib))
        volume = Volume(image, PARTITION_SECTOR * SECTOR_BYTES)
        check(volume.sector[82:90] == b"FAT32   ", f"the type is {volume.sector[82:90]}")
        check(volume.sectors == size_mib * 2048, f"{volume.sectors} sectors")
        check(volume.clusters >= FAT32_CLUSTERS, f"{volume.clusters} clusters are no FAT32")
        check(volume.table_entries >= volume.clusters + 2, "the table is too short")
        check(volume.cluster_sectors <= 64, f"{volume.cluster_sectors} sectors in a cluster")


for size in (64, 65, 128, 129, 600, 2300):
    suite.add(f"a_volume_of_{size}_mib_is_fat32_by_its_number_of_clusters", volume_is_fat32, size)


@suite.case
def large_volumes_have_clusters_of_32_kib():
    with paths.scratch_folder() as folder:
        image = make_image(folder, "--size", "2300")
        volume = Volume(image, PARTITION_SECTOR * SECTOR_BYTES)
        check(volume.cluster_sectors == 64, f"{volume.cluster_sectors} sectors in a cluster")


def clusters_are_as_large_as_asked_for(kib):
    with paths.scratch_folder() as folder:
        images = []
        for _ in range(2):
            images.append(make_image(folder, "--cluster", str(kib), f"{paths.STUB}:/kernel.elf"))
            os.rename(images[-1], os.path.join(folder, f"{len(images)}.img"))
        image, again = (os.path.join(folder, f"{i}.img") for i in (1, 2))
        volume = Volume(image, PARTITION_SECTOR * SECTOR_BYTES)
        check(volume.cluster_sectors == kib * 2, f"{volume.cluster_sectors} sectors in a cluster")
        check(FAT32_CLUSTERS <= volume.clusters < 68000, f"{volume.clusters} clusters")
        check(os.stat(image).st_blocks * 512 < 8 * MIB, "the image is not sparse")
        paths.run_tool("cmp", image, again)


for size in (1, 4, 32):
    suite.add(f"a_volume_with_clusters_of_{size}_kib_is_no_larger_than_fat32_asks_for",
              clusters_are_as_large_as_asked_for, size)


@suite.case
def an_image_grows_until_a_large_kernel_fits():
    with paths.scratch_folder() as folder:
        data = os.urandom(MIB) * 90
        kernel = write(folder, "kernel", data)
        image = make_image(folder, f"{kernel}:/kernel.elf")
        check(contents(image, "/kernel.elf", folder) == data, "the kernel on the image differs")
        check(os.path.getsize(image) < 130 * MIB, f"{os.path.getsize(image)} bytes")
        check("No problems" in paths.run_tool("sgdisk", "-v", image), "sgdisk finds a problem")


@suite.case
def many_small_files_fit_as_well():
    with paths.scratch_folder() as folder:
        tiny = write(folder, "tiny", b"x")
        names = [f"/folder {i % 7}/a rather long name of a file, number {i}" for i in range(300)]
        image = make_image(folder, *(f"{tiny}:{name}" for name in names))
        check(set(names) <= set(listing(image)), "a file is missing")


@suite.case
def folders_that_differ_in_case_alone_are_one():
    with paths.scratch_folder() as folder:
        one = write(folder, "one", b"1")
        image = make_image(folder, f"{one}:/efi/boot/one.txt", f"{one}:/a/Two.txt",
                           f"{one}:/A/three.txt")
        check(listing(image) == sorted(["/EFI/", "/EFI/BOOT/", LOADER_PATH, "/EFI/BOOT/one.txt",
                                        "/a/", "/a/Two.txt", "/a/three.txt"]),
              f"it has {listing(image)}")


@suite.case
def settings_of_the_user_do_not_change_the_bytes():
    with paths.scratch_folder() as folder, paths.scratch_folder() as home:
        settings = write(home, ".mtoolsrc", b"MTOOLS_NAME_NUMERIC_TAIL=0\n")
        one = write(folder, "one", b"1")
        images = []
        for changes in ({}, {"HOME": home}, {"MTOOLSRC": settings}, {"MTOOLS_NAME_NUMERIC_TAIL": "0"},
                        {"TZ": "Asia/Tokyo"}):
            with open(make_image(folder, f"{one}:/A long Name.txt", **changes), "rb") as file:
                images.append(file.read())
            check(images[-1] == images[0], f"{changes} changes the image")


@suite.case
def an_image_that_fails_half_way_leaves_the_old_one_and_nothing_else():
    with paths.scratch_folder() as folder, paths.scratch_folder() as programs:
        os.chmod(write(programs, "mcopy", b"#!/bin/sh\nexit 1\n"), 0o755)
        target = write(folder, "out.img", b"an older image")
        status, said = image_tool("-o", target, "--loader", paths.LOADER,
                                  PATH=f"{programs}:{os.environ['PATH']}")
        check((status, said) == (1, "hoist-image: mcopy failed at /EFI/BOOT/BOOTX64.EFI\n"),
              f"{status}: {said}")
        check(os.listdir(folder) == ["out.img"], f"left behind: {os.listdir(folder)}")
        with open(target, "rb") as file:
            check(file.read() == b"an older image", "the old image is gone")


@suite.case
def what_cannot_be_made_is_refused_in_one_line():
    loader = ("--loader", paths.LOADER)
    with paths.scratch_folder() as folder:
        large = os.path.join(folder, "large")
        with open(large, "wb") as file:
            file.truncate(70 * MIB)
        refused("64", *loader, "--size", "64", f"{large}:/large")
        refused(f"{folder}/nothing", *loader, f"{folder}/nothing:/file")
        refused(folder, *loader, f"{folder}:/file")
        refused("/FILE", *loader, f"{large}:/file", f"{large}:/FILE", status=2)
        refused("BOOTX64", *loader, f"{large}:{LOADER_PATH.lower()}", status=2)
        refused("/nowhere/loader", "--loader", "/nowhere/loader")
        refused("--size", *loader, "--size", status=2)
        refused("12x", *loader, "--size", "12x", status=2)
        refused("3 MiB", *loader, "--size", "3", status=2)
        refused("3: no size of a cluster", *loader, "--cluster", "3", status=2)
        refused("2082 MiB", *loader, "--cluster", "32", "--size", "2081", status=2)
        refused("--unknown", *loader, "--unknown", status=2)
        refused("nothing named", "--no-loader", status=2)
        refused(large, *loader, large, status=2)


@suite.case
def a_folder_that_is_not_there_is_named():
    status, said = image_tool("-o", "/nowhere/out.img", "--loader", paths.LOADER)
    check((status, said) == (1, "hoist-image: cannot write beside /nowhere/out.img\n"),
          f"{status}: {said}")


if __name__ == "__main__":
    suite.run()
