/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU that runs this: its CR3, and a ready-made flusher. Privileged instructions: for kernels
 * and loaders, not for programs on the host. Nothing inside paging/ includes this file.
 */
#ifndef HOIST_PAGING_CPU_H
#define HOIST_PAGING_CPU_H

#include "flush.h"
#include "space.h"

/*
 * Up to this many pages are flushed one by one, more by reloading CR3: an invlpg costs some hundred
 * cycles, and refilling what a reload throws away about as much as some thirty of them.
 */
#define HOIST_FLUSH_PAGES_MAX 32u

/* SDM volume 3, section 2.5. */
#define HOIST_CR3_ADDRESS UINT64_C(0x000ffffffffff000)
#define HOIST_CR4_PGE     (UINT64_C(1) << 7)

/* CR3 as it is, with its flags. */
static inline uint64_t hoist_read_cr3(void)
{
    uint64_t cr3;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    return cr3;
}

/* Loads CR3 with exactly this value: all translations but global ones are forgotten. */
static inline void hoist_write_cr3(uint64_t cr3)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
}

/* The root table of this CPU, for hoist_space_open. */
static inline struct hoist_frame_4k hoist_root_of_this_cpu(void)
{
    const struct hoist_frame_4k root = {hoist_read_cr3() & HOIST_CR3_ADDRESS};

    return root;
}

/* As hooks->is_root_in_use of a system with one CPU. */
static inline bool hoist_is_root_of_this_cpu(void *context, struct hoist_frame_4k root)
{
    (void)context;
    return hoist_root_of_this_cpu().pa == root.pa;
}

/*
 * Loads the space into CR3, with cache type 0 for its tables and PCID 0. NOT_MAPPED: it has no root
 * table. All but global translations are flushed.
 */
HOIST_MUST_CHECK static inline enum hoist_result hoist_activate(const struct hoist_space *space)
{
    struct hoist_frame_4k root;
    const enum hoist_result result = hoist_space_root(space, &root);

    if (result == HOIST_OK) {
        hoist_write_cr3(root.pa);
    }
    return result;
}

/* Forgets all translations of this CPU, global ones too where CR4.PGE is set (SDM volume 3,
 * section 4.10.4.1). */
static inline void hoist_flush_all_of_this_cpu(void)
{
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    if ((cr4 & HOIST_CR4_PGE) == 0) {
        hoist_write_cr3(hoist_read_cr3());
        return;
    }
    __asm__ volatile("mov %0, %%cr4\n\t"
                     "mov %1, %%cr4"
                     :
                     : "r"(cr4 & ~HOIST_CR4_PGE), "r"(cr4)
                     : "memory");
}

/*
 * As hooks->flush of a system with one CPU, and what each CPU does in the interrupt that a system
 * with several sends: invlpg for each page up to HOIST_FLUSH_PAGES_MAX, else CR3, or CR4.PGE where
 * global leaves are among them. Every way also forgets the CPU's notes about tables, so a freed one
 * can be reused.
 */
static inline void hoist_flush_this_cpu(void *context, const struct hoist_flush *what)
{
    (void)context;
    if (hoist_flush_page_count(what) > HOIST_FLUSH_PAGES_MAX) {
        if (what->has_global || what->is_everything) {
            hoist_flush_all_of_this_cpu();
        } else {
            hoist_write_cr3(hoist_read_cr3());
        }
        return;
    }
    for (unsigned i = 0; i < what->range_count; i++) {
        uint64_t va = what->ranges[i].va;

        for (uint64_t n = 0; n < what->ranges[i].page_count;
             n++, va += what->ranges[i].page_bytes) {
            __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
        }
    }
}

#endif
