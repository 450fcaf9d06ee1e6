/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image that the segments of an ELF file make together: what a good kernel comes out as, where
 * segments are in each other's way, and kernels made at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_fixture.h"

static void a_good_kernel_is_read_as_it_was_built(void **state)
{
    (void)state;
    assert_accepted();
    assert_int_equal(image.entry, BUILDER_BASE + 0x10);
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x5000);
    assert_int_equal(image.alignment_bytes, 0x1000);
    assert_int_equal(image.segment_count, 3);
    assert_int_equal(image.segments[0].va, BUILDER_BASE);
    assert_int_equal(image.segments[0].size_bytes, 0x800);
    assert_int_equal(image.segments[0].file_offset_bytes, 0x1000);
    assert_int_equal(image.segments[0].file_size_bytes, 0x800);
    assert_true(image.segments[0].executable && !image.segments[0].writable);
    assert_true(!image.segments[1].executable && !image.segments[1].writable);
    assert_true(!image.segments[2].executable && image.segments[2].writable);
    assert_int_equal(image.segments[2].size_bytes, 0x2345);
    assert_int_equal(image.segments[2].file_size_bytes, 0x100);
    assert_int_equal(image.segments[2].index, 2);
}

static void segments_out_of_order_come_out_sorted(void **state)
{
    (void)state;
    elf_builder_segment(
        &kernel, 0,
        (struct elf_builder_segment){P_R | P_W, 0x3000, BUILDER_BASE + 0x5000, 1, 1, 0x1000});
    elf_builder_segment(
        &kernel, 1, (struct elf_builder_segment){P_R, 0x1000, BUILDER_BASE + 0x3000, 1, 1, 0x1000});
    elf_builder_segment(
        &kernel, 2,
        (struct elf_builder_segment){P_R | P_X, 0x2000, BUILDER_BASE, 0x20, 0x20, 0x1000});
    assert_accepted();
    assert_int_equal(image.segments[0].index, 2);
    assert_int_equal(image.segments[1].index, 1);
    assert_int_equal(image.segments[2].index, 0);
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x6000);
}

static void the_image_spans_whole_pages_around_odd_addresses(void **state)
{
    (void)state;
    one_segment(
        (struct elf_builder_segment){P_R | P_X, 0x1fff, BUILDER_BASE + 0xfff, 2, 2, 0x1000});
    assert_accepted();
    assert_int_equal(image.va_base, BUILDER_BASE);
    assert_int_equal(image.size_bytes, 0x2000);
    one_segment(
        (struct elf_builder_segment){P_R | P_X, 0x1fff, BUILDER_BASE + 0xfff, 1, 1, 0x1000});
    assert_accepted();
    assert_int_equal(image.size_bytes, 0x1000);
}

static void the_largest_alignment_counts_from_4k_to_1g(void **state)
{
    (void)state;
    one_segment((struct elf_builder_segment){P_R | P_X, 0, BUILDER_BASE, 0x100, 0x100, 0x10});
    assert_accepted();
    assert_int_equal(image.alignment_bytes, 0x1000);
    put_field(0, P_ALIGN, 0x200000);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, 0x200000);
    put_field(0, P_ALIGN, UINT64_C(1) << 30);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, UINT64_C(1) << 30);
    put_field(0, P_ALIGN, UINT64_C(1) << 31);
    assert_accepted();
    assert_int_equal(image.alignment_bytes, UINT64_C(1) << 30);
}

static void neighbours_may_touch_but_not_overlap(void **state)
{
    (void)state;
    put_field(0, P_MEMSZ, 0x1000);
    assert_accepted();
    put_field(0, P_MEMSZ, 0x1001);
    assert_refused(PROBLEM_ELF_OVERLAP, 0, 1, BUILDER_BASE + 0x1000, 0);
}

static void a_segment_inside_another_overlaps_it(void **state)
{
    (void)state;
    put_field(2, P_VADDR, BUILDER_BASE + 0x1000);
    put_field(2, P_OFFSET, 0x3000);
    assert_refused(PROBLEM_ELF_OVERLAP, 1, 2, BUILDER_BASE + 0x1000, 0);
    elf_builder_kernel(&kernel);
    put_field(0, P_MEMSZ, 0x100000);
    put_field(2, P_MEMSZ, 0x1);
    put_field(2, P_FILESZ, 0x1);
    assert_refused(PROBLEM_ELF_OVERLAP, 0, 1, BUILDER_BASE + 0x1000, 0);
}

static void different_rights_may_not_share_a_page_but_equal_ones_may(void **state)
{
    (void)state;
    put_field(1, P_ALIGN, 1);
    put_field(1, P_VADDR, BUILDER_BASE + 0x800);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 0, 1, BUILDER_BASE, 0);
    put_field(1, P_VADDR, BUILDER_BASE + 0xfff);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 0, 1, BUILDER_BASE, 0);
    put_field(1, P_FLAGS, P_R | P_X);
    put_field(1, P_VADDR, BUILDER_BASE + 0x800);
    assert_accepted();
    assert_int_equal(image.segment_count, 3);
}

