/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's lines. Tests read them, so a change here is a change there. */
#include "firmware.h"

#include "report.h"

#include "console.h"
#include "memory_line.h"
#include "print.h"

#define US_PER_SECOND UINT64_C(1000000)

void report_entry(const struct entry *entry)
{
    console_print("hoist: booting %.*s: %.*s\n", TEXT_ARGUMENTS(entry->title),
                  TEXT_ARGUMENTS(entry->path));
    if (!text_is_empty(entry->cmdline)) {
        console_detail("hoist: command line: %.*s\n", TEXT_ARGUMENTS(entry->cmdline));
    }
}

void report_kernel(const struct boot *boot)
{
    const struct elf_image *image = &boot->kernel.image;
    char size[PRINT_SIZE_CAPACITY];

    print_size(size, sizeof(size), image->size_bytes);
    console_detail("hoist: kernel: %s, %u segments, at %" PRINT_64 "x, entry %" PRINT_64 "x\n",
                   size, (unsigned)image->segment_count, image->va_base, image->entry);
    if (image->movable) {
        console_detail(
            "hoist: kernel: moved by %" PRINT_64 "x (kaslr: %s), %" PRINT_64 "u places relocated\n",
            image->slide, boot->kernel.randomness != NULL ? boot->kernel.randomness : "no",
            boot->kernel.relocation_count);
    }
}

void report_modules(const struct boot *boot)
{
    char size[PRINT_SIZE_CAPACITY];

    for (size_t i = 0; i < boot->modules.count; i++) {
        const struct module *module = &boot->modules.list[i];

        print_size(size, sizeof(size), module->size_bytes);
        console_detail("hoist: module: %s at %" PRINT_64 "x: %.*s\n", size, module->pa,
                       TEXT_ARGUMENTS(module->path));
    }
}

void report_cpu(const struct boot *boot)
{
    const struct hoist_cpu *cpu = &boot->cpu.paging;

    console_detail("hoist: CPU: %u levels, %u physical bits, %s 1G pages, %s NX\n", cpu->levels,
                   cpu->physical_bits, cpu->has_1g_pages ? "with" : "without",
                   cpu->has_nx ? "with" : "without");
    if (!cpu->has_nx) {
        console_print("hoist: warning: this CPU has no NX, so every mapping can be executed\n");
    }
}

void report_depth(const struct boot *boot)
{
    if (boot->changes_depth) {
        console_detail("hoist: five-level paging is switched %s for the kernel\n",
                       boot->cpu.paging.levels == 5 ? "on" : "off");
    }
}

void report_memory(const struct boot *boot)
{
    const struct memory_map *map = &boot->planned;
    char line[MEMORY_LINE_CAPACITY];

    for (size_t i = 0; i < map->count; i++) {
        memory_line(&map->ranges[i], line, sizeof(line));
        console_detail("hoist: memory: %s\n", line);
    }
}

void report_times(const struct boot *boot)
{
    static const char *const names[] = {"config", "kernel", "plan", "build", "verify", "dump"};
    const uint64_t ticks_per_us = boot->cpu.tsc_hz / US_PER_SECOND;

    if (ticks_per_us == 0) {
        return;
    }
    console_detail("hoist: time in us:");
    for (unsigned phase = 0; phase < sizeof(names) / sizeof(names[0]); phase++) {
        console_detail(" %s %" PRINT_64 "u", names[phase], boot->phase_ticks[phase] / ticks_per_us);
    }
    console_detail("\n");
}
