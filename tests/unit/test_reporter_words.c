/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault in words: every kind of exception, error code and address, and lines that are full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "words.h"

#define PAGE          UINT64_C(4096)
#define KERNEL        UINT64_C(0xffffffff80000000)
#define STACK         UINT64_C(0xffffffff40001000)
#define HANDOFF       UINT64_C(0xffffffff40012000)
#define CR4_LA57      UINT64_C(0x1000)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct hoist_mapped_range mappings[] = {
    {STACK, 0x1000, 0x10000, HOIST_MAPPING_WRITE, 0, "stack"},
    {HANDOFF, 0x20000, 0x4000, 0, 0, "hand-off"},
    {KERNEL, 0x100000, 0x3000, HOIST_MAPPING_EXECUTE, 0, "kernel segment 0"},
    {KERNEL + 0x3000, 0x103000, 0x1000, HOIST_MAPPING_WRITE, 0, "kernel segment 1"},
    {UINT64_C(0xfffffffffffff000), 0x104000, PAGE, HOIST_MAPPING_WRITE, 0, "top"},
};

static const struct reporter_config config = {.mappings = mappings,
                                              .mapping_count = LENGTH(mappings),
                                              .stack_base = STACK,
                                              .stack_size_bytes = 0x10000};

static struct words_fault page_fault(uint64_t code, uint64_t cr2)
{
    return (struct words_fault){
        .vector = 14, .has_error_code = true, .error_code = code, .cr2 = cr2, .rip = KERNEL + 0x10};
}

static void assert_finding(const struct words_fault *fault, const char *expected)
{
    struct line line;

    line_start(&line);
    words_add_finding(&line, fault, &config);
    assert_string_equal(line.text, expected);
}

static void assert_page_fault(uint64_t code, uint64_t cr2, const char *expected)
{
    const struct words_fault fault = page_fault(code, cr2);
    char whole[LINE_CAPACITY] = "page fault (#PF): ";

    strcat(whole, expected);
    assert_finding(&fault, whole);
}

static void a_mapping_that_refuses_is_named_with_its_rights(void **state)
{
    (void)state;
    assert_page_fault(3, KERNEL, "write to read-only page of kernel segment 0 (r-x)");
    assert_page_fault(3, KERNEL + 0x2fff, "write to read-only page of kernel segment 0 (r-x)");
    assert_page_fault(3, HANDOFF + 8, "write to read-only page of hand-off (r--)");
    assert_page_fault(0x11, STACK, "execution of non-executable page of stack (rw-)");
    assert_page_fault(0x11, UINT64_C(0xffffffffffffffff),
                      "execution of non-executable page of top (rw-)");
}

static void what_the_list_does_not_explain_is_the_kernels_own_change(void **state)
{
    (void)state;
    assert_page_fault(0, HANDOFF,
                      "read from page of hand-off (r--), which is mapped no more: the kernel has "
                      "changed the tables");
    assert_page_fault(2, HANDOFF,
                      "write to page of hand-off (r--), which is mapped no more: the kernel has "
                      "changed the tables");
    assert_page_fault(3, STACK,
                      "write to page of stack (rw-), which allows that: the kernel has changed the "
                      "tables");
    assert_page_fault(0x11, KERNEL,
                      "execution of page of kernel segment 0 (r-x), which allows that: the kernel "
                      "has changed the tables");
    assert_page_fault(9, STACK,
                      "read from page of stack (rw-): a reserved bit is set in the tables");
    assert_page_fault(5, STACK, "read from page of stack (rw-): user code has no access");
}

