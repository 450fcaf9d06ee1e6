/* SPDX-License-Identifier: BSD-2-Clause */
/* All formats there are, for programs that choose one when they run; C++ has them from here. */
#ifndef HOIST_FORMAT_LIST_H
#define HOIST_FORMAT_LIST_H

#include "table_format.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct hoist_table_format *const hoist_formats[];
extern const unsigned hoist_format_count;

/* The format of this name, such as "riscv-sv39". NULL: there is none. */
const struct hoist_table_format *hoist_format_named(const char *name);

#ifdef __cplusplus
}
#endif

#endif
