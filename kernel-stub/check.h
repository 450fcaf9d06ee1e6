/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a check says and how it is counted: one line each, OK or FAIL.
 * The check_ functions of the files check_*.c are declared at the end.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "hoist.h"
#include "probe.h"

/* With quiet, passed checks and notes are counted but not printed. */
void check_set_quiet(bool quiet);

/* Counts one check and prints its line. */
void check_pass(const char *format, ...) __attribute__((format(printf, 1, 2)));
void check_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One check: the two numbers are equal. Both are printed in hexadecimal. */
void check_equal(const char *name, uint64_t expected, uint64_t got);

/* One check: the access ends in a page fault with this error code, at this address and no other. */
void check_faults(const char *name, enum probe_kind kind, uint64_t address, uint64_t error_code);

/* The same without a line or a count, for checks over many addresses. */
bool check_is_page_fault(const struct fault_record *record, uint64_t address, uint64_t error_code);

/* A line that is no check. */
void check_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint64_t check_passed_count(void);
uint64_t check_failed_count(void);

/* check_handoff.c: false when the rest of the hand-off cannot be read at all. */
bool check_handoff(const struct hoist_handoff *handoff);
void check_handoff_firmware(const struct hoist_handoff *handoff);
void check_handoff_times(const struct hoist_handoff *handoff);

void check_memory_map(const struct hoist_handoff *handoff); /* check_memory_map.c */
void check_mappings(const struct hoist_handoff *handoff);   /* check_mappings.c */
void check_image(const struct hoist_handoff *handoff);      /* check_image.c */
void check_state(const struct hoist_handoff *handoff);      /* check_state.c */
void check_registers(void);                                 /* check_registers.c */
void check_reporter(const struct hoist_handoff *handoff);   /* check_reporter.c */
void check_rights(const struct hoist_handoff *handoff);     /* check_rights.c */
void check_absent(const struct hoist_handoff *handoff);     /* check_absent.c */
void check_memory(const struct hoist_handoff *handoff);     /* check_memory.c */
void check_tables(const struct hoist_handoff *handoff);     /* check_tables.c */
void check_details(const struct hoist_handoff *handoff);    /* check_details.c */
void check_modules(const struct hoist_handoff *handoff);    /* check_modules.c */
void check_firmware(const struct hoist_handoff *handoff);   /* check_firmware.c */
void check_runtime(const struct hoist_handoff *handoff);    /* check_runtime.c */

/* check_framebuffer.c: true when there is a framebuffer and all that is told about it holds. */
bool check_framebuffer(const struct hoist_handoff *handoff);

#endif
