/* SPDX-License-Identifier: BSD-2-Clause */
/* What is found in an image, what is refused, and what is written into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "requests.h"

#define BASE   UINT64_C(0xffffffff80000000)
#define WORDS  512u /* one page: the file fills the first half of it */
#define FILLED (WORDS * 4)

struct fixture {
    uint64_t *words; /* on the heap, so that the sanitizer sees what lies beyond */
    struct elf_image elf;
    struct limine_image image;
    struct limine_requests requests;
    struct problem problem;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->words = calloc(WORDS, sizeof(*f->words));
    assert_non_null(f->words);
    f->elf = (struct elf_image){
        .va_base = BASE,
        .size_bytes = WORDS * 8,
        .segment_count = 1,
        .segments = {{.va = BASE, .size_bytes = WORDS * 8, .file_size_bytes = FILLED}}};
    f->image = (struct limine_image){
        .name = text_of("/k"), .elf = &f->elf, .memory = (unsigned char *)f->words};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    free(f->words);
    free(f);
    return 0;
}

static void put(struct fixture *f, size_t at, const uint64_t *words, size_t count)
{
    memcpy(&f->words[at], words, count * sizeof(*words));
}

#define PUT(f, at, ...) \
    put(f, at, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / 8)

static void put_tag(struct fixture *f, size_t at, uint64_t revision)
{
    PUT(f, at, LIMINE_TAG_0, LIMINE_TAG_1, revision);
}

static void put_start(struct fixture *f, size_t at)
{
    PUT(f, at, LIMINE_START_0, LIMINE_START_1, LIMINE_START_2, LIMINE_START_3);
}

static void put_hhdm(struct fixture *f, size_t at)
{
    PUT(f, at, LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_HHDM_2, LIMINE_HHDM_3, 0, 0);
}

static bool find(struct fixture *f)
{
    memset(&f->requests, 0xa5, sizeof(f->requests));
    memset(&f->problem, 0, sizeof(f->problem));
    return limine_find_requests(&f->image, &f->requests, &f->problem);
}

static void assert_refused(struct fixture *f, enum problem_kind kind, const char *other,
                           uint64_t first, uint64_t second)
{
    assert_false(find(f));
    assert_int_equal(f->problem.kind, kind);
    assert_true(text_equals(f->problem.name, text_of("/k")));
    assert_true(text_equals(f->problem.other, text_of(other)));
    assert_int_equal(f->problem.numbers[0], first);
    assert_int_equal(f->problem.numbers[1], second);
}

static void an_image_without_anything_is_of_revision_0(void **state)
{
    struct fixture *f = *state;

    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 0);
    assert_null(f->requests.tag);
    for (unsigned i = 0; i < LIMINE_FEATURE_COUNT; i++) {
        assert_null(f->requests.asked[i]);
    }
}

static void the_tag_is_answered(void **state)
{
    struct fixture *f = *state;

    for (uint64_t revision = 0; revision <= 6; revision++) {
        put_tag(f, 5, revision);
        assert_true(find(f));
        assert_int_equal(f->requests.base_revision, revision);
        assert_ptr_equal(f->requests.tag, &f->words[5]);
        assert_int_equal(f->words[6], revision);
        assert_int_equal(f->words[7], 0);
    }
}

static void a_newer_revision_is_refused_or_booted_with_the_newest_as_wished(void **state)
{
    struct fixture *f = *state;

    put_tag(f, 0, 7);
    assert_refused(f, PROBLEM_LIMINE_REVISION, "base revision", 7, 6);
    assert_int_equal(f->words[1], LIMINE_TAG_1);
    assert_int_equal(f->words[2], 7);
    f->image.takes_newer = true;
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 6);
    assert_int_equal(f->words[1], 6);
    assert_int_equal(f->words[2], 7);
    put_tag(f, 0, UINT64_MAX);
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 6);
}

