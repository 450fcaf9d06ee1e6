/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mapping allows and how it is cached, without saying how the hardware writes it down.
 *
 * A struct hoist_access is encoded into an entry of any level by entry.h and read back from it.
 */
#ifndef HOIST_PAGING_ACCESS_H
#define HOIST_PAGING_ACCESS_H

#include <stdint.h>

/*
 * Bits of hoist_access.rights. The first three lie where P, RW and US lie in an entry, so that they
 * are read from one with a mask.
 */
#define HOIST_READ    UINT8_C(0x01) /* a must: x86 has no mapping that cannot be read */
#define HOIST_WRITE   UINT8_C(0x02)
#define HOIST_USER    UINT8_C(0x04)
#define HOIST_EXECUTE UINT8_C(0x08)
/* Survives a CR3 load where CR4.PGE is set; keep it off in a first address space. */
#define HOIST_GLOBAL     UINT8_C(0x10)
#define HOIST_ALL_RIGHTS UINT8_C(0x1f)

/*
 * The cache type is an index into the PAT. The names hold for the layout that Hoist programs: WB WT
 * UC- UC WP WC (the first four are the PAT after reset, SDM volume 3, section 12.12.4). A system
 * with another PAT gives the index that it means.
 */
#define HOIST_WRITE_BACK      UINT8_C(0)
#define HOIST_WRITE_THROUGH   UINT8_C(1)
#define HOIST_UNCACHED_MINUS  UINT8_C(2)
#define HOIST_UNCACHED        UINT8_C(3)
#define HOIST_WRITE_PROTECTED UINT8_C(4)
#define HOIST_WRITE_COMBINING UINT8_C(5)

#define HOIST_CACHE_LIMIT    8u     /* PAT entries */
#define HOIST_KEY_LIMIT      16u    /* protection keys */
#define HOIST_SOFTWARE_LIMIT 0x400u /* ten bits that the CPU ignores, kept for the caller */

/* The software bit that marks a page as given to its space (owned.h). */
#define HOIST_SOFTWARE_OWNED UINT32_C(0x200)

/* Eight bytes without a hole: one register. */
struct hoist_access {
    uint8_t rights;
    uint8_t cache;
    uint16_t protection_key;
    uint32_t software;
};

/* An access with protection key 0 and no software bits. */
static inline struct hoist_access hoist_access_of(uint8_t rights, uint8_t cache)
{
    struct hoist_access access = {rights, cache, 0, 0};

    return access;
}

/* Code. */
static inline struct hoist_access hoist_kernel_text(void)
{
    return hoist_access_of(HOIST_READ | HOIST_EXECUTE, HOIST_WRITE_BACK);
}

/* Constants. */
static inline struct hoist_access hoist_kernel_rodata(void)
{
    return hoist_access_of(HOIST_READ, HOIST_WRITE_BACK);
}

/* Data, stacks, heaps. */
static inline struct hoist_access hoist_kernel_data(void)
{
    return hoist_access_of(HOIST_READ | HOIST_WRITE, HOIST_WRITE_BACK);
}

/* Device registers. */
static inline struct hoist_access hoist_kernel_mmio(void)
{
    return hoist_access_of(HOIST_READ | HOIST_WRITE, HOIST_UNCACHED);
}

/* A framebuffer. */
static inline struct hoist_access hoist_kernel_write_combining(void)
{
    return hoist_access_of(HOIST_READ | HOIST_WRITE, HOIST_WRITE_COMBINING);
}

#endif
