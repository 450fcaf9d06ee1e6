/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces that the JSON of a mapping is written in. Called with the number of a sample, it prints that document
 * instead: tests/image/test_mapping_json.py reads all members.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_out.h"
#include "mapping_sample.h"

static char written[1000];
static size_t length;

static void keep(void *context, const char *text, size_t piece)
{
    assert_ptr_equal(context, &length);
    assert_true(length + piece < sizeof written);
    memcpy(written + length, text, piece);
    length += piece;
    written[length] = '\0';
}

static struct json_out start(void)
{
    length = 0;
    written[0] = '\0';
    return (struct json_out){.write = keep, .context = &length};
}

static void plain_characters_stand_for_themselves(void **state)
{
    struct json_out out = start();

    (void)state;
    json_put_string(&out, "kernel segment 0 ~/<>&'");
    assert_string_equal(written, "\"kernel segment 0 ~/<>&'\"");
}

static void other_bytes_are_escaped_one_by_one(void **state)
{
    struct json_out out = start();

    (void)state;
    json_put_string(&out, "\"\\\x01\n\x1f\x7f\xc3\xa9\xff");
    assert_string_equal(written,
                        "\"\\u0022\\u005c\\u0001\\u000a\\u001f\\u007f\\u00c3\\u00a9\\u00ff\"");
}

static void an_address_keeps_all_its_bits(void **state)
{
    struct json_out out = start();

    (void)state;
    json_members(&out, "xlow xhigh unumber", UINT64_C(0), UINT64_MAX, UINT64_MAX);
    assert_string_equal(written, "\"low\":\"0x0\",\"high\":\"0xffffffffffffffff\","
                                 "\"number\":18446744073709551615");
}

static void an_index_of_nothing_is_null(void **state)
{
    struct json_out out = start();

    (void)state;
    json_members(&out, "iplan inone uplain", UINT64_C(7), (uint64_t)UINT32_MAX,
                 (uint64_t)UINT32_MAX);
    assert_string_equal(written, "\"plan\":7,\"none\":null,\"plain\":4294967295");
}

static void switches_and_texts_are_members_too(void **state)
{
    struct json_out out = start();

    (void)state;
    json_members(&out, "byes bno sname", UINT64_C(1), UINT64_C(0), "");
    assert_string_equal(written, "\"yes\":true,\"no\":false,\"name\":\"\"");
}

static void commas_stand_between_and_nowhere_else(void **state)
{
    struct json_out out = start();

    (void)state;
    json_open(&out, "", "{");
    json_open(&out, "empty", "[");
    json_close(&out, "]");
    json_new_line(&out);
    json_open(&out, "list", "[");
    json_members(&out, "s", "one");
    json_members(&out, "s", "two");
    json_close(&out, "]");
    json_members(&out, "ulast", UINT64_C(3));
    json_close(&out, "}");
    assert_string_equal(written, "{\"empty\":[],\n\"list\":[\"one\",\"two\"],\"last\":3}");
}

static int print_sample(const char *number)
{
    const unsigned long sample = strtoul(number, NULL, 10);

    if (sample >= SAMPLE_COUNT) {
        return 1;
    }
    mapping_sample_print((enum mapping_sample)sample, stdout);
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_characters_stand_for_themselves),
        cmocka_unit_test(other_bytes_are_escaped_one_by_one),
        cmocka_unit_test(an_address_keeps_all_its_bits),
        cmocka_unit_test(an_index_of_nothing_is_null),
        cmocka_unit_test(switches_and_texts_are_members_too),
        cmocka_unit_test(commas_stand_between_and_nowhere_else),
    };

    return count == 2 ? print_sample(arguments[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
