/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of any format: how large they are, what they cover, which addresses there are. */
#ifndef HOIST_TABLE_SHAPE_H
#define HOIST_TABLE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "table_format.h"

#define HOIST_FOLDED static inline __attribute__((always_inline))

/* How many bits of an address lie below the index into a table of this level. */
HOIST_FOLDED unsigned hoist_format_shift(const struct hoist_table_format *format, unsigned level)
{
    return format->page_shift + (level - 1) * format->index_bits;
}

/* Bytes that one entry of a table of this level covers. */
HOIST_FOLDED uint64_t hoist_format_span(const struct hoist_table_format *format, unsigned level)
{
    return UINT64_C(1) << hoist_format_shift(format, level);
}

/* How many entries a table of this level has. */
HOIST_FOLDED unsigned hoist_format_entries(const struct hoist_table_format *format, unsigned level)
{
    return 1u << (level == format->levels ? format->root_index_bits : format->index_bits);
}

/*
 * Of a table of this level; also how it is aligned. At least 64: so much Arm asks of a root table,
 * however few entries it has.
 */
HOIST_FOLDED uint64_t hoist_format_table_bytes(const struct hoist_table_format *format,
                                               unsigned level)
{
    const uint64_t bytes = (uint64_t)hoist_format_entries(format, level) * format->entry_bytes;

    return bytes < 64 ? 64 : bytes;
}

/* How many bits of a virtual address are translated. */
HOIST_FOLDED unsigned hoist_format_address_bits(const struct hoist_table_format *format)
{
    return hoist_format_shift(format, format->levels) + format->root_index_bits;
}

/* The last address when the untranslated bits are left away. */
HOIST_FOLDED uint64_t hoist_format_last_linear(const struct hoist_table_format *format)
{
    return UINT64_MAX >> (64 - hoist_format_address_bits(format));
}

/* An address without the bits that are not translated. */
HOIST_FOLDED uint64_t hoist_format_linear(const struct hoist_table_format *format, uint64_t va)
{
    return va & hoist_format_last_linear(format);
}

/* The reverse: the address that a CPU would be given. */
HOIST_FOLDED uint64_t hoist_format_va(const struct hoist_table_format *format, uint64_t linear)
{
    const uint64_t last = hoist_format_last_linear(format);
    const bool is_upper = linear > last >> 1;

    if (format->extension == HOIST_EXTEND_ONES ||
        (format->extension == HOIST_EXTEND_SIGN && is_upper)) {
        return linear | ~last;
    }
    return linear;
}

/* Whether a CPU would translate the address, as opposed to refusing it as no address. */
HOIST_FOLDED bool hoist_format_has(const struct hoist_table_format *format, uint64_t va)
{
    return hoist_format_va(format, hoist_format_linear(format, va)) == va;
}

HOIST_FOLDED unsigned hoist_format_index(const struct hoist_table_format *format, uint64_t linear,
                                         unsigned level)
{
    return (unsigned)(linear >> hoist_format_shift(format, level)) &
           (hoist_format_entries(format, level) - 1);
}

#endif
