/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing into a buffer, held against snprintf() of the host where that has an opinion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "print.h"
#include "text.h"

/* Prints by both and compares. */
#define ASSERT_LIKE_THE_HOST(...)                                      \
    do {                                                               \
        char ours[200];                                                \
        char host[200];                                                \
        int host_length = snprintf(host, sizeof(host), __VA_ARGS__);   \
        size_t our_length = print_to(ours, sizeof(ours), __VA_ARGS__); \
        assert_string_equal(ours, host);                               \
        assert_int_equal(our_length, host_length);                     \
    } while (0)

static void conversions_print_what_the_host_prints(void **state)
{
    (void)state;
    ASSERT_LIKE_THE_HOST("plain");
    ASSERT_LIKE_THE_HOST("%s and %s", "one", "two");
    ASSERT_LIKE_THE_HOST("[%c] 100%%", 'x');
    ASSERT_LIKE_THE_HOST("%d %d %d", 0, -1, 2147483647);
    ASSERT_LIKE_THE_HOST("%d", -2147483647 - 1);
    ASSERT_LIKE_THE_HOST("%u %x %X", 4294967295U, 0xdeadbeefU, 0xdeadbeefU);
    ASSERT_LIKE_THE_HOST("%u %x", 0U, 0U);
    ASSERT_LIKE_THE_HOST("%lu %lx %ld", ~0UL, ~0UL, -5L);
    ASSERT_LIKE_THE_HOST("%llu %llx %lld", ~0ULL, ~0ULL, -5LL);
    ASSERT_LIKE_THE_HOST("%zu %zx", SIZE_MAX, SIZE_MAX);
    ASSERT_LIKE_THE_HOST("%" PRINT_64 "u %" PRINT_64 "x %" PRINT_64 "d", UINT64_MAX, UINT64_MAX,
                         INT64_MIN);
}

static void widths_pad_what_the_host_pads(void **state)
{
    (void)state;
    ASSERT_LIKE_THE_HOST("[%8s] [%-8s] [%2s]", "abc", "abc", "abc");
    ASSERT_LIKE_THE_HOST("[%3c] [%-3c]", 'x', 'y');
    ASSERT_LIKE_THE_HOST("[%8u] [%-8u] [%08u] [%2u]", 123U, 123U, 123U, 123U);
    ASSERT_LIKE_THE_HOST("[%8d] [%-8d] [%08d] [%.5d]", -123, -123, -123, -123);
    ASSERT_LIKE_THE_HOST("[%016lx] [%16lx] [%.3x] [%8.3x]", 0xffUL, 0xffUL, 1U, 1U);
    ASSERT_LIKE_THE_HOST("[%*u] [%*u] [%*s]", 6, 1U, -6, 1U, 4, "x");
}

static void precisions_cut_strings(void **state)
{
    static const char unterminated[3] = {'a', 'b', 'c'};

    (void)state;
    ASSERT_LIKE_THE_HOST("[%.2s] [%.9s] [%5.1s] [%.0s]", "abc", "abc", "abc", "abc");
    ASSERT_LIKE_THE_HOST("[%.*s] [%.*s]", 3, unterminated, -1, "all");
}

static void a_text_prints_by_its_own_length(void **state)
{
    char buffer[20];
    struct text text = text_take(text_of("kernel.elf"), 6);

    (void)state;
    assert_int_equal(print_to(buffer, sizeof(buffer), "<%.*s>", TEXT_ARGUMENTS(text)), 8);
    assert_string_equal(buffer, "<kernel>");
    text = (struct text){NULL, 0};
    assert_int_equal(print_to(buffer, sizeof(buffer), "<%.*s>", TEXT_ARGUMENTS(text)), 2);
    assert_string_equal(buffer, "<>");
}

static void a_full_buffer_is_cut_terminated_and_not_overrun(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity <= 12; capacity++) {
        char buffer[16];
        size_t length;

        memset(buffer, '!', sizeof(buffer));
        length = print_to(buffer, capacity, "%s-%05u", "abcd", 67U);
        assert_int_equal(length, capacity == 0 ? 0 : capacity > 10 ? 10 : capacity - 1);
        assert_memory_equal(buffer, "abcd-00067", length);
        if (capacity > 0) {
            assert_int_equal(buffer[length], '\0');
        }
        for (size_t i = capacity; i < sizeof(buffer); i++) {
            assert_int_equal(buffer[i], '!');
        }
    }
}

static void a_huge_width_fills_the_buffer_and_ends(void **state)
{
    char buffer[8];

    (void)state;
    assert_int_equal(print_to(buffer, sizeof(buffer), "%*u", 2147483647, 1U), 7);
    assert_string_equal(buffer, "       ");
}

static void what_is_not_known_is_copied_as_it_stands(void **state)
{
    char buffer[32];
    /* Kept from the compiler, which would rightly complain. */
    const char *volatile odd = "%q %5y 100%";
    const char *format = odd;

    (void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    print_to(buffer, sizeof(buffer), format);
#pragma GCC diagnostic pop
    assert_string_equal(buffer, "%q %5y 100%");
}

static void a_string_that_is_not_there_prints_as_null(void **state)
{
    char buffer[32];
    const char *volatile nothing = NULL;

    (void)state;
    print_to(buffer, sizeof(buffer), "[%s]", nothing);
    assert_string_equal(buffer, "[(null)]");
}

static void sizes_are_exact_and_in_the_largest_unit_that_divides(void **state)
{
    static const struct {
        uint64_t size_bytes;
        const char *text;
    } sizes[] = {
        {0, "0 bytes"},
        {1, "1 byte"},
        {1023, "1023 bytes"},
        {1024, "1 KiB"},
        {1025, "1025 bytes"},
        {4096, "4 KiB"},
        {513 * 1024, "513 KiB"},
        {1024 * 1024, "1 MiB"},
        {2 * 1024 * 1024, "2 MiB"},
        {1536 * 1024, "1536 KiB"},
        {UINT64_C(1) << 30, "1 GiB"},
        {(UINT64_C(1) << 30) + 4096, "1048580 KiB"},
        {UINT64_C(1) << 40, "1 TiB"},
        {UINT64_C(1) << 63, "8388608 TiB"},
        {UINT64_MAX, "18446744073709551615 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char buffer[PRINT_SIZE_CAPACITY];

        assert_int_equal(print_size(buffer, sizeof(buffer), sizes[i].size_bytes),
                         strlen(sizes[i].text));
        assert_string_equal(buffer, sizes[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_print_what_the_host_prints),
        cmocka_unit_test(widths_pad_what_the_host_pads),
        cmocka_unit_test(precisions_cut_strings),
        cmocka_unit_test(a_text_prints_by_its_own_length),
        cmocka_unit_test(a_full_buffer_is_cut_terminated_and_not_overrun),
        cmocka_unit_test(a_huge_width_fills_the_buffer_and_ends),
        cmocka_unit_test(what_is_not_known_is_copied_as_it_stands),
        cmocka_unit_test(a_string_that_is_not_there_prints_as_null),
        cmocka_unit_test(sizes_are_exact_and_in_the_largest_unit_that_divides),
    };

    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
