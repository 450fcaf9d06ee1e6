#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Compares ids, sizes and offsets of the Limine boot protocol: the test kernel's header against protocol/limine.h, and
against the protocol's own public header where that is given, by --header FILE or the variable LIMINE_HEADER.
"""

import argparse
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

KERNEL = os.path.join(paths.CHECKOUT, "tests", "limine", "kernel", "facts.h")
LOADER = os.path.join(paths.CHECKOUT, "protocol", "limine.h")

# Answered by nobody here, so the loader's header has no id for them.
UNANSWERED = {"TERMINAL_PARAMETERS", "TPM_EVENT_LOG", "DTB"}
# The public header's other names of the same things, older ones and newer ones.
OTHER_NAMES = {"KERNEL_FILE": "EXECUTABLE_FILE", "KERNEL_ADDRESS": "EXECUTABLE_ADDRESS", "BOOT_TIME": "DATE_AT_BOOT",
               "SMP": "MP", "BOOTLOADER_PERFORMANCE": "PERFORMANCE", "X86_64_KEEP_IOMMU": "KEEP_IOMMU",
               "FLANTERM_FB_INIT_PARAMS": "TERMINAL_PARAMETERS"}
PIXEL = ["bpp", "memory_model", "red_mask_size", "red_mask_shift", "green_mask_size", "green_mask_shift",
         "blue_mask_size", "blue_mask_shift"]


def pixels():
    return [f"pixel.{one}" for one in PIXEL]


# Structure: in the kernel's header, in the loader's, in the public one (without limine_), and what is compared. A
# member is one name for all, or one for each; None: that header has no such member.
ROWS = [
    ("request", "limine_request", ["bootloader_info_request"], ["id", "revision", "response"]),
    ("bootloader_info_response", "limine_bootloader_info_response", ["bootloader_info_response"],
     ["revision", "name", "version"]),
    ("request", "limine_stack_size_request", ["stack_size_request"], [("more[STACK_SIZE_BYTES]", "stack_size")]),
    ("request", "limine_mp_request", ["mp_request", "smp_request"], [("more[MP_FLAGS]", "flags")]),
    ("request", "limine_entry_point_request", ["entry_point_request"], [("more[ENTRY_POINT_ADDRESS]", "entry")]),
    ("request", "limine_entropy_request", ["entropy_request"], [("more[ENTROPY_COUNT]", "value_count")]),
    ("request", "limine_paging_mode_request", ["paging_mode_request"],
     [("more[PAGING_MODE_PREFERRED]", "mode"), ("more[PAGING_MODE_MAX]", "max_mode"),
      ("more[PAGING_MODE_MIN]", "min_mode"), "sizeof"]),
    ("request", "limine_module_request", ["module_request"],
     [("more[MODULE_COUNT]", "internal_module_count"), ("more[MODULE_LIST]", "internal_modules")]),
    ("internal_module", "limine_internal_module", ["internal_module"],
     ["path", ("string", "string", "string|cmdline"), "flags", "sizeof"]),
    *[("number_response", "limine_number_response", [name], [("number", "number", member), "sizeof"])
      for name, member in (("hhdm_response", "offset"), ("firmware_type_response", "firmware_type"),
                           ("paging_mode_response", "mode"), ("rsdp_response", "address"),
                           ("efi_system_table_response", "address"), ("tsc_frequency_response", "frequency"),
                           ("executable_cmdline_response", "cmdline"))],
    *[("list_response", "limine_list_response", [name], [("count", "count", count), ("list", "list", list_), "sizeof"])
      for name, count, list_ in (("framebuffer_response", "framebuffer_count", "framebuffers"),
                                 ("memmap_response", "entry_count", "entries"),
                                 ("module_response", "module_count", "modules"),
                                 ("entropy_response", "value_count", "values"))],
    ("framebuffer", "limine_framebuffer", ["framebuffer"],
     ["address", "width", "height", "pitch", *pixels(), "edid_size", "edid", "mode_count", "modes", "sizeof"]),
    ("video_mode", "limine_video_mode", ["video_mode"], ["pitch", "width", "height", *pixels(), "sizeof"]),
    ("mp_info", "limine_mp_info", ["mp_info", "smp_info"],
     ["processor_id", "lapic_id", "reserved", "goto_address", "extra_argument", "sizeof"]),
    ("mp_response", "limine_mp_response", ["mp_response", "smp_response"],
     ["flags", "bsp_lapic_id", "cpu_count", "cpus", "sizeof"]),
    ("memmap_entry", "limine_memmap_entry", ["memmap_entry"], ["base", "length", "type", "sizeof"]),
    ("uuid", "limine_uuid", ["uuid"], [("b", None, "b"), ("c", None, "c"), ("d", None, "d"), "sizeof"]),
    ("file", "limine_file", ["file"],
     ["revision", "address", "size", "path", ("string", "string", "string|cmdline"), "media_type", "unused",
      ("tftp_ip", "tftp_ip", "tftp_ipv4|tftp_ip"), "tftp_port", "partition_index", "mbr_disk_id", "gpt_disk_uuid",
      "gpt_part_uuid", "part_uuid", "sizeof"]),
    ("smbios_response", "limine_smbios_response", ["smbios_response"], ["entry_32", "entry_64", "sizeof"]),
    ("efi_memmap_response", "limine_efi_memmap_response", ["efi_memmap_response"],
     ["memmap", "memmap_size", "desc_size", "desc_version", "sizeof"]),
    ("executable_address_response", "limine_executable_address_response",
     ["executable_address_response", "kernel_address_response"], ["physical_base", "virtual_base", "sizeof"]),
    ("performance_response", "limine_performance_response", ["bootloader_performance_response"],
     ["reset_usec", "init_usec", "exec_usec", "sizeof"]),
]

suite = Suite()


def read(path):
    with open(path, encoding="utf-8") as file:
        return re.sub(r"\\\n", " ", file.read())


def words(text):
    return tuple(int(one, 16) for one in re.findall(r"0x[0-9a-f]{16}", text))


def kernel_ids():
    return {name: (int(first, 16), int(second, 16))
            for name, first, second in re.findall(r"\bX\((\w+), (0x\w+), (0x\w+)\)", read(KERNEL))}


def loader_ids():
    found = dict(re.findall(r"#define LIMINE_(\w+_[23])\s+UINT64_C\((0x\w+)\)", read(LOADER)))
    return {name[:-2]: (int(found[name], 16), int(found[name[:-1] + "3"], 16)) for name in found
            if name.endswith("_2") and words(found[name]) and name[:-1] + "3" in found and not name.startswith("START")}


def public_ids(header):
    found = re.findall(r"#define LIMINE_(\w+?)_REQUEST(?:_ID)? \{ *LIMINE_COMMON_MAGIC, (0x\w+), (0x\w+) *\}",
                       read(header))
    return {OTHER_NAMES.get(name, name): (int(first, 16), int(second, 16)) for name, first, second in found}


def marks(path, kernel):
    """The words of the tag, the markers and the common part of all ids."""
    text = read(path)
    prefix = "" if kernel else "LIMINE_"
    names = [f"{one}_{number}" for one, count in (("TAG", 2), ("START", 4), ("END", 2), ("COMMON", 2))
             for number in range(count)]
    return [int(re.search(rf"#define {prefix}{name}\s+UINT64_C\((0x\w+)\)", text)[1], 16) for name in names]


def public_marks(header):
    text = read(header)
    result = []
    for name in ("BASE_REVISION", "REQUESTS_START_MARKER", "REQUESTS_END_MARKER", "COMMON_MAGIC"):
        line = re.search(rf"#define LIMINE_{name}\b.*", text)[0]
        result += words(line)
    return result


def member_of(member, which):
    if isinstance(member, str):
        return member.replace("pixel.", "") if which == 2 else member
    return member[min(which, len(member) - 1)]


def layout(header, which, options=()):
    """{(row, member): number} as a compiler has it; which: 0 kernel, 1 loader, 2 public."""
    text = read(header)
    lines = []
    for number, (kernel, loader, publics, members) in enumerate(ROWS):
        there = [f"limine_{one}" for one in publics if f"struct limine_{one} {{" in text]
        structure = (kernel, loader, there[0] if there else None)[which]
        for place, member in enumerate(members):
            name = member_of(member, which)
            if name is None or structure is None:
                continue
            body = re.search(rf"struct (?:\w+\(\(packed\)\) )?{structure} \{{(.*?)\n\}}", text, re.DOTALL)[1]
            name = next((one for one in name.split("|") if re.search(rf"\b{one}\b", body)), name.split("|")[0])
            value = f"sizeof(struct {structure})" if name == "sizeof" else f"offsetof(struct {structure}, {name})"
            lines.append(f'    printf("{number} {place} %zu\\n", {value});')
    with paths.scratch_folder() as folder:
        source = os.path.join(folder, "layout.c")
        with open(source, "w", encoding="ascii") as file:
            file.write(f'#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include "{header}"\n'
                       "int main(void)\n{\n" + "\n".join(lines) + "\n    return 0;\n}\n")
        paths.run_tool("clang", "-std=gnu17", *options, source, "-o", os.path.join(folder, "layout"))
        printed = paths.run_tool(os.path.join(folder, "layout"))
    return {(int(row), int(place)): int(value) for row, place, value in
            (line.split() for line in printed.splitlines())}


def compare_layouts(one, other, least):
    common = one.keys() & other.keys()
    check(len(common) >= least, f"only {len(common)} sizes and offsets can be compared")
    wrong = [f"{ROWS[row][0]}, {ROWS[row][3][place]}: {one[row, place]} and {other[row, place]}"
             for row, place in sorted(common) if one[row, place] != other[row, place]]
    check(not wrong, "\n".join(wrong))


@suite.case
def the_test_kernels_ids_are_those_of_the_loader():
    ours, loaders = kernel_ids(), loader_ids()
    check(len(ours) == 25, f"{len(ours)} ids are in the kernel's header")
    check(ours.keys() - UNANSWERED == loaders.keys(), f"{sorted(ours.keys() ^ loaders.keys())}")
    check(all(ours[name] == loaders[name] for name in loaders), "an id differs")
    check(marks(KERNEL, True) == marks(LOADER, False), "the tag, a marker or the common words differ")


@suite.case
def the_test_kernels_structures_are_laid_out_as_the_loaders():
    compare_layouts(layout(KERNEL, 0), layout(LOADER, 1), 100)


def the_test_kernels_ids_and_structures_are_those_of_the_public_header(header):
    publics, ours = public_ids(header), kernel_ids()
    common = publics.keys() & ours.keys()
    print(f"# remark: {len(common)} ids in common; not in the public header: {sorted(ours.keys() - publics.keys())}")
    check(len(common) >= 17, f"only {sorted(common)} can be compared")
    check(all(ours[name] == publics[name] for name in common), "an id differs")
    check(marks(KERNEL, True) == public_marks(header), "the tag, a marker or the common words differ")
    layouts = layout(os.path.abspath(header), 2, ["-DLIMINE_API_REVISION=2", "-w"])
    print(f"# remark: {len(layouts)} sizes and offsets in common")
    compare_layouts(layout(KERNEL, 0), layouts, 70)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--header", help="the protocol's public header, a C file")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    sys.argv[1:] = options.words
    if options.header or os.environ.get("LIMINE_HEADER"):
        suite.add("the_test_kernels_ids_and_structures_are_those_of_the_public_header",
                  the_test_kernels_ids_and_structures_are_those_of_the_public_header,
                  options.header or os.environ["LIMINE_HEADER"])
    else:
        print("# remark: no public header to compare with (LIMINE_HEADER=FILE)")
    suite.run()
