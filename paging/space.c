/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a space, and the checked makers of pages and frames. */
#include "space.h"

_Static_assert(HOIST_READ == HOIST_ENTRY_PRESENT && HOIST_WRITE == HOIST_ENTRY_WRITABLE &&
                   HOIST_USER == HOIST_ENTRY_USER && HOIST_GLOBAL << 4 == HOIST_ENTRY_GLOBAL,
               "entry.h moves rights into an entry and out of it by masks and shifts");

#define PHYSICAL_BITS_MIN 32u
#define PHYSICAL_BITS_MAX 52u

static enum hoist_result check_page(const struct hoist_space *space, uint64_t va,
                                    uint64_t size_bytes)
{
    if ((va & (size_bytes - 1)) != 0) {
        return HOIST_UNALIGNED_PAGE;
    }
    if (!hoist_is_canonical(space, va)) {
        return HOIST_NOT_CANONICAL;
    }
    return HOIST_OK;
}

/*
 * The width is a power of two no smaller than 4 GiB, so an aligned start inside it has its end
 * inside too.
 */
static enum hoist_result check_frame(const struct hoist_space *space, uint64_t pa,
                                     uint64_t size_bytes)
{
    if ((pa & (size_bytes - 1)) != 0) {
        return HOIST_UNALIGNED_FRAME;
    }
    if ((pa >> space->cpu.physical_bits) != 0) {
        return HOIST_PA_TOO_WIDE;
    }
    return HOIST_OK;
}

enum hoist_result hoist_space_init(struct hoist_space *space, const struct hoist_cpu *cpu,
                                   const struct hoist_hooks *hooks, void *context)
{
    const struct hoist_space empty = {
        .cpu = *cpu, .hooks = hooks, .context = context, .root_flags = HOIST_ROOT_GRANTS};

    if (cpu->levels < HOIST_FORMAT.levels_min || cpu->levels > HOIST_FORMAT.levels_max) {
        return HOIST_BAD_CPU;
    }
    if (cpu->physical_bits < PHYSICAL_BITS_MIN || cpu->physical_bits > PHYSICAL_BITS_MAX) {
        return HOIST_BAD_CPU;
    }
    *space = empty;
    if (cpu->levels == HOIST_LEVEL_PML4 && hooks->table_at == NULL && hooks->read_entry == NULL) {
        space->root_flags |= HOIST_ROOT_IS_PLAIN;
    }
    return HOIST_OK;
}

enum hoist_result hoist_space_open(struct hoist_space *space, struct hoist_frame_4k root)
{
    const enum hoist_result result = check_frame(space, root.pa, HOIST_SIZE_4K);

    if (result == HOIST_OK) {
        space->root = root.pa | space->root_flags;
    }
    return result;
}

enum hoist_result hoist_space_root(const struct hoist_space *space, struct hoist_frame_4k *root)
{
    if (!hoist_entry_is_present(space->root)) {
        return HOIST_NOT_MAPPED;
    }
    root->pa = hoist_table_pa(space->root);
    return HOIST_OK;
}

enum hoist_result hoist_check_access(const struct hoist_space *space, struct hoist_access access)
{
    if ((access.rights & ~HOIST_ALL_RIGHTS) != 0 || access.cache >= HOIST_CACHE_LIMIT ||
        access.protection_key >= HOIST_KEY_LIMIT || access.software >= HOIST_SOFTWARE_LIMIT) {
        return HOIST_BAD_ACCESS;
    }
    if ((access.rights & HOIST_READ) == 0) {
        return HOIST_NO_READ;
    }
    if ((access.rights & HOIST_EXECUTE) == 0 && !space->cpu.has_nx &&
        !space->cpu.accept_missing_nx) {
        return HOIST_NO_NX;
    }
    return HOIST_OK;
}

enum hoist_result hoist_page_4k_at(const struct hoist_space *space, struct hoist_va va,
                                   struct hoist_page_4k *page)
{
    const enum hoist_result result = check_page(space, va.value, HOIST_SIZE_4K);

    if (result == HOIST_OK) {
        page->va = va.value;
    }
    return result;
}

enum hoist_result hoist_page_2m_at(const struct hoist_space *space, struct hoist_va va,
                                   struct hoist_page_2m *page)
{
    const enum hoist_result result = check_page(space, va.value, hoist_entry_span(HOIST_LEVEL_PD));

    if (result == HOIST_OK) {
        page->va = va.value;
    }
    return result;
}

enum hoist_result hoist_page_1g_at(const struct hoist_space *space, struct hoist_va va,
                                   struct hoist_page_1g *page)
{
    const enum hoist_result result =
        check_page(space, va.value, hoist_entry_span(HOIST_LEVEL_PDPT));

    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    if (result == HOIST_OK) {
        page->va = va.value;
    }
    return result;
}

enum hoist_result hoist_frame_4k_at(const struct hoist_space *space, struct hoist_pa pa,
                                    struct hoist_frame_4k *frame)
{
    const enum hoist_result result = check_frame(space, pa.value, HOIST_SIZE_4K);

    if (result == HOIST_OK) {
        frame->pa = pa.value;
    }
    return result;
}

enum hoist_result hoist_frame_2m_at(const struct hoist_space *space, struct hoist_pa pa,
                                    struct hoist_frame_2m *frame)
{
    const enum hoist_result result = check_frame(space, pa.value, hoist_entry_span(HOIST_LEVEL_PD));

    if (result == HOIST_OK) {
        frame->pa = pa.value;
    }
    return result;
}

enum hoist_result hoist_frame_1g_at(const struct hoist_space *space, struct hoist_pa pa,
                                    struct hoist_frame_1g *frame)
{
    const enum hoist_result result =
        check_frame(space, pa.value, hoist_entry_span(HOIST_LEVEL_PDPT));

    if (!space->cpu.has_1g_pages) {
        return HOIST_NO_1G_PAGES;
    }
    if (result == HOIST_OK) {
        frame->pa = pa.value;
    }
    return result;
}
