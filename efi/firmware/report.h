/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person at the console is told of a boot, a function for each part. */
#ifndef REPORT_H
#define REPORT_H

#include "boot.h"

void report_entry(const struct entry *entry);
void report_kernel(const struct boot *boot);
void report_modules(const struct boot *boot);
void report_cpu(const struct boot *boot);

/* The firmware's memory map, made orderly; only an entry with `verbose: yes` asks for it. */
void report_depth(const struct boot *boot);
void report_memory(const struct boot *boot);

void report_times(const struct boot *boot);

#endif
