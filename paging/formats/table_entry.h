/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of any format: kinds, addresses and rights, read from its description.
 *
 * With table_shape.h the one place that knows what a description means. Everything is inlined, so
 * that a constant format leaves shifts and masks and no description.
 */
#ifndef HOIST_TABLE_ENTRY_H
#define HOIST_TABLE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "access.h"
#include "result.h"
#include "table_shape.h"

enum hoist_entry_kind {
    HOIST_ENTRY_IS_ABSENT,
    HOIST_ENTRY_IS_LINK,
    HOIST_ENTRY_IS_LEAF,
    HOIST_ENTRY_IS_RESERVED, /* present, and nothing that the format allows */
};

/* Whether the format has leaves at this level. */
HOIST_FOLDED bool hoist_format_has_leaves(const struct hoist_table_format *format, unsigned level)
{
    return level == 1 || (format->large_levels >> level & 1) != 0;
}

HOIST_FOLDED const struct hoist_link_format *
hoist_format_link(const struct hoist_table_format *format, unsigned level)
{
    return format->has_own_root_link && level == format->levels ? &format->root_link
                                                                : &format->link;
}

/* ---- scattered numbers and addresses ---- */

HOIST_FOLDED unsigned hoist_gather(const struct hoist_scattered *bits, uint64_t entry)
{
    unsigned number = 0;

    for (unsigned i = 0; i < bits->count; i++) {
        number |= (unsigned)(entry >> bits->at[i] & 1) << i;
    }
    return number;
}

HOIST_FOLDED uint64_t hoist_scatter(const struct hoist_scattered *bits, unsigned number)
{
    uint64_t entry = 0;

    for (unsigned i = 0; i < bits->count; i++) {
        entry |= (uint64_t)(number >> i & 1) << bits->at[i];
    }
    return entry;
}

HOIST_FOLDED uint64_t hoist_get_address(const struct hoist_address_field *field, uint64_t entry)
{
    return (entry & field->mask) << field->shift_left | (entry & field->high_mask)
                                                            << field->high_shift_left;
}

HOIST_FOLDED uint64_t hoist_put_address(const struct hoist_address_field *field, uint64_t pa)
{
    return (pa >> field->shift_left & field->mask) |
           (pa >> field->high_shift_left & field->high_mask);
}

/* ---- kinds ---- */

/* Whether a leaf's group bits are those of a group that there is, or of none. */
HOIST_FOLDED bool hoist_is_group_sound(const struct hoist_table_format *format, uint64_t entry)
{
    return format->group.mask == 0 || (entry & format->group.mask) == 0 ||
           (entry & format->group.size_mask) == format->group.size_value;
}

/*
 * Level 1, and the levels above it, each by a path of its own: a description that was chosen by a
 * level at run time would not fold.
 */
HOIST_FOLDED enum hoist_entry_kind hoist_kind_of_leaf(const struct hoist_table_format *format,
                                                      const struct hoist_leaf_format *leaf,
                                                      uint64_t entry)
{
    if ((entry & leaf->mask) != leaf->value ||
        (leaf->never != 0 && (entry & leaf->never) == leaf->never) ||
        (format->has_reserved_rights &&
         format->meaning[hoist_gather(&leaf->rights, entry)] == HOIST_NO_SUCH)) {
        return HOIST_ENTRY_IS_RESERVED;
    }
    return HOIST_ENTRY_IS_LEAF;
}

HOIST_FOLDED enum hoist_entry_kind hoist_kind_of(const struct hoist_table_format *format,
                                                 uint64_t entry, unsigned level)
{
    const struct hoist_link_format *link = hoist_format_link(format, level);

    if ((entry & format->present) == 0) {
        return HOIST_ENTRY_IS_ABSENT;
    }
    if (level == 1) {
        return hoist_is_group_sound(format, entry)
                   ? hoist_kind_of_leaf(format, &format->page, entry)
                   : HOIST_ENTRY_IS_RESERVED;
    }
    if ((entry & link->mask) == link->value) {
        return HOIST_ENTRY_IS_LINK;
    }
    /* Bits of the address below the leaf's size are reserved (Arm: RES0). */
    if (!hoist_format_has_leaves(format, level) ||
        (hoist_get_address(&format->large.address, entry) &
         (hoist_format_span(format, level) - 1)) != 0) {
        return HOIST_ENTRY_IS_RESERVED;
    }
    return hoist_kind_of_leaf(format, &format->large, entry);
}

/* ---- links ---- */

