/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a mapping. */
#include "mapping_words.h"

#define UNLISTED_BIT 31u

void mapping_rights_text(uint8_t rights, char buffer[MAPPING_RIGHTS_CAPACITY])
{
    size_t length = 0;

    buffer[length++] = (rights & HOIST_READ) != 0 ? 'r' : '-';
    buffer[length++] = (rights & HOIST_WRITE) != 0 ? 'w' : '-';
    buffer[length++] = (rights & HOIST_EXECUTE) != 0 ? 'x' : '-';
    if ((rights & HOIST_USER) != 0) {
        buffer[length++] = 'u';
    }
    if ((rights & HOIST_GLOBAL) != 0) {
        buffer[length++] = 'g';
    }
    buffer[length] = '\0';
}

const char *mapping_table_name(unsigned level)
{
    static const char *const names[] = {"?", "PT", "PD", "PDPT", "PML4", "PML5"};

    return level <= 5 ? names[level] : "?";
}

const char *mapping_leaf_name(unsigned size)
{
    static const char *const names[] = {"?", "4K", "2M", "1G"};

    return names[size];
}

const char *mapping_type_name(uint8_t type)
{
    static const char *const names[] = {"UC", "WC", "?", "?", "WT", "WP", "WB", "UC-"};

    return type < 8 ? names[type] : "?";
}

const char *mapping_cache_name(uint8_t type)
{
    switch (type) {
    case MTRR_UNCACHED: return "uncached";
    case MTRR_WRITE_COMBINING: return "write-combining";
    case MTRR_WRITE_THROUGH: return "write-through";
    case MTRR_WRITE_PROTECTED: return "write-protected";
    case MTRR_WRITE_BACK: return "write-back";
    default: return "undefined";
    }
}

const char *mapping_memory_name(unsigned bit)
{
    return bit == UNLISTED_BIT         ? "not listed"
           : bit <= MEMORY_FRAMEBUFFER ? memory_kind_name((enum memory_kind)bit)
                                       : "?";
}

const char *mapping_mark_name(unsigned bit)
{
    static const char *const names[] = {"leaf",
                                        "reserved bits",
                                        "beyond the width",
                                        "software bits",
                                        "across classes",
                                        "across MTRR types",
                                        "?",
                                        "?"};

    return names[bit];
}

const char *mapping_part_name(enum plan_part part)
{
    static const char *const names[PLAN_PART_COUNT] = {
        [PLAN_PART_KERNEL] = "kernel",
        [PLAN_PART_TRAMPOLINE] = "trampoline",
        [PLAN_PART_STACK] = "stack",
        [PLAN_PART_HANDOFF] = "hand-off",
        [PLAN_PART_REPORTER] = "reporter",
        [PLAN_PART_FRAMEBUFFER] = "framebuffer",
        [PLAN_PART_DIRECT_MAP] = "direct map",
        [PLAN_PART_RUNTIME] = "runtime",
        [PLAN_PART_HHDM] = "HHDM",
    };

    return names[part];
}

const char *mapping_kind_name(enum mapping_kind kind)
{
    static const char *const names[] = {"leaves", "recursive", "shared", "unreadable"};

    return names[kind];
}