static void a_last_byte_on_a_page_of_other_rights_is_enough_to_be_refused(void **state)
{
    (void)state;
    put_field(2, P_ALIGN, 1);
    put_field(2, P_VADDR, BUILDER_BASE + 0x2001);
    assert_accepted();
    put_field(1, P_MEMSZ, 0x1001);
    assert_refused(PROBLEM_ELF_RIGHTS_ON_PAGE, 1, 2, BUILDER_BASE + 0x2000, 0);
}

static void the_entry_lies_inside_an_executable_segment(void **state)
{
    static const uint64_t good[] = {BUILDER_BASE, BUILDER_BASE + 0x7ff};
    static const uint64_t bad[] = {0,
                                   BUILDER_BASE - 1,
                                   BUILDER_BASE + 0x800,
                                   BUILDER_BASE + 0x1000,
                                   BUILDER_BASE + 0x2000,
                                   UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        put(E_ENTRY, 8, good[i]);
        assert_accepted();
        assert_int_equal(image.entry, good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        put(E_ENTRY, 8, bad[i]);
        assert_refused(PROBLEM_ELF_ENTRY, bad[i], 0, 0, 0);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Segments upwards from a random place, a random number of pages apart, their headers in a random
 * order. */
static void build_random_kernel(uint64_t *seed)
{
    unsigned count = 1 + (unsigned)(next_random(seed) % 64);
    unsigned first = (unsigned)(next_random(seed) % count);
    uint64_t va = UPPER + (next_random(seed) % (UINT64_C(1) << 46) & ~UINT64_C(0xfff));

    elf_builder_header(&kernel, count, va);
    for (unsigned i = 0; i < count; i++) {
        static const uint32_t rights[] = {P_R | P_X, P_R, P_R | P_W};
        uint64_t inset = i == 0 ? 0 : next_random(seed) % 0x1000;
        uint64_t size = 1 + next_random(seed) % 0x5000;
        uint64_t file_size = next_random(seed) % 0x3000 % (size + 1);

        elf_builder_segment(&kernel, (first + i) % count,
                            (struct elf_builder_segment){
                                .flags = rights[i == 0 ? 0 : next_random(seed) % 3],
                                .offset = 0x1000 + inset,
                                .va = va + inset,
                                .file_size = file_size,
                                .size = size,
                                .alignment = UINT64_C(1) << (next_random(seed) % 13),
                            });
        va = (va + inset + size + 0xfff) & ~UINT64_C(0xfff);
        va += next_random(seed) % 4 * 0x1000;
    }
    kernel.size_bytes = 0x1000 + 0x1000 + 0x3000;
}

static void random_valid_kernels_pass_and_come_out_sorted(void **state)
{
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

    (void)state;
    for (int round = 0; round < 2000; round++) {
        build_random_kernel(&seed);
        assert_accepted();
        for (size_t i = 1; i < image.segment_count; i++) {
            assert_true(image.segments[i - 1].va + image.segments[i - 1].size_bytes <=
                        image.segments[i].va);
        }
        assert_int_equal(image.va_base, image.segments[0].va);
        assert_int_equal(image.entry, image.va_base);
        assert_int_equal(image.size_bytes % 0x1000, 0);
    }
}

static void every_single_bit_changed_is_accepted_or_refused_with_a_sentence(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < (64 + 3 * 56) * 8; bit++) {
        elf_builder_kernel(&kernel);
        kernel.bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
        if (!read_kernel()) {
            char sentence[PROBLEM_SENTENCE_CAPACITY];

            assert_int_not_equal(problem.kind, PROBLEM_NONE);
            assert_true(problem_sentence(&problem, sentence, sizeof(sentence)) > 20);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(a_good_kernel_is_read_as_it_was_built),
        ELF_TEST(segments_out_of_order_come_out_sorted),
        ELF_TEST(the_image_spans_whole_pages_around_odd_addresses),
        ELF_TEST(the_largest_alignment_counts_from_4k_to_1g),
        ELF_TEST(neighbours_may_touch_but_not_overlap),
        ELF_TEST(a_segment_inside_another_overlaps_it),
        ELF_TEST(different_rights_may_not_share_a_page_but_equal_ones_may),
        ELF_TEST(a_last_byte_on_a_page_of_other_rights_is_enough_to_be_refused),
        ELF_TEST(the_entry_lies_inside_an_executable_segment),
        ELF_TEST(random_valid_kernels_pass_and_come_out_sorted),
        ELF_TEST(every_single_bit_changed_is_accepted_or_refused_with_a_sentence),
    };

    return cmocka_run_group_tests_name("elf image", tests, NULL, NULL);
}
