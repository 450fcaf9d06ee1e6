/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments; assembly includes this too. */
#ifndef X86_SELECTORS_H
#define X86_SELECTORS_H

#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE   0x18
#define USER_DATA   0x20
#define TASK        0x28

#endif
