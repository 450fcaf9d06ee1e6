/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of an access. */
#include "touch.h"

#include "kernel-stub/cpu.h"
#include "kernel-stub/fault.h"
#include "live.h"

#define TOUCH_FLAG_AC (UINT64_C(1) << 18)

uint64_t touch_do_read(uint64_t va);
void touch_do_write(uint64_t va, uint64_t value);
void touch_do_execute(uint64_t va);
uint64_t touch_do_user(uint64_t va, uint64_t value, uint64_t entry);

extern const uint8_t touch_user_read[];
extern const uint8_t touch_user_write[];
extern const uint8_t touch_user_execute[];

static uint64_t touch_outcome(uint64_t va)
{
    if (!fault_record.happened) {
        return TOUCH_FINE;
    }
    if (fault_record.vector != CPU_VECTOR_PAGE_FAULT || fault_record.cr2 != va) {
        return TOUCH_OTHER;
    }
    return fault_record.error_code;
}

uint64_t touch_read(uint64_t va, uint64_t *value)
{
    uint64_t word;

    fault_record.happened = false;
    word = touch_do_read(va);
    if (!fault_record.happened) {
        *value = word;
    }
    return touch_outcome(va);
}

uint64_t touch_write(uint64_t va, uint64_t value)
{
    fault_record.happened = false;
    touch_do_write(va, value);
    return touch_outcome(va);
}

uint64_t touch_execute(uint64_t va)
{
    fault_record.happened = false;
    cpu_serialise();
    touch_do_execute(va);
    return touch_outcome(va);
}

uint64_t touch_as_user(enum touch_kind kind, uint64_t code_va, uint64_t va, uint64_t *value)
{
    static const uint8_t *const entries[] = {touch_user_read, touch_user_write, touch_user_execute};
    uint64_t word;

    fault_record.happened = false;
    cpu_serialise();
    word = touch_do_user(va, *value, code_va + (uint64_t)(entries[kind] - image_user));
    if (kind == TOUCH_READ && !fault_record.happened) {
        *value = word;
    }
    return touch_outcome(va);
}

static void touch_set_flags(uint64_t set, uint64_t clear)
{
    uint64_t flags;

    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    flags = (flags | set) & ~clear;
    __asm__ volatile("pushq %0; popfq" : : "r"(flags) : "cc", "memory");
}

uint64_t touch_with_ac(enum touch_kind kind, uint64_t va, uint64_t *value)
{
    uint64_t outcome;

    touch_set_flags(TOUCH_FLAG_AC, 0);
    outcome = kind == TOUCH_READ ? touch_read(va, value) : touch_write(va, *value);
    touch_set_flags(0, TOUCH_FLAG_AC);
    return outcome;
}
