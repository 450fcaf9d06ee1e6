/* SPDX-License-Identifier: BSD-2-Clause */
/* Which framebuffers are believed, by the memory map and the CPU's address width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "framebuffer.h"

#define PAGE UINT64_C(0x1000)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    struct hoist_framebuffer framebuffer;
    struct memory_range ranges[8];
    struct memory_map map;
    unsigned physical_bits;
    struct memory_range pages;
    struct problem problem;
};

static void add(struct fixture *f, uint64_t base, uint64_t end, enum memory_kind kind)
{
    assert_true(f->map.count < LENGTH(f->ranges));
    f->ranges[f->map.count++] = (struct memory_range){base, end - base, kind};
}

/* Memory to 1 GiB, of which one MiB from 512 MiB on is what the test says. */
static void begin(struct fixture *f, enum memory_kind kind)
{
    *f = (struct fixture){.physical_bits = 40};
    f->map = (struct memory_map){f->ranges, 0, LENGTH(f->ranges), 0};
    add(f, 0, PAGE, MEMORY_RESERVED);
    add(f, PAGE, 512 * MIB, MEMORY_FREE);
    add(f, 512 * MIB, 513 * MIB, kind);
    add(f, 513 * MIB, GIB, MEMORY_BOOT);
}

static bool is_believed(struct fixture *f, uint64_t base, uint64_t size_bytes)
{
    f->framebuffer.physical_base = base;
    f->framebuffer.size_bytes = size_bytes;
    f->problem = (struct problem){.kind = PROBLEM_NONE};
    return framebuffer_pages(&f->framebuffer, &f->map, f->physical_bits, &f->pages, &f->problem);
}

static void assert_pages(struct fixture *f, uint64_t base, uint64_t size_bytes, uint64_t pages_base,
                         uint64_t pages_end)
{
    assert_true(is_believed(f, base, size_bytes));
    assert_int_equal(f->pages.base, pages_base);
    assert_int_equal(f->pages.size_bytes, pages_end - pages_base);
    assert_int_equal(f->pages.kind, MEMORY_FRAMEBUFFER);
}

static void assert_refused(struct fixture *f, uint64_t base, uint64_t size_bytes,
                           const char *expected)
{
    char sentence[PROBLEM_SENTENCE_CAPACITY];

    assert_false(is_believed(f, base, size_bytes));
    problem_sentence(&f->problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, expected);
}

static void all_pages_that_hold_a_byte_of_it_are_its_pages(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_FREE);
    assert_pages(&f, 3 * GIB, PAGE, 3 * GIB, 3 * GIB + PAGE);
    assert_pages(&f, 3 * GIB, PAGE + 1, 3 * GIB, 3 * GIB + 2 * PAGE);
    assert_pages(&f, 3 * GIB, 1, 3 * GIB, 3 * GIB + PAGE);
    assert_pages(&f, 3 * GIB + 0x123, PAGE, 3 * GIB, 3 * GIB + 2 * PAGE);
    assert_pages(&f, 3 * GIB + 0xfff, 1, 3 * GIB, 3 * GIB + PAGE);
    assert_pages(&f, 3 * GIB + 0xfff, 2, 3 * GIB, 3 * GIB + 2 * PAGE);
}

static void it_may_lie_in_memory_that_nobody_uses_or_that_is_not_listed(void **state)
{
    static const enum memory_kind kinds[] = {MEMORY_FREE, MEMORY_BOOT, MEMORY_DEVICE,
                                             MEMORY_RESERVED};

    (void)state;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct fixture f;

        begin(&f, kinds[i]);
        assert_pages(&f, 512 * MIB, MIB, 512 * MIB, 513 * MIB);
        assert_pages(&f, 511 * MIB, 3 * MIB, 511 * MIB, 514 * MIB);
        assert_pages(&f, GIB - MIB, 2 * MIB, GIB - MIB, GIB + MIB);
        assert_pages(&f, 600 * GIB, 8 * MIB, 600 * GIB, 600 * GIB + 8 * MIB);
    }
}