static void an_address_in_no_mapping_is_told_with_the_reason(void **state)
{
    (void)state;
    assert_page_fault(0, 0, "read from 0000000000000000: null pointer");
    assert_page_fault(2, 0xfff, "write to 0000000000000fff: null pointer");
    assert_page_fault(0x10, 8, "execution at 0000000000000008: null pointer");
    assert_page_fault(0, 0x1000, "read from 0000000000001000: no mapping there");
    assert_page_fault(2, STACK - 1, "write to ffffffff40000fff: the guard page below the stack");
    assert_page_fault(2, STACK - PAGE, "write to ffffffff40000000: the guard page below the stack");
    assert_page_fault(2, STACK - PAGE - 1, "write to ffffffff3fffffff: no mapping there");
    assert_page_fault(0, STACK + 0x10000,
                      "read from ffffffff40011000: the guard page above the stack");
    assert_page_fault(0, KERNEL - 1, "read from ffffffff7fffffff: no mapping there");
    assert_page_fault(0, KERNEL + 0x4000, "read from ffffffff80004000: no mapping there");
}

static void without_nx_a_read_where_rip_is_was_an_execution(void **state)
{
    struct words_fault fault = page_fault(0, 0x20);

    (void)state;
    fault.rip = 0x20;
    assert_finding(&fault, "page fault (#PF): execution at 0000000000000020: null pointer");
    fault.error_code = 2;
    assert_finding(&fault, "page fault (#PF): write to 0000000000000020: null pointer");
}

static void a_protection_fault_names_a_register_that_is_no_address(void **state)
{
    struct words_fault fault = {.vector = 13, .has_error_code = true, .rip = KERNEL};

    (void)state;
    assert_finding(&fault,
                   "general protection fault (#GP): an instruction or an operand that is not "
                   "allowed");
    fault.registers[WORDS_R15] = UINT64_C(0x0000800000000000);
    assert_finding(&fault, "general protection fault (#GP): perhaps the non-canonical address "
                           "0000800000000000 in R15");
    fault.registers[WORDS_RSP] = UINT64_C(0xffff7fffffffffff);
    fault.registers[WORDS_R15] = UINT64_C(0x00007fffffffffff);
    fault.vector = 12;
    assert_finding(&fault,
                   "stack fault (#SS): perhaps the non-canonical address ffff7fffffffffff in RSP");
    fault.registers[WORDS_CR4] = CR4_LA57;
    assert_finding(&fault, "stack fault (#SS): an instruction or an operand that is not allowed");
    fault.rip = UINT64_C(0x0100000000000000);
    assert_finding(&fault, "stack fault (#SS): execution at a non-canonical address");
    fault.error_code = 0x50;
    assert_finding(&fault, "stack fault (#SS): a descriptor that cannot be used");
}

static void every_vector_has_a_name(void **state)
{
    static const char *const names[] = {
        "divide error (#DE): division by zero, or a quotient that is too large",
        "debug exception (#DB)",
        "non-maskable interrupt (NMI): the machine asks for attention; no instruction is to blame",
        "breakpoint (#BP)",
        "overflow (#OF)",
        "bound range exceeded (#BR)",
        "invalid opcode (#UD): no instruction, or one that is off (SSE needs CR4.OSFXSR)",
        "device not available (#NM): x87 or SSE, and CR0.EM or CR0.TS is set",
        "double fault (#DF): by an INT instruction, for there is no error code",
        "coprocessor overrun",
        "invalid TSS (#TS): by an INT instruction, for there is no error code",
        "segment not present (#NP): by an INT instruction, for there is no error code",
        "stack fault (#SS): by an INT instruction, for there is no error code",
        "general protection fault (#GP): by an INT instruction, for there is no error code",
        "page fault (#PF): by an INT instruction, for there is no error code",
        "reserved exception",
        "x87 error (#MF)",
        "alignment check (#AC): by an INT instruction, for there is no error code",
        "machine check (#MC): the hardware has found an error of its own",
        "SIMD error (#XM)",
        "virtualization exception (#VE)",
        "control protection fault (#CP)",
        "reserved exception",
    };

    (void)state;
    for (uint32_t vector = 0; vector < REPORTER_VECTORS; vector++) {
        const struct words_fault fault = {.vector = vector};

        assert_finding(&fault, names[vector < LENGTH(names) ? vector : LENGTH(names) - 1]);
    }
    assert_finding(&(struct words_fault){.vector = 8, .has_error_code = true},
                   "double fault (#DF): a fault, and another one while it was delivered");
}

