/* SPDX-License-Identifier: BSD-2-Clause */
/* The trap flag, and what is done at each of its traps. */
#include "step.h"

#include "expect.h"
#include "frames.h"
#include "live.h"
#include "paging/cpu.h"
#include "paging/edit.h"
#include "touch.h"

#define STEP_FLAG 0x100 /* EFLAGS.TF */

static struct step_watch watches[STEP_WATCHES];
static unsigned watch_count;
static struct step_counts counts;

void step_watch(uint64_t va, uint64_t before, uint64_t after, bool may_vanish)
{
    if (watch_count == STEP_WATCHES) {
        expect(false, "there is room for a watch");
        return;
    }
    watches[watch_count++] = (struct step_watch){va, before, after, may_vanish, false, 0};
}

void step_watch_same(uint64_t va, uint64_t stride_bytes)
{
    for (unsigned i = 0; i < STEP_SAME; i++) {
        const uint64_t word = touch_word(va + i * stride_bytes);

        step_watch(va + i * stride_bytes, word, word, false);
    }
}

void step_watch_table(uint64_t va, unsigned level)
{
    struct hoist_entry entry = {0};
    uint64_t table;

    if (hoist_entry_at(&live.space, hoist_va_of(va), level, &entry) != HOIST_OK ||
        !entry.is_present || entry.is_leaf) {
        expect(false, "%lx has a table", va);
        return;
    }
    table = (uint64_t)frames_at(entry.value & HOIST_CR3_ADDRESS);
    step_watch(table, touch_word(table), touch_word(table), false);
    watches[watch_count - 1].until_flush = true;
}

static bool step_has_flushed(void)
{
    return counts.invlpg + counts.cr3_loads + counts.cr4_loads != 0;
}

/* What is about to be executed: SDM volume 2, INVLPG, MOV to control registers. */
static void step_count(const uint8_t *at)
{
    const bool has_prefix = (at[0] & 0xf0) == 0x40;

    at += has_prefix ? 1 : 0;
    if (at[0] != 0x0f) {
        return;
    }
    if (at[1] == 0x01 && at[2] < 0xc0 && (at[2] >> 3 & 7) == 7) {
        counts.invlpg++;
    } else if (at[1] == 0x22 && (at[2] >> 3 & 7) == 3) {
        counts.cr3_loads++;
    } else if (at[1] == 0x22 && (at[2] >> 3 & 7) == 4) {
        counts.cr4_loads++;
    }
}

static void step_look(struct step_watch *watch)
{
    uint64_t value;
    const uint64_t outcome = touch_read(watch->va, &value);

    if (watch->until_flush && step_has_flushed()) {
        return;
    }
    if (outcome == 0 && watch->may_vanish && watch->stage <= 1) {
        watch->stage = 1;
    } else if (outcome == TOUCH_FINE && value == watch->before && watch->stage == 0) {
        return;
    } else if (outcome == TOUCH_FINE && value == watch->after) {
        watch->stage = 2;
    } else {
        counts.wrong++;
    }
}

void step_handle(const struct fault_frame *frame)
{
    counts.instructions++;
    step_count((const uint8_t *)frame->rip);
    if (watch_count == 0) {
        return;
    }
    /* What the CPU remembers must not hide what the tables say now. */
    hoist_write_cr3(hoist_read_cr3());
    for (unsigned i = 0; i < watch_count; i++) {
        step_look(&watches[i]);
    }
}

void step_start(void)
{
    counts = (struct step_counts){0};
    __asm__ volatile("pushfq\n\t"
                     "orq %0, (%%rsp)\n\t"
                     "popfq"
                     :
                     : "i"(STEP_FLAG)
                     : "cc", "memory");
}

const struct step_counts *step_stop(void)
{
    __asm__ volatile("pushfq\n\t"
                     "andq %0, (%%rsp)\n\t"
                     "popfq"
                     :
                     : "i"(~STEP_FLAG)
                     : "cc", "memory");
    return &counts;
}

void step_judge(const char *sentence, bool is_ok, const struct step_counts *found)
{
    expect(is_ok && found->wrong == 0 && found->instructions > 20,
           "%s (%lu instructions, %lu reads in between)%s", sentence, found->instructions,
           found->instructions * watch_count, is_ok ? "" : ", but it was refused");
    if (found->wrong != 0) {
        expect(false, "%lu reads in between find what must not be there", found->wrong);
    }
    watch_count = 0;
}

void step_expect_flush(void)
{
    expect(step_has_flushed(), "it flushes what it changed");
}