static void it_may_not_lie_in_memory_of_another_use(void **state)
{
    static const enum memory_kind kinds[] = {
        MEMORY_LOADER,       MEMORY_KERNEL,       MEMORY_MODULE,
        MEMORY_PERSISTENT,   MEMORY_ACPI_TABLES,  MEMORY_ACPI_NVS,
        MEMORY_RUNTIME_DATA, MEMORY_RUNTIME_CODE, MEMORY_BAD};

    (void)state;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct fixture f;

        begin(&f, kinds[i]);
        assert_false(is_believed(&f, 513 * MIB - PAGE, 2 * PAGE));
        assert_int_equal(f.problem.kind, PROBLEM_SCREEN_IN_USE);
        assert_true(text_equals(f.problem.name, text_of(memory_kind_name(kinds[i]))));
        assert_int_equal(f.problem.numbers[0], 513 * MIB - PAGE);
        assert_int_equal(f.problem.numbers[1], 2 * PAGE);
        assert_int_equal(f.problem.numbers[2], 513 * MIB - PAGE);
    }
}

static void the_sentence_names_the_first_address_in_use(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_RUNTIME_CODE);
    assert_refused(&f, 500 * MIB, 100 * MIB,
                   "the screen is not used: its framebuffer at 0x1f400000 (100 MiB) would lie in "
                   "memory of another use, runtime code, at 0x20000000");
    assert_refused(&f, 512 * MIB + 5 * PAGE + 8, 16,
                   "the screen is not used: its framebuffer at 0x20005008 (16 bytes) would lie in "
                   "memory of another use, runtime code, at 0x20005000");
}

static void a_page_that_both_would_share_is_in_use(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_ACPI_NVS);
    assert_true(is_believed(&f, 511 * MIB, MIB));
    assert_true(is_believed(&f, 513 * MIB, MIB));
    assert_false(is_believed(&f, 511 * MIB + 1, MIB));
    assert_int_equal(f.problem.numbers[2], 512 * MIB);
    assert_false(is_believed(&f, 513 * MIB - 1, 2));
    assert_int_equal(f.problem.numbers[2], 513 * MIB - PAGE);
}

static void page_0_is_nobodys(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_FREE);
    assert_refused(&f, 0, MIB,
                   "the screen is not used: its framebuffer at 0x0 (1 MiB) would lie in memory of "
                   "another use, reserved, at 0x0");
    assert_refused(
        &f, 0xfff, 1,
        "the screen is not used: its framebuffer at 0xfff (1 byte) would lie in memory of "
        "another use, reserved, at 0x0");
    assert_pages(&f, PAGE, PAGE, PAGE, 2 * PAGE);
}

static void it_may_reach_to_the_end_of_the_address_width_and_not_beyond(void **state)
{
    (void)state;
    for (unsigned bits = 36; bits <= 52; bits++) {
        const uint64_t end = UINT64_C(1) << bits;
        struct fixture f;

        begin(&f, MEMORY_FREE);
        f.physical_bits = bits;
        assert_pages(&f, end - MIB, MIB, end - MIB, end);
        assert_pages(&f, end - 1, 1, end - PAGE, end);
        assert_false(is_believed(&f, end - MIB, MIB + 1));
        assert_int_equal(f.problem.kind, PROBLEM_SCREEN_BEYOND);
        assert_false(is_believed(&f, end, PAGE));
        assert_int_equal(f.problem.kind, PROBLEM_SCREEN_BEYOND);
        assert_false(is_believed(&f, UINT64_MAX - PAGE + 1, 2 * PAGE));
        assert_int_equal(f.problem.kind, PROBLEM_SCREEN_BEYOND);
    }
}

static void a_framebuffer_beyond_the_address_width_is_refused_by_its_numbers(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_FREE);
    assert_refused(
        &f, UINT64_C(1) << 40, 8 * MIB,
        "the screen is not used: its framebuffer at 0x10000000000 (8 MiB) does not fit into "
        "the 40 address bits of this CPU");
}