static void an_error_code_is_told_bit_by_bit(void **state)
{
    static const struct {
        uint32_t vector;
        uint64_t code;
        const char *words;
    } all[] = {
        {14, 0, "0: page not present, read, supervisor"},
        {14, 3, "3: page present, write, supervisor"},
        {14, 0x14, "14: page not present, instruction fetch, user"},
        {14, 0x6b,
         "6b: page present, write, supervisor, reserved bit set, protection key, shadow stack"},
        {13, 0, "0: no descriptor"},
        {13, 0x282, "282: vector 50 of the IDT"},
        {11, 0x1b, "1b: vector 3 of the IDT, while an event was delivered"},
        {10, 0x50, "50: selector 50 of the GDT"},
        {12, 0x5d, "5d: selector 58 of the LDT, while an event was delivered"},
        {8, 0, "0"},
        {17, 0, "0"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        const struct words_fault fault = {
            .vector = all[i].vector, .has_error_code = true, .error_code = all[i].code};
        struct line line;

        line_start(&line);
        words_add_error_code(&line, &fault);
        assert_string_equal(line.text, all[i].words);
    }
}

static void an_address_is_told_by_its_mapping_and_offset(void **state)
{
    const struct words_fault fault = {0};
    struct line line;

    (void)state;
    line_start(&line);
    words_add_place(&line, KERNEL + 0x2abc, &fault, &config);
    line_add(&line, "|");
    words_add_place(&line, UINT64_C(0x8000000000000000), &fault, &config);
    line_add(&line, "|");
    words_add_place(&line, KERNEL + 0x4000, &fault, &config);
    assert_string_equal(line.text,
                        "kernel segment 0 (r-x) + 2abc|non-canonical address|no mapping there");
}

static void a_line_that_is_full_is_cut_and_terminated(void **state)
{
    struct line line;

    (void)state;
    line_start(&line);
    assert_string_equal(line.text, "");
    for (unsigned i = 0; i < LINE_CAPACITY; i++) {
        line_add(&line, "ab");
        line_add_hex(&line, i, 3);
    }
    line_pad(&line, LINE_CAPACITY + 5);
    assert_int_equal(line.length, LINE_CAPACITY - 1);
    assert_int_equal(strlen(line.text), LINE_CAPACITY - 1);
}

static void numbers_have_at_least_the_digits_that_are_asked_for(void **state)
{
    struct line line;

    (void)state;
    line_start(&line);
    line_add_hex(&line, 0, 1);
    line_add(&line, " ");
    line_add_hex(&line, 0xabc, 1);
    line_add(&line, " ");
    line_add_hex(&line, 0xabc, 5);
    line_add(&line, " ");
    line_add_hex(&line, UINT64_C(0x8000000000000000), 2);
    line_pad(&line, 32);
    line_add(&line, ".");
    assert_string_equal(line.text, "0 abc 00abc 8000000000000000    .");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_that_refuses_is_named_with_its_rights),
        cmocka_unit_test(what_the_list_does_not_explain_is_the_kernels_own_change),
        cmocka_unit_test(an_address_in_no_mapping_is_told_with_the_reason),
        cmocka_unit_test(without_nx_a_read_where_rip_is_was_an_execution),
        cmocka_unit_test(a_protection_fault_names_a_register_that_is_no_address),
        cmocka_unit_test(every_vector_has_a_name),
        cmocka_unit_test(an_error_code_is_told_bit_by_bit),
        cmocka_unit_test(an_address_is_told_by_its_mapping_and_offset),
        cmocka_unit_test(a_line_that_is_full_is_cut_and_terminated),
        cmocka_unit_test(numbers_have_at_least_the_digits_that_are_asked_for),
    };

    return cmocka_run_group_tests_name("the fault reporter's words", tests, NULL, NULL);
}