HOIST_FOLDED uint64_t hoist_table_of(const struct hoist_table_format *format, uint64_t link,
                                     unsigned level)
{
    return hoist_get_address(&hoist_format_link(format, level)->address, link);
}

/* What a link leaves of the rights of the leaves below it. */
HOIST_FOLDED uint8_t hoist_left_by_link(const struct hoist_table_format *format, uint64_t entry,
                                        unsigned level)
{
    const struct hoist_link_format *link = hoist_format_link(format, level);

    return link->leaves[hoist_gather(&link->rights, entry)];
}

/* A link that restricts nothing. False: the entry cannot hold the table's address. */
HOIST_FOLDED bool hoist_make_link(const struct hoist_table_format *format, unsigned level,
                                  uint64_t table_pa, uint64_t *entry)
{
    const struct hoist_link_format *link = hoist_format_link(format, level);
    const uint64_t address = hoist_put_address(&link->address, table_pa);

    *entry = address | link->flags;
    return hoist_get_address(&link->address, address) == table_pa;
}

/* ---- leaves ---- */

/* How many bytes the group that a leaf belongs to maps; its own where it belongs to none. */
HOIST_FOLDED uint64_t hoist_group_bytes(const struct hoist_table_format *format, uint64_t leaf,
                                        unsigned level)
{
    const struct hoist_group_format *group = &format->group;
    const uint64_t span = hoist_format_span(format, level);

    if ((leaf & group->hint) != 0) {
        return span << (level == 1 ? group->hint_order : group->large_hint_order);
    }
    return level == 1 && (leaf & group->mask) != 0 ? span << group->order : span;
}

/* What the leaf maps the entry at `linear` to; in a group the place within it counts. */
HOIST_FOLDED uint64_t hoist_frame_of(const struct hoist_table_format *format, uint64_t leaf,
                                     unsigned level, uint64_t linear)
{
    const uint64_t pa = hoist_get_address(&format->page.address, leaf);

    if (level != 1) {
        return hoist_get_address(&format->large.address, leaf);
    }
    if (format->group.mask != 0 && (leaf & format->group.mask) != 0) {
        const uint64_t block = (hoist_format_span(format, 1) << format->group.order) - 1;

        return (pa & ~block) | (linear & block & ~(hoist_format_span(format, 1) - 1));
    }
    return pa;
}

/* What stands in a leaf for its rights. */
HOIST_FOLDED unsigned hoist_rights_in(const struct hoist_table_format *format, uint64_t leaf,
                                      unsigned level)
{
    return level == 1 ? hoist_gather(&format->page.rights, leaf)
                      : hoist_gather(&format->large.rights, leaf);
}

/* What rights in an entry allow under links that leave so much (HOIST_KERNEL_READ and others). */
HOIST_FOLDED uint8_t hoist_allowed(const struct hoist_table_format *format, unsigned rights,
                                   uint8_t left)
{
    const uint8_t allowed = format->meaning[rights] & left;

    return format->has_no_execute_of_user_writable && (allowed & HOIST_USER_WRITE) != 0
               ? allowed & (uint8_t)~HOIST_KERNEL_EXECUTE
               : allowed;
}

/* What the leaf by itself allows. */
HOIST_FOLDED uint8_t hoist_meaning_of(const struct hoist_table_format *format, uint64_t leaf,
                                      unsigned level)
{
    return hoist_allowed(format, hoist_rights_in(format, leaf, level), HOIST_ALL_MEANINGS);
}

/* What a request of rights that the format has needs of the links above. */
HOIST_FOLDED uint8_t hoist_needed(const struct hoist_table_format *format,
                                  struct hoist_access access)
{
    return hoist_allowed(format, format->request[access.rights & 0xf], HOIST_ALL_MEANINGS);
}

HOIST_FOLDED enum hoist_result hoist_make_flags_of(const struct hoist_table_format *format,
                                                   const struct hoist_leaf_format *leaf,
                                                   struct hoist_access access, uint64_t *flags)
{
    const bool is_global = (access.rights & HOIST_GLOBAL) != 0;
    unsigned rights;

    if ((access.rights & ~HOIST_ALL_RIGHTS) != 0 || access.cache >= sizeof(format->cache) ||
        access.protection_key != 0 || access.software != 0) {
        return HOIST_BAD_ACCESS;
    }
    rights = format->request[access.rights & 0xf];
    if (rights == HOIST_NO_SUCH || format->cache[access.cache] == HOIST_NO_SUCH ||
        (is_global && leaf->global.count == 0)) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    *flags = leaf->flags | hoist_scatter(&leaf->rights, rights) |
             hoist_scatter(&leaf->cache, format->cache[access.cache]) |
             hoist_scatter(&leaf->global, is_global ? format->global_value : !format->global_value);
    return HOIST_OK;
}