static void every_request_is_found_where_it_is(void **state)
{
    static const uint64_t ids[][2] = {
        {LIMINE_BOOTLOADER_INFO_2, LIMINE_BOOTLOADER_INFO_3},
        {LIMINE_EXECUTABLE_CMDLINE_2, LIMINE_EXECUTABLE_CMDLINE_3},
        {LIMINE_FIRMWARE_TYPE_2, LIMINE_FIRMWARE_TYPE_3},
        {LIMINE_STACK_SIZE_2, LIMINE_STACK_SIZE_3},
        {LIMINE_HHDM_2, LIMINE_HHDM_3},
        {LIMINE_FRAMEBUFFER_2, LIMINE_FRAMEBUFFER_3},
        {LIMINE_PAGING_MODE_2, LIMINE_PAGING_MODE_3},
        {LIMINE_MP_2, LIMINE_MP_3},
        {LIMINE_MEMMAP_2, LIMINE_MEMMAP_3},
        {LIMINE_ENTRY_POINT_2, LIMINE_ENTRY_POINT_3},
        {LIMINE_EXECUTABLE_FILE_2, LIMINE_EXECUTABLE_FILE_3},
        {LIMINE_MODULE_2, LIMINE_MODULE_3},
        {LIMINE_RSDP_2, LIMINE_RSDP_3},
        {LIMINE_SMBIOS_2, LIMINE_SMBIOS_3},
        {LIMINE_EFI_SYSTEM_TABLE_2, LIMINE_EFI_SYSTEM_TABLE_3},
        {LIMINE_EFI_MEMMAP_2, LIMINE_EFI_MEMMAP_3},
        {LIMINE_DATE_AT_BOOT_2, LIMINE_DATE_AT_BOOT_3},
        {LIMINE_EXECUTABLE_ADDRESS_2, LIMINE_EXECUTABLE_ADDRESS_3},
        {LIMINE_PERFORMANCE_2, LIMINE_PERFORMANCE_3},
        {LIMINE_KEEP_IOMMU_2, LIMINE_KEEP_IOMMU_3},
        {LIMINE_TSC_FREQUENCY_2, LIMINE_TSC_FREQUENCY_3},
        {LIMINE_ENTROPY_2, LIMINE_ENTROPY_3},
    };
    struct fixture *f = *state;

    for (unsigned i = 0; i < LIMINE_FEATURE_COUNT; i++) {
        PUT(f, 10 * i + 3, LIMINE_COMMON_0, LIMINE_COMMON_1, ids[i][0], ids[i][1], i, 0);
    }
    assert_true(find(f));
    for (unsigned i = 0; i < LIMINE_FEATURE_COUNT; i++) {
        assert_ptr_equal(f->requests.asked[i], &f->words[10 * i + 3]);
        assert_int_equal(f->requests.asked[i]->revision, i);
        assert_true(limine_feature_name(i)[0] != '\0');
    }
}

static void a_request_of_an_unknown_kind_is_passed_over(void **state)
{
    struct fixture *f = *state;

    PUT(f, 0, LIMINE_COMMON_0, LIMINE_COMMON_1, 1, 2, 0, 0);
    PUT(f, 8, LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_HHDM_2, 2, 0, 0);
    PUT(f, 16, LIMINE_COMMON_0, 0, LIMINE_HHDM_2, LIMINE_HHDM_3, 0, 0);
    assert_true(find(f));
    assert_null(f->requests.asked[LIMINE_HHDM]);
}

static void what_is_there_twice_is_refused_with_both_addresses(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, 10);
    put_hhdm(f, 30);
    assert_refused(f, PROBLEM_LIMINE_TWICE, "HHDM", BASE + 80, BASE + 240);
    f->words[30] = 0;
    put_tag(f, 40, 3);
    put_tag(f, 50, 3);
    assert_refused(f, PROBLEM_LIMINE_TWICE, "base revision", BASE + 320, BASE + 400);
}

