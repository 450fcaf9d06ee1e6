/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cpu.h does to the CPU, without one that would let us: privileged instructions trap, and the
 * handler carries them out on pretended registers and keeps a list.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include <cmocka.h>

#include "cpu.h"
#include "paging_fixture.h"

#define PGE          BIT(7)
#define EVENTS_LIMIT 64u

enum event_kind { WRITE_CR3, WRITE_CR4, INVLPG };

struct event {
    enum event_kind kind;
    uint64_t value;
};

static struct {
    uint64_t cr3;
    uint64_t cr4;
    struct event events[EVENTS_LIMIT];
    unsigned event_count;
} cpu;

/* General registers in the order in which instructions number them. */
static const int general[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                REG_R12, REG_R13, REG_R14, REG_R15};

static void note(enum event_kind kind, uint64_t value)
{
    if (cpu.event_count == EVENTS_LIMIT) {
        abort();
    }
    cpu.events[cpu.event_count++] = (struct event){kind, value};
}

static void write_control(unsigned number, uint64_t value)
{
    *(number == 3 ? &cpu.cr3 : &cpu.cr4) = value;
    note(number == 3 ? WRITE_CR3 : WRITE_CR4, value);
}

/* The length of the operand of invlpg, a register that points there, after its first byte. */
static unsigned more_of_operand(uint8_t modrm)
{
    const unsigned sib = (modrm & 7) == 4 ? 1 : 0;

    /* With mod 1 there is a byte to be added: zero, where compilers need it at all. */
    return sib + (modrm >> 6 == 1 ? 1 : 0);
}

/* SDM volume 2: MOV to and from control registers, INVLPG. Anything else is a crash. */
static void carry_out(int number, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uint8_t *code = (const uint8_t *)registers[REG_RIP];
    unsigned extended = 0;
    unsigned operand;

    (void)info;
    if ((*code & 0xf0) == 0x40) {
        extended = (*code & 1) != 0 ? 8 : 0;
        code++;
    }
    operand = (code[2] & 7) + extended;
    if (code[0] == 0x0f && code[1] == 0x20) {
        registers[general[operand]] = (greg_t)((code[2] >> 3 & 7) == 3 ? cpu.cr3 : cpu.cr4);
    } else if (code[0] == 0x0f && code[1] == 0x22) {
        write_control(code[2] >> 3 & 7, (uint64_t)registers[general[operand]]);
    } else if (code[0] == 0x0f && code[1] == 0x01 && (code[2] >> 3 & 7) == 7) {
        note(INVLPG, (uint64_t)registers[general[operand]]);
        code += more_of_operand(code[2]);
    } else {
        signal(number, SIG_DFL);
        return;
    }
    registers[REG_RIP] = (greg_t)(uintptr_t)(code + 3);
}

static void begin_cpu(uint64_t cr3, uint64_t cr4)
{
    struct sigaction action = {0};

    action.sa_sigaction = carry_out;
    action.sa_flags = SA_SIGINFO;
    assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
    cpu.cr3 = cr3;
    cpu.cr4 = cr4;
    cpu.event_count = 0;
}

static void assert_event(unsigned n, enum event_kind kind, uint64_t value)
{
    assert_true(n < cpu.event_count);
    assert_int_equal(cpu.events[n].kind, kind);
    assert_int_equal(cpu.events[n].value, value);
}

static struct hoist_flush pages(uint64_t va, uint64_t count, uint64_t bytes)
{
    struct hoist_flush flush = {0};

    flush.ranges[0] = (struct hoist_flush_range){va, count, bytes};
    flush.range_count = 1;
    return flush;
}

static void the_root_of_this_cpu_is_cr3_without_its_flags(void **state)
{
    (void)state;
    begin_cpu(UINT64_C(0xfffffffffffff018), 0);
    assert_int_equal(hoist_root_of_this_cpu().pa, UINT64_C(0x000ffffffffff000));
    begin_cpu(0x1fff, 0);
    assert_int_equal(hoist_root_of_this_cpu().pa, 0x1000);
    assert_int_equal(cpu.event_count, 0);
}

