/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of entries (SDM volume 3, section 4.5), written out once more rather than taken from anybody. */
#ifndef TEST_ENTRY_BITS_H
#define TEST_ENTRY_BITS_H

#include <stdint.h>

#define BIT(n)    (UINT64_C(1) << (n))
#define PRESENT   BIT(0)
#define WRITABLE  BIT(1)
#define USER      BIT(2)
#define PWT       BIT(3)
#define PCD       BIT(4)
#define LARGE     BIT(7)
#define PAT_SMALL BIT(7)
#define GLOBAL    BIT(8)
#define PAT_LARGE BIT(12)
#define NX        BIT(63)
#define LINK      (PRESENT | WRITABLE | USER)
#define ADDRESS   UINT64_C(0x000ffffffffff000)

#endif
