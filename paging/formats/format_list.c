/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of formats. */
#include "format_list.h"

#include <stdbool.h>
#include <stddef.h>

#include "aarch64_formats.h"
#include "armv7_formats.h"
#include "riscv_formats.h"
#include "x86_formats.h"

const struct hoist_table_format *const hoist_formats[] = {
    &hoist_x86_32,
    &hoist_x86_pae,
    &hoist_x86_64_4level,
    &hoist_x86_64_5level,
    &hoist_aarch64_4k,
    &hoist_aarch64_4k_upper,
    &hoist_aarch64_4k_39bit,
    &hoist_aarch64_4k_52bit,
    &hoist_aarch64_16k,
    &hoist_aarch64_16k_upper,
    &hoist_aarch64_16k_52bit,
    &hoist_aarch64_64k,
    &hoist_aarch64_64k_upper,
    &hoist_aarch64_64k_52bit,
    &hoist_riscv_sv39,
    &hoist_riscv_sv48,
    &hoist_riscv_sv57,
    &hoist_armv7_short,
    &hoist_armv7_lpae,
};

const unsigned hoist_format_count = sizeof(hoist_formats) / sizeof(hoist_formats[0]);

static bool is_same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const struct hoist_table_format *hoist_format_named(const char *name)
{
    for (unsigned i = 0; i < hoist_format_count; i++) {
        if (is_same_text(hoist_formats[i]->name, name)) {
            return hoist_formats[i];
        }
    }
    return NULL;
}
