/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of more.c, each in addresses of its own. */
#ifndef RISCV_MORE_H
#define RISCV_MORE_H

#include <stdint.h>

void entries_of_all_kinds(uint64_t base);
void staying_in_the_kernel(uint64_t base);
void accessed_and_dirty(uint64_t base);
void report(void);

#endif
