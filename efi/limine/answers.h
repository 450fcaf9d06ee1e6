/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The responses to a kernel's requests: one block of memory with all of them and all that they point
 * to, which the kernel reaches through its direct map.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "hoist.h"
#include "limine.h"
#include "madt.h"
#include "memory_map.h"
#include "requests.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most random numbers that a kernel gets. */
#define LIMINE_ENTROPY_LIMIT 512u

/* Where a file came from; 0 where that is not known. */
struct limine_origin {
    uint32_t partition_index; /* counted from 1 */
    uint32_t mbr_disk_id;
    struct limine_uuid disk;
    struct limine_uuid partition;
    struct limine_uuid filesystem;
};

/* A file in memory. */
struct limine_loaded {
    uint64_t pa; /* 0 for an empty file, which has no page */
    uint64_t size_bytes;
    struct text path; /* in its volume */
    struct text string;
    struct limine_origin origin;
};

/* A screen, the modes that it has, and what its EDID is. */
struct limine_screen {
    struct hoist_framebuffer framebuffer;
    const struct hoist_framebuffer *modes; /* without addresses */
    size_t mode_count;
    const void *edid;
    size_t edid_bytes;
};

/* All that is known before the firmware is left. Addresses are physical; 0: there is no such thing. */
struct limine_facts {
    unsigned base_revision;
    uint64_t hhdm;               /* virtual address of physical address 0 */
    struct limine_loaded kernel; /* pa 0: the file is not kept */
    const struct limine_loaded *modules;
    size_t module_count;
    const struct limine_screen *screens;
    size_t screen_count;
    const struct madt_processor *processors; /* the one that runs first */
    size_t processor_count;
    bool uses_x2apic;
    uint64_t paging_mode; /* 0: four levels, 1: five */
    uint64_t kernel_pa;
    uint64_t kernel_va;
    uint64_t rsdp;
    uint64_t smbios_32;
    uint64_t smbios_64;
    uint64_t efi_system_table;
    int64_t boot_time_seconds;
    uint64_t tsc_hz;
    size_t memory_range_limit;
    uint64_t (*random)(void);
};

/* What is filled in once the firmware is left; NULL: nobody asks for it. */
struct limine_late {
    struct limine_memmap_entry *entries; /* room for memory_range_limit */
    uint64_t *entry_pointers;
    uint64_t entries_va;
    struct limine_list_response *memory_map;
    struct limine_efi_memmap_response *efi_map;
    struct limine_performance_response *performance;
    struct limine_mp_response *processors;
    struct limine_mp_info *processor_infos; /* in the order of facts.processors */
    uint64_t *processor_pointers;
    uint64_t processor_infos_va;
};

/*
 * Writes the block to `memory`, zeroed, which the kernel reaches at `va`, and its addresses into the
 * requests; returns how many bytes that takes. With NULL instead of memory, nothing is written, and the
 * bytes are counted that the same facts take.
 */
size_t limine_answer(const struct limine_requests *requests, const struct limine_facts *facts,
                     void *memory, uint64_t va, struct limine_late *late);

/* The memory map as the firmware leaves it behind. */
void limine_answer_memory(const struct limine_late *late, const struct memory_map *map,
                          unsigned base_revision);

/* Leaves out the processors that have not started; has_started is in the order of facts.processors. */
void limine_answer_processors(const struct limine_late *late, const bool *has_started);

#endif