static void a_root_is_in_use_where_cr3_holds_it(void **state)
{
    (void)state;
    begin_cpu(0x5018, 0);
    assert_true(hoist_is_root_of_this_cpu(NULL, (struct hoist_frame_4k){0x5000}));
    assert_false(hoist_is_root_of_this_cpu(NULL, (struct hoist_frame_4k){0x6000}));
}

static void activate_loads_the_root_alone_into_cr3(void **state)
{
    struct fixture *f = *state;

    begin_cpu(0x5018, PGE);
    assert_int_equal(hoist_activate(&f->space), HOIST_NOT_MAPPED);
    assert_int_equal(cpu.event_count, 0);
    assert_int_equal(put_4k(f, 0, 0, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(hoist_activate(&f->space), HOIST_OK);
    assert_int_equal(cpu.event_count, 1);
    assert_event(0, WRITE_CR3, root_pa(f));
}

static void few_pages_are_flushed_one_by_one(void **state)
{
    struct hoist_flush flush = pages(HALF, 2, 2 * MIB);

    (void)state;
    flush.ranges[1] = (struct hoist_flush_range){0x7000, 1, 4 * KIB};
    flush.ranges[2] = (struct hoist_flush_range){0x9000, 7, 4 * KIB};
    flush.range_count = 2;
    begin_cpu(0x5018, PGE);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 3);
    assert_event(0, INVLPG, HALF);
    assert_event(1, INVLPG, HALF + 2 * MIB);
    assert_event(2, INVLPG, 0x7000);
}

static void global_pages_are_flushed_one_by_one_too(void **state)
{
    struct hoist_flush flush = pages(0x7000, 1, 4 * KIB);

    (void)state;
    flush.has_global = true;
    begin_cpu(0x5018, PGE);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 1);
    assert_event(0, INVLPG, 0x7000);
}

static void thirty_two_pages_are_few_and_one_more_is_many(void **state)
{
    struct hoist_flush flush = pages(0x7000, 32, 4 * KIB);

    (void)state;
    begin_cpu(0x5018, PGE);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 32);
    assert_event(31, INVLPG, 0x7000 + 31 * 4 * KIB);
    flush.ranges[0].page_count = 33;
    begin_cpu(0x5018, PGE);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 1);
    assert_event(0, WRITE_CR3, 0x5018);
}

static void many_pages_with_a_global_one_switch_pge_off_and_on(void **state)
{
    struct hoist_flush flush = pages(0x7000, 33, 4 * KIB);

    (void)state;
    flush.has_global = true;
    begin_cpu(0x5018, PGE | 0x620);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 2);
    assert_event(0, WRITE_CR4, 0x620);
    assert_event(1, WRITE_CR4, PGE | 0x620);
}

static void everything_is_flushed_by_pge_or_cr3(void **state)
{
    struct hoist_flush flush = {0};

    (void)state;
    flush.is_everything = true;
    begin_cpu(0x5018, PGE | 0x620);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 2);
    assert_event(0, WRITE_CR4, 0x620);
    assert_event(1, WRITE_CR4, PGE | 0x620);
    begin_cpu(0x5018, 0x660);
    hoist_flush_this_cpu(NULL, &flush);
    assert_int_equal(cpu.event_count, 1);
    assert_event(0, WRITE_CR3, 0x5018);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_of_this_cpu_is_cr3_without_its_flags),
        cmocka_unit_test(a_root_is_in_use_where_cr3_holds_it),
        test_of(activate_loads_the_root_alone_into_cr3),
        cmocka_unit_test(few_pages_are_flushed_one_by_one),
        cmocka_unit_test(global_pages_are_flushed_one_by_one_too),
        cmocka_unit_test(thirty_two_pages_are_few_and_one_more_is_many),
        cmocka_unit_test(many_pages_with_a_global_one_switch_pge_off_and_on),
        cmocka_unit_test(everything_is_flushed_by_pge_or_cr3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
