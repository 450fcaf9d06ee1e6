/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of a CPU, as far as they say how it translates addresses. */
#ifndef CPU_STATE_H
#define CPU_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_CR4_LA57 (UINT64_C(1) << 12)
#define CPU_EFER_NXE (UINT64_C(1) << 11)

struct cpu_state {
    bool is_known; /* cr3 and cr4 */
    bool has_efer;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
};

#endif