static void only_what_is_between_the_markers_counts(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, 0);
    put_tag(f, 8, 2);
    put_start(f, 16);
    put_tag(f, 20, 3);
    put_hhdm(f, 24);
    PUT(f, 40, LIMINE_END_0, LIMINE_END_1);
    put_hhdm(f, 44);
    put_tag(f, 52, 4);
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 3);
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[24]);
    assert_int_equal(f->words[10], 2);
    assert_int_equal(f->words[54], 4);
}

static void the_last_start_and_the_first_end_count(void **state)
{
    struct fixture *f = *state;

    put_start(f, 0);
    put_tag(f, 4, 2);
    put_start(f, 8);
    put_tag(f, 12, 4);
    PUT(f, 16, LIMINE_END_0, LIMINE_END_1);
    put_start(f, 20);
    put_tag(f, 24, 5);
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 4);
    /* Nor does it matter what is there twice before. */
    put_tag(f, 0, 3);
    put_start(f, 8);
    memset(&f->words[3], 0, 40);
    put_tag(f, 12, 4);
    put_tag(f, 4, 2);
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 4);
    /* Halves of markers are none. */
    memset(f->words, 0, WORDS * 8);
    put_tag(f, 0, 1);
    PUT(f, 8, LIMINE_START_0, LIMINE_START_1, LIMINE_START_2, 0);
    PUT(f, 12, LIMINE_END_0, 0);
    put_hhdm(f, 16);
    assert_true(find(f));
    assert_int_equal(f->requests.base_revision, 1);
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[16]);
}

static void a_request_at_no_multiple_of_8_is_none(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, 2);
    memmove((char *)&f->words[2] + 4, &f->words[2], 48);
    f->words[2] &= UINT64_C(0xffffffff00000000);
    assert_true(find(f));
    assert_null(f->requests.asked[LIMINE_HHDM]);
}

static void only_what_the_file_fills_is_searched(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, FILLED / 8);
    assert_true(find(f));
    assert_null(f->requests.asked[LIMINE_HHDM]);
    memset(f->words, 0, WORDS * 8);
    put_hhdm(f, FILLED / 8 - 1);
    assert_true(find(f));
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[FILLED / 8 - 1]);
}

static void a_request_that_the_image_ends_in_is_refused(void **state)
{
    struct fixture *f = *state;
    const size_t last = WORDS - 6;

    f->elf.segments[0].file_size_bytes = WORDS * 8;
    put_hhdm(f, last);
    assert_true(find(f));
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[last]);
    PUT(f, last, LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_MP_2, LIMINE_MP_3, 0, 0);
    assert_refused(f, PROBLEM_LIMINE_CUT, "multiprocessor", BASE + last * 8, 56);
    /* Members of a later revision count only for who has it. */
    PUT(f, last, LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_MODULE_2, LIMINE_MODULE_3, 0, 0);
    assert_true(find(f));
    f->words[last + 4] = 1;
    assert_refused(f, PROBLEM_LIMINE_CUT, "module", BASE + last * 8, 64);
    memset(f->words, 0, WORDS * 8);
    for (size_t left = 1; left < 6; left++) {
        static const uint64_t hhdm[] = {LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_HHDM_2,
                                        LIMINE_HHDM_3, 0};

        put(f, WORDS - left, hhdm, left);
        assert_true(find(f));
        assert_null(f->requests.asked[LIMINE_HHDM]);
    }
}

static void revision_0_may_have_a_list(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, 10);
    put_hhdm(f, 20); /* not in the list, and so not there */
    PUT(f, 30, LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_RSDP_2, LIMINE_RSDP_3, 0, 0);
    PUT(f, 400, BASE + 80, BASE + 240, 0, BASE + 160);
    f->image.list = (struct elf_range){BASE + 3200, 32};
    assert_true(find(f));
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[10]);
    assert_ptr_equal(f->requests.asked[LIMINE_RSDP], &f->words[30]);
    /* Without a zero it ends with its section. */
    f->words[402] = 0;
    f->image.list.size_bytes = 8;
    assert_true(find(f));
    assert_null(f->requests.asked[LIMINE_RSDP]);
    put_tag(f, 40, 0);
    assert_true(find(f));
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[10]);
    assert_ptr_equal(f->requests.tag, &f->words[40]);
}