static void four_gigabytes_are_the_most(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MEMORY_FREE);
    assert_pages(&f, 8 * GIB, 4 * GIB, 8 * GIB, 12 * GIB);
    assert_refused(&f, 8 * GIB, 4 * GIB + 1,
                   "the screen is not used: its framebuffer at 0x200000000 would have 4294967297 "
                   "bytes, more than the 4 GiB allowed");
    assert_false(is_believed(&f, 8 * GIB, UINT64_MAX));
    assert_int_equal(f.problem.kind, PROBLEM_SCREEN_TOO_LARGE);
}

static void an_old_screen_below_1_mib_is_believed(void **state)
{
    struct fixture f;

    (void)state;
    f = (struct fixture){.physical_bits = 40};
    f.map = (struct memory_map){f.ranges, 0, LENGTH(f.ranges), 0};
    add(&f, 0, MIB, MEMORY_RESERVED);
    add(&f, MIB, GIB, MEMORY_FREE);
    assert_pages(&f, 0xa0000, 0x10000, 0xa0000, 0xb0000);
}

static void its_lines_and_its_size_follow_from_its_pixels(void **state)
{
    struct hoist_framebuffer screen = {
        .width_pixels = 800, .height_pixels = 600, .bits_per_pixel = 32};
    struct problem problem;

    (void)state;
    assert_true(framebuffer_measure(&screen, 1024, 1024 * 600 * 4, &problem));
    assert_int_equal(screen.pitch_bytes, 4096);
    assert_int_equal(screen.size_bytes, 1024 * 600 * 4);
    screen.bits_per_pixel = 24;
    assert_true(framebuffer_measure(&screen, 800, UINT64_MAX, &problem));
    assert_int_equal(screen.pitch_bytes, 2400);
    assert_false(framebuffer_measure(&screen, 800, 800 * 600 * 3 - 1, &problem));
    assert_int_equal(problem.kind, PROBLEM_SCREEN_SHORT);
    assert_int_equal(problem.numbers[0], 800 * 600 * 3);
    assert_int_equal(problem.numbers[1], 800 * 600 * 3 - 1);
}

static void a_shape_that_cannot_be_is_told_with_its_numbers(void **state)
{
    static const struct {
        uint32_t width, height, line;
        uint16_t bits;
    } all[] = {
        {0, 600, 800, 32},  {800, 0, 800, 32}, {800, 600, 799, 32},
        {800, 600, 800, 0}, {0, 0, 0, 32},     {800, 600, UINT32_MAX, 32},
    };
    char sentence[PROBLEM_SENTENCE_CAPACITY];
    struct problem problem;

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        struct hoist_framebuffer screen = {.width_pixels = all[i].width,
                                           .height_pixels = all[i].height,
                                           .bits_per_pixel = all[i].bits};

        assert_false(framebuffer_measure(&screen, all[i].line, UINT64_MAX, &problem));
        assert_int_equal(problem.kind, PROBLEM_SCREEN_SHAPE);
    }
    problem_sentence(&problem, sentence, sizeof(sentence));
    assert_string_equal(sentence, "the screen is not used: the firmware tells of 800 x 600 pixels "
                                  "of 32 bits in lines of 4294967295 pixels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pages_that_hold_a_byte_of_it_are_its_pages),
        cmocka_unit_test(it_may_lie_in_memory_that_nobody_uses_or_that_is_not_listed),
        cmocka_unit_test(it_may_not_lie_in_memory_of_another_use),
        cmocka_unit_test(the_sentence_names_the_first_address_in_use),
        cmocka_unit_test(a_page_that_both_would_share_is_in_use),
        cmocka_unit_test(page_0_is_nobodys),
        cmocka_unit_test(it_may_reach_to_the_end_of_the_address_width_and_not_beyond),
        cmocka_unit_test(a_framebuffer_beyond_the_address_width_is_refused_by_its_numbers),
        cmocka_unit_test(four_gigabytes_are_the_most),
        cmocka_unit_test(an_old_screen_below_1_mib_is_believed),
        cmocka_unit_test(its_lines_and_its_size_follow_from_its_pixels),
        cmocka_unit_test(a_shape_that_cannot_be_is_told_with_its_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
