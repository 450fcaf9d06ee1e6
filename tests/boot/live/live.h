/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that changes the page tables it runs on, by the library's own sources, and looks at what
 * the CPU then does. Each phase is a file; each check is a line on the serial port (expect.h).
 */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "paging/range.h"
#include "paging/space.h"
#include "protocol/hoist.h"

#define LIVE_PAGE_BYTES UINT64_C(0x1000)

/* Where the phases map things: the lower half is empty but for them. */
#define LIVE_TAKEOVER_VA UINT64_C(0x0000004000000000)
#define LIVE_RIGHTS_VA   UINT64_C(0x0000008000000000)
#define LIVE_STALE_VA    UINT64_C(0x0000010040000000)
#define LIVE_FLUSHER_VA  UINT64_C(0x0000018000600000)
#define LIVE_SIZES_VA    UINT64_C(0x0000020080000000)
#define LIVE_SPACES_VA   UINT64_C(0x0000028000000000)
/* A canonical address with five levels alone. */
#define LIVE_WIDE_VA UINT64_C(0x0010000000003000)
/* Under the root entry of the kernel itself, far from what the loader maps. */
#define LIVE_UPPER_VA UINT64_C(0xffffff9000000000)

struct live {
    const struct hoist_handoff *handoff;
    struct hoist_cpu cpu;
    bool has_smep;
    bool has_smap;
    struct hoist_space loaders; /* the tables that the kernel was entered with */
    struct hoist_space space;   /* the kernel's own */
};

extern struct live live;

/* Places that link.ld and start.S name. */
extern uint8_t image_start[];
extern uint8_t image_user[];
extern uint8_t image_text_pad[];
extern uint8_t image_data[];
extern uint8_t image_below_stack[];
extern uint8_t image_stack[];
extern uint8_t image_stack_end[];

static inline struct hoist_extent live_extent(uint64_t va, uint64_t pa, uint64_t size_bytes)
{
    return hoist_extent_of(hoist_va_of(va), hoist_pa_of(pa), size_bytes);
}

static inline struct hoist_range live_range(uint64_t va, uint64_t size_bytes)
{
    return hoist_range_of(hoist_va_of(va), size_bytes);
}

/* Read, and what is named, write-back. */
static inline struct hoist_access live_access(uint8_t rights)
{
    return hoist_access_of((uint8_t)(HOIST_READ | rights), HOIST_WRITE_BACK);
}

/* Fills in `live`, all but the spaces. A command line of "5" asks for five levels. */
void live_identify(const struct hoist_handoff *handoff);

/* The largest leaf that the CPU has. */
enum hoist_leaf_size live_largest(void);

/* The physical address of a place in the image. */
uint64_t live_image_pa(const void *place);

/* One of the loader's mappings, in the library's words. */
struct hoist_extent live_mapping_extent(const struct hoist_mapped_range *mapping);
struct hoist_access live_mapping_access(const struct hoist_mapped_range *mapping);

/* The phases, in this order. */
void takeover_run(void); /* the loader's tables, taken over */
void own_run(void);      /* tables of the kernel's own, and the switch to them */
void rights_run(void);   /* what kernel and user may do with a page, and links.c */
void refused_run(void);  /* rights that x86 cannot express */
void stale_run(void);    /* what the CPU still knows */
void flusher_run(void);  /* the ready-made flusher */
void sizes_run(void);    /* leaves split and merged with data in them, and gigabyte.c */
void itself_run(void);   /* the leaves that the kernel itself runs on */
void spaces_run(void);   /* a second space with the same kernel half */

#endif