static void later_revisions_have_no_list(void **state)
{
    struct fixture *f = *state;

    put_hhdm(f, 10);
    put_tag(f, 40, 1);
    f->image.list = (struct elf_range){BASE + 3200, 32};
    assert_true(find(f));
    assert_ptr_equal(f->requests.asked[LIMINE_HHDM], &f->words[10]);
    put_hhdm(f, 20);
    put_tag(f, 40, 1);
    assert_refused(f, PROBLEM_LIMINE_TWICE, "HHDM", BASE + 80, BASE + 160);
}

static void a_list_that_leads_out_of_the_image_is_refused(void **state)
{
    struct fixture *f = *state;

    f->image.list = (struct elf_range){BASE + 3200, 16};
    f->words[400] = 8;
    assert_refused(f, PROBLEM_LIMINE_OUTSIDE, "a request of .limine_reqs", 8, 48);
    f->words[400] = BASE + 4;
    assert_refused(f, PROBLEM_LIMINE_OUTSIDE, "a request of .limine_reqs", BASE + 4, 48);
    f->words[400] = BASE + WORDS * 8 - 40;
    assert_refused(f, PROBLEM_LIMINE_OUTSIDE, "a request of .limine_reqs", BASE + WORDS * 8 - 40,
                   48);
    put_hhdm(f, 10);
    PUT(f, 400, BASE + 80, BASE + 80);
    assert_refused(f, PROBLEM_LIMINE_TWICE, "HHDM", BASE + 80, BASE + 80);
    f->image.list = (struct elf_range){BASE + WORDS * 8 - 8, 16};
    assert_refused(f, PROBLEM_LIMINE_OUTSIDE, "the section .limine_reqs", BASE + WORDS * 8 - 8, 16);
    f->image.list = (struct elf_range){0, UINT64_MAX};
    assert_refused(f, PROBLEM_LIMINE_OUTSIDE, "the section .limine_reqs", 0, UINT64_MAX);
}

static void texts_end_within_the_image(void **state)
{
    struct fixture *f = *state;
    struct text text;

    memcpy(&f->words[3], "init", 5);
    assert_true(limine_text_at(&f->image, BASE + 24, &text));
    assert_true(text_equals(text, text_of("init")));
    assert_true(limine_text_at(&f->image, BASE + 25, &text));
    assert_true(text_equals(text, text_of("nit")));
    f->words[WORDS - 1] = UINT64_C(0x6161616161616161);
    assert_false(limine_text_at(&f->image, BASE + WORDS * 8 - 3, &text));
    assert_false(limine_text_at(&f->image, BASE + WORDS * 8, &text));
    assert_false(limine_text_at(&f->image, BASE - 1, &text));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_image_without_anything_is_of_revision_0),
        TEST(the_tag_is_answered),
        TEST(a_newer_revision_is_refused_or_booted_with_the_newest_as_wished),
        TEST(every_request_is_found_where_it_is),
        TEST(a_request_of_an_unknown_kind_is_passed_over),
        TEST(what_is_there_twice_is_refused_with_both_addresses),
        TEST(only_what_is_between_the_markers_counts),
        TEST(the_last_start_and_the_first_end_count),
        TEST(a_request_at_no_multiple_of_8_is_none),
        TEST(only_what_the_file_fills_is_searched),
        TEST(a_request_that_the_image_ends_in_is_refused),
        TEST(revision_0_may_have_a_list),
        TEST(later_revisions_have_no_list),
        TEST(a_list_that_leads_out_of_the_image_is_refused),
        TEST(texts_end_within_the_image),
    };

    return cmocka_run_group_tests_name("limine_requests", tests, NULL, NULL);
}
