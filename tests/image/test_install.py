#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make install` into an empty folder, what can be done with that alone, and `make uninstall`."""

import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import document, paths
from support.tap import Suite, check

PUBLIC = ("access address any_size chain cpu cursor edit entry flush format hoist hoist_paging owned page query range "
          "reserve result space tidy visit")
PUBLIC_FORMATS = ("aarch64_formats armv7_formats format_list riscv_formats table_entry table_format table_shape "
                  "tree tree_bytes tree_change tree_walk x86_formats")
TOOLS = ("hoist-debug", "hoist-dump", "hoist-image", "hoist-map", "hoist-run")
KERNEL_FLAGS = ["--target=x86_64-unknown-none-elf", "-std=c17", "-O2", "-ffreestanding", "-mcmodel=kernel", "-fno-pic",
                "-mno-red-zone", "-mgeneral-regs-only", "-Wall", "-Wextra", "-Werror"]

suite = Suite()
making = threading.Lock()  # one make at a time in one build folder


def run(*command, **options):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept, timeout=180, **options)
    check(done.returncode == 0, f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make(*words):
    with making:
        return run("make", "-C", paths.CHECKOUT, *words)


def tree(folder):
    """Every file below the folder: its mode and what is in it."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = (stat.S_IMODE(os.stat(path).st_mode),
                                                        hashlib.sha256(file.read()).hexdigest())
    return found


def readme_program():
    """The program of paging/README.md and what it prints."""
    readme = os.path.join(paths.CHECKOUT, "paging", "README.md")
    return document.texts(readme, "example-file", "program.c")[0], document.texts(readme, "output")[0]


@suite.case
def install_puts_exactly_the_named_files_there_and_uninstall_takes_exactly_them_away():
    with paths.scratch_folder() as folder:
        where = f"DESTDIR={folder}/a stage", "PREFIX=/opt/it's here"
        make("install", *where)
        root = f"{folder}/a stage/opt/it's here"
        first = tree(root)
        headers = {f"include/hoist/{name}.h" for name in (PUBLIC + " " + PUBLIC_FORMATS).split()}
        expected = headers | {f"bin/{name}" for name in TOOLS} | {f"share/man/man1/{name}.1" for name in TOOLS} | {
            "lib/libhoist_paging.a", "lib/pkgconfig/hoist_paging.pc", "share/hoist/BOOTX64.EFI", "share/hoist/loader.efi"}
        found = {name for name in first if not name.startswith("share/doc/hoist/")}
        check(found == expected, f"missing {expected - found}, too many {found - expected}")
        check({"share/doc/hoist/LICENSE", "share/doc/hoist/protocol.md"} <= set(first), f"no documents: {first}")
        check(tree(f"{folder}/a stage").keys() == {f"opt/it's here/{name}" for name in first}, "it wrote elsewhere")
        for name, (mode, _) in first.items():
            check(mode == (0o755 if name.startswith("bin/") else 0o644), f"{name} has mode {mode:o}")
        make("install", *where)
        check(tree(root) == first, "a second install changes what is there")
        with open(f"{root}/include/other.h", "w", encoding="ascii"):
            pass
        make("uninstall", *where)
        check(set(tree(root)) == {"include/other.h"}, f"left or gone too much: {sorted(tree(root))}")
        left = [place for place, _, _ in os.walk(root) if "hoist" in os.path.relpath(place, root)]
        check(not left, f"folders are left: {left}")


@suite.case
def every_installed_header_stands_by_itself_in_c_and_the_library_in_cxx():
    with paths.scratch_folder() as folder:
        make("install", f"PREFIX={folder}")
        headers = os.listdir(f"{folder}/include/hoist")
        for header in headers:
            run("clang", "-std=c17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "/dev/null", "-include",
                f"{folder}/include/hoist/{header}")
        with open(f"{folder}/use.cc", "w", encoding="ascii") as file:
            file.write('#include "hoist_paging.h"\n')
        run("g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only",
            f"-I{folder}/include/hoist", f"{folder}/use.cc")


@suite.case
def a_program_of_the_host_is_built_by_pkg_config():
    if shutil.which("pkg-config") is None:
        raise AssertionError("there is no pkg-config (Debian package: pkgconf)")
    with paths.scratch_folder() as folder:
        prefix = f"{folder}/a prefix"
        make("install", f"PREFIX={prefix}")
        program, expected = readme_program()
        with open(f"{folder}/use.c", "w", encoding="ascii") as file:
            file.write(program)
        environment = {**os.environ, "PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig"}
        words = subprocess.run(["pkg-config", "--cflags", "--libs", "hoist_paging"], env=environment, check=True,
                               capture_output=True, text=True).stdout
        version = subprocess.run(["pkg-config", "--modversion", "hoist_paging"], env=environment, check=True,
                                 capture_output=True, text=True).stdout.strip()
        for compiler in ("gcc", "clang"):
            for options in (["-pie"], ["-no-pie"]):
                run(compiler, "-std=c17", "-Wall", "-Werror", *options, f"{folder}/use.c", "-o", f"{folder}/use",
                    *shlex.split(words))
                said = run(f"{folder}/use")
                check(said == expected, f"{compiler} {options}: it printed {said!r}")
        with open(os.path.join(paths.CHECKOUT, "efi", "pure", "version.h"), encoding="ascii") as file:
            check(f'"{version}"' in file.read(), f"pkg-config says version {version}")


@suite.case
def a_kernel_links_with_the_installed_archive_at_the_top_and_anywhere():
    with paths.scratch_folder() as folder:
        make("install", f"PREFIX={folder}")
        with open(f"{folder}/kernel.c", "w", encoding="ascii") as file:
            file.write('#include "cpu.h"\n#include "hoist_paging.h"\nstruct hoist_space space;\n'
                       "void *memset(void *at, int byte, size_t size) "
                       "{ for (char *c = at; size > 0; size--) { *c++ = (char)byte; } return at; }\n"
                       "void *memcpy(void *to, const void *from, size_t size) { const char *f = from; "
                       "for (char *c = to; size > 0; size--) { *c++ = *f++; } return to; }\n"
                       "int kernel_main(void) { return (int)hoist_space_open(&space, hoist_root_of_this_cpu()); }\n")
        run("clang", *KERNEL_FLAGS, f"-I{folder}/include/hoist", "-c", f"{folder}/kernel.c", "-o", f"{folder}/kernel.o")
        run("ld.lld", "-static", "-e", "kernel_main", "--whole-archive", "--image-base=0xffffffff80000000",
            f"{folder}/kernel.o", f"{folder}/lib/libhoist_paging.a", "-o", f"{folder}/kernel.elf")
        run("ld.lld", "-shared", "-z", "text", "--whole-archive", f"{folder}/lib/libhoist_paging.a", "-z", "defs",
            "--defsym=memset=0", "--defsym=memcpy=0", "-o", f"{folder}/any.so")
        said = run("llvm-objdump", "-d", "--no-show-raw-insn", f"{folder}/lib/libhoist_paging.a")
        check(not re.search(r"%[xyz]mm\d|%st\b", said), "the library uses vector or x87 registers")


@suite.case
def the_installed_tools_find_the_installed_loader():
    with paths.scratch_folder() as folder:
        make("install", f"PREFIX={folder}/p q")
        run(f"{folder}/p q/bin/hoist-image", "-o", f"{folder}/x.img", f"{paths.STUB}:/kernel.elf")
        check(os.path.getsize(f"{folder}/x.img") > 0, "no image")
        for tool in TOOLS:
            check("usage:" in run(f"{folder}/p q/bin/{tool}", "--help"), f"{tool} has no help")


if __name__ == "__main__":
    suite.run()
