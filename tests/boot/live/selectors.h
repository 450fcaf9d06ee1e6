/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's segments; for C and assembly. */
#ifndef SELECTORS_H
#define SELECTORS_H

#define SELECTOR_CODE      0x08
#define SELECTOR_DATA      0x10
#define SELECTOR_TASK      0x18 /* two slots */
#define SELECTOR_CODE_32   0x28
#define SELECTOR_USER_DATA 0x30
#define SELECTOR_USER_CODE 0x38

#endif