/*
 * All of a leaf but its address. HOIST_NOT_EXPRESSIBLE: the format has no such rights, cache type
 * or global pages. HOIST_BAD_ACCESS: a member out of range, or a protection key or software bits,
 * which are not portable.
 */
HOIST_FOLDED enum hoist_result hoist_make_flags(const struct hoist_table_format *format,
                                                struct hoist_access access, unsigned level,
                                                uint64_t *flags)
{
    return level == 1 ? hoist_make_flags_of(format, &format->page, access, flags)
                      : hoist_make_flags_of(format, &format->large, access, flags);
}

/* A leaf's address bits. False: the entry cannot hold the address. */
HOIST_FOLDED bool hoist_make_frame(const struct hoist_table_format *format, unsigned level,
                                   uint64_t pa, uint64_t *bits)
{
    if (level == 1) {
        *bits = hoist_put_address(&format->page.address, pa);
        return hoist_get_address(&format->page.address, *bits) == pa;
    }
    *bits = hoist_put_address(&format->large.address, pa);
    return hoist_get_address(&format->large.address, *bits) == pa;
}

/*
 * The rights that a leaf asks for, as hoist_make_flags would be given them, by the cache type
 * WRITE_BACK, whatever the leaf's is. HOIST_NOT_EXPRESSIBLE: rights that no access stands for;
 * another system may have made the leaf.
 */
HOIST_FOLDED enum hoist_result hoist_rights_of_leaf(const struct hoist_table_format *format,
                                                    uint64_t entry, unsigned level,
                                                    struct hoist_access *access)
{
    const unsigned rights = hoist_rights_in(format, entry, level);
    const unsigned global = level == 1 ? hoist_gather(&format->page.global, entry)
                                       : hoist_gather(&format->large.global, entry);
    const bool is_global = format->page.global.count != 0 && global == format->global_value;
    unsigned i = 0;

    while (i < sizeof(format->request) && format->request[i] != rights) {
        i++;
    }
    if (i == sizeof(format->request)) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    *access = hoist_access_of((uint8_t)(i | (is_global ? HOIST_GLOBAL : 0)), HOIST_WRITE_BACK);
    return HOIST_OK;
}

/* The same with the leaf's cache type; HOIST_NOT_EXPRESSIBLE also where that has no name. */
HOIST_FOLDED enum hoist_result hoist_access_of_leaf(const struct hoist_table_format *format,
                                                    uint64_t entry, unsigned level,
                                                    struct hoist_access *access)
{
    const unsigned cache = level == 1 ? hoist_gather(&format->page.cache, entry)
                                      : hoist_gather(&format->large.cache, entry);
    unsigned type = 0;

    while (type < sizeof(format->cache) && format->cache[type] != cache) {
        type++;
    }
    if (type == sizeof(format->cache)) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    if (hoist_rights_of_leaf(format, entry, level, access) != HOIST_OK) {
        return HOIST_NOT_EXPRESSIBLE;
    }
    access->cache = (uint8_t)type;
    return HOIST_OK;
}

/*
 * All of a leaf of the next lower level that maps a part of a large one, but its address: what the
 * entry says stays, wherever its bits lie there. False: the leaf has bits that a smaller one has
 * no place for.
 */
HOIST_FOLDED bool hoist_flags_below(const struct hoist_table_format *format, uint64_t large,
                                    unsigned level, uint64_t *flags)
{
    const struct hoist_leaf_format *from = &format->large;
    const struct hoist_leaf_format *to = level == 2 ? &format->page : &format->large;
    const uint64_t kept = large & format->same;
    const unsigned rights = hoist_gather(&from->rights, large);
    const uint64_t all = hoist_scatter(&from->rights, ~0u) | hoist_scatter(&from->cache, ~0u) |
                         hoist_scatter(&from->global, ~0u) | hoist_scatter(&from->other, ~0u) |
                         from->mask | from->address.mask | from->address.high_mask | format->same;

    *flags = to->value | kept | hoist_scatter(&to->rights, rights) |
             hoist_scatter(&to->cache, hoist_gather(&from->cache, large)) |
             hoist_scatter(&to->global, hoist_gather(&from->global, large)) |
             hoist_scatter(&to->other, hoist_gather(&from->other, large));
    return (large & ~all) == 0 && hoist_gather(&to->rights, *flags) == rights;
}

#endif
