/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single accesses by the CPU, in ring 0 and in ring 3, that may fault. Each answers the page-fault
 * error code (SDM volume 3, section 4.7), TOUCH_FINE where there was no fault, or TOUCH_OTHER where
 * it was another fault, or CR2 held another address.
 */
#ifndef TOUCH_H
#define TOUCH_H

#include <stdint.h>

#define TOUCH_FINE  UINT64_MAX
#define TOUCH_OTHER (UINT64_MAX - 1)

#define TOUCH_PRESENT UINT64_C(0x01)
#define TOUCH_WROTE   UINT64_C(0x02)
#define TOUCH_USER    UINT64_C(0x04)
#define TOUCH_FETCH   UINT64_C(0x10)

/* What a page that is executed must hold: for the kernel at its start, for a user at an offset. */
#define TOUCH_OPCODES     UINT64_C(0xc3) /* a near return */
#define TOUCH_USER_OFFSET UINT64_C(0x10)
#define TOUCH_USER_OPCODE UINT64_C(0xcc) /* a breakpoint, which is the way back */

enum touch_kind { TOUCH_READ, TOUCH_WRITE, TOUCH_EXECUTE };

/* Ring 0. *value is written where the read did not fault. */
uint64_t touch_read(uint64_t va, uint64_t *value);
uint64_t touch_write(uint64_t va, uint64_t value);
uint64_t touch_execute(uint64_t va);

/*
 * Ring 3: `code_va` is where user code can execute the page image_user. Writes `value`, or reads
 * into it; executing goes to va itself.
 */
uint64_t touch_as_user(enum touch_kind kind, uint64_t code_va, uint64_t va, uint64_t *value);

/* Ring 0 with EFLAGS.AC set, which lifts SMAP; reads or writes. */
uint64_t touch_with_ac(enum touch_kind kind, uint64_t va, uint64_t *value);

/* The word there, for reads that must not fault: if they do, it is a number that nobody wrote. */
static inline uint64_t touch_word(uint64_t va)
{
    uint64_t value = UINT64_C(0xdeadfa117dead000);

    (void)touch_read(va, &value);
    return value;
}

#endif
