/* SPDX-License-Identifier: BSD-2-Clause */
/* Single accesses by the processor that may fault, and what came of them. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

enum probe_kind { PROBE_READ, PROBE_WRITE, PROBE_EXECUTE };

/*
 * Makes one access. A write puts back the byte that was read before, or 0 where reading faults;
 * executing calls the address, so a return instruction had better be there. The record stays until
 * the next probe.
 */
const struct fault_record *probe(enum probe_kind kind, uint64_t address);

/*
 * Whether one byte of each page from address on can be read; false as well when the range wraps
 * around.
 */
bool probe_is_readable(const void *address, uint64_t size_bytes);

#endif
