/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths: which resources are taken, and how UTF-8 becomes what the firmware wants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "utf8.h"

static struct problem problem;
static struct path parsed;

static void assert_resolves(const char *path, const char *expected)
{
    assert_true(path_parse(text_of(path), &parsed, &problem));
    assert_true(text_equals(parsed.file, text_of(expected)));
    assert_ptr_equal(parsed.file.start + parsed.file.length, path + strlen(path));
    assert_int_equal(parsed.resource, PATH_BOOT);
    assert_int_equal(parsed.partition, 0);
    assert_false(parsed.has_hash);
}

/* Refused with this kind, with the whole path as the name; *parsed stays as it was. */
static void assert_refused(const char *path, enum problem_kind kind, const char *other)
{
    parsed.file = text_of("untouched");
    assert_false(path_parse(text_of(path), &parsed, &problem));
    assert_int_equal(problem.kind, kind);
    assert_true(text_equals(problem.name, text_of(path)));
    assert_true(text_equals(problem.other, text_of(other)));
    assert_true(text_equals(parsed.file, text_of("untouched")));
}

static void absolute_paths_and_the_boot_volume_resolve(void **state)
{
    (void)state;
    assert_resolves("/kernel.elf", "/kernel.elf");
    assert_resolves("/boot/a b/kernel", "/boot/a b/kernel");
    assert_resolves("boot():/kernel.elf", "/kernel.elf");
    assert_resolves("BOOT():/x", "/x");
    assert_resolves("/odd:name", "/odd:name");
}

static void other_resources_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused("odd(1:1):/x", PROBLEM_PATH_RESOURCE, "odd(1:1)");
    assert_refused("tftp():/x", PROBLEM_PATH_RESOURCE, "tftp()");
    assert_refused("boot:/x", PROBLEM_PATH_RESOURCE, "boot");
    assert_refused(":/x", PROBLEM_PATH_RESOURCE, "");
    assert_refused("booty():/x", PROBLEM_PATH_RESOURCE, "booty()");
}

static void arguments_that_say_nothing_are_refused_by_name(void **state)
{
    static const char *const resources[] = {
        "boot(",
        "boot(0)",
        "boot(x)",
        "boot(1",
        "boot(-1)",
        "boot(1:1)",
        "hdd()",
        "hdd(1)",
        "hdd(0:1)",
        "hdd(1:0)",
        "hdd(1:x)",
        "hdd(:1)",
        "guid()",
        "guid(12)",
        "fslabel()",
        "boot(1234567890)",
        "guid(736b5698-5ae1-4dff-be2c-ef8f44a61c5)",
        "guid(736b5698-5ae1-4dff-be2c-ef8f44a61c522)",
        "uuid(736b5698x5ae1-4dff-be2c-ef8f44a61c52)",
        "uuid(736b5698-5ae1-4dff-be2c-ef8f44a61c5g)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
        char path[64];

        snprintf(path, sizeof(path), "%s:/x", resources[i]);
        assert_refused(path, PROBLEM_PATH_ARGUMENT, resources[i]);
    }
}

static void every_resource_has_its_argument(void **state)
{
    static const uint8_t guid[16] = {0x98, 0x56, 0x6b, 0x73, 0xe1, 0x5a, 0xff, 0x4d,
                                     0xbe, 0x2c, 0xef, 0x8f, 0x44, 0xa6, 0x1c, 0x52};

    (void)state;
    assert_true(path_parse(text_of("boot(12):/x"), &parsed, &problem));
    assert_int_equal(parsed.resource, PATH_BOOT);
    assert_int_equal(parsed.partition, 12);
    assert_true(path_parse(text_of("HDD(3:4):/x"), &parsed, &problem));
    assert_int_equal(parsed.resource, PATH_DISK);
    assert_int_equal(parsed.drive, 3);
    assert_int_equal(parsed.partition, 4);
    assert_true(path_parse(text_of("hdd(2:):/x"), &parsed, &problem));
    assert_int_equal(parsed.drive, 2);
    assert_int_equal(parsed.partition, 0);
    assert_true(
        path_parse(text_of("guid(736B5698-5ae1-4dff-be2c-ef8f44a61c52):/x"), &parsed, &problem));
    assert_int_equal(parsed.resource, PATH_GUID);
    assert_memory_equal(parsed.guid, guid, sizeof(guid));
    assert_true(
        path_parse(text_of("uuid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/x"), &parsed, &problem));
    assert_memory_equal(parsed.guid, guid, sizeof(guid));
    assert_true(path_parse(text_of("fslabel(My Disk):/x/y"), &parsed, &problem));
    assert_int_equal(parsed.resource, PATH_LABEL);
    assert_true(text_equals(parsed.label, text_of("My Disk")));
    assert_true(text_equals(parsed.file, text_of("/x/y")));
}

static void relative_and_empty_paths_are_refused(void **state)
{
    (void)state;
    assert_refused("", PROBLEM_PATH_EMPTY, "");
    assert_refused("kernel.elf", PROBLEM_PATH_NOT_ABSOLUTE, "");
    assert_refused("boot/kernel.elf", PROBLEM_PATH_NOT_ABSOLUTE, "");
    assert_refused("boot():kernel.elf", PROBLEM_PATH_NOT_ABSOLUTE, "");
    assert_refused("boot():", PROBLEM_PATH_NOT_ABSOLUTE, "");
    assert_refused("\\kernel.elf", PROBLEM_PATH_NOT_ABSOLUTE, "");
}

static void a_hash_stands_behind_the_last_number_sign(void **state)
{
    char path[200];

    (void)state;
    memset(path, '0', sizeof(path));
    memcpy(path, "/a#b#fE", 7);
    path[5 + 128] = '\0';
    assert_true(path_parse(text_of(path), &parsed, &problem));
    assert_true(text_equals(parsed.file, text_of("/a#b")));
    assert_true(parsed.has_hash);
    assert_int_equal(parsed.hash[0], 0xfe);
    assert_int_equal(parsed.hash[63], 0);
    path[20] = 'g';
    assert_refused(path, PROBLEM_PATH_HASH, "");
    path[20] = '0';
    path[5 + 127] = '\0';
    assert_refused(path, PROBLEM_PATH_HASH, "");
    assert_int_equal(problem.numbers[0], 127);
    assert_int_equal(problem.numbers[1], 128);
    assert_refused("/kernel.elf#0123abcd", PROBLEM_PATH_HASH, "");
    assert_refused("boot():/kernel.elf#", PROBLEM_PATH_HASH, "");
}

static void a_path_of_the_longest_length_passes_and_one_more_does_not(void **state)
{
    char path[PATH_LIMIT_BYTES + 2];
    uint16_t units[PATH_CAPACITY_UNITS];

    (void)state;
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[PATH_LIMIT_BYTES] = '\0';
    assert_resolves(path, path);
    assert_true(path_to_utf16(parsed.file, units, PATH_CAPACITY_UNITS, &problem));
    assert_int_equal(units[PATH_LIMIT_BYTES], 0);
    path[PATH_LIMIT_BYTES] = 'x';
    path[PATH_LIMIT_BYTES + 1] = '\0';
    assert_refused(path, PROBLEM_PATH_TOO_LONG, "");
    assert_int_equal(problem.numbers[0], PATH_LIMIT_BYTES + 1);
    assert_int_equal(problem.numbers[1], PATH_LIMIT_BYTES);
}

static void slashes_become_backslashes_and_characters_units(void **state)
{
    static const uint16_t expected[] = {'\\', 'a', '\\', 0xe4, 0x20ac, 0xffff, 0};
    uint16_t units[7];

    (void)state;
    memset(units, 0xff, sizeof(units));
    assert_true(path_to_utf16(text_of("/a/\xc3\xa4\xe2\x82\xac\xef\xbf\xbf"), units, 7, &problem));
    assert_memory_equal(units, expected, sizeof(expected));
}

static void the_characters_next_to_the_control_characters_are_fine(void **state)
{
    static const uint16_t expected[] = {'\\', ' ', '~', 0xa0, 0};
    uint16_t units[5];

    (void)state;
    assert_true(path_to_utf16(text_of("/ ~\xc2\xa0"), units, 5, &problem));
    assert_memory_equal(units, expected, sizeof(expected));
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    uint16_t units[4] = {0};

    (void)state;
    assert_true(path_to_utf16(text_of("/ab"), units, 4, &problem));
    units[3] = 0x7777;
    assert_false(path_to_utf16(text_of("/ab"), units, 3, &problem));
    assert_int_equal(problem.kind, PROBLEM_PATH_TOO_LONG);
    assert_int_equal(problem.numbers[0], 3);
    assert_int_equal(problem.numbers[1], 2);
    assert_int_equal(units[3], 0x7777);
    assert_false(path_to_utf16(text_of("/ab"), units, 0, &problem));
    assert_int_equal(problem.kind, PROBLEM_PATH_TOO_LONG);
    assert_false(path_to_utf16(text_of(""), units, 0, &problem));
    assert_int_equal(problem.kind, PROBLEM_PATH_TOO_LONG);
    assert_true(path_to_utf16(text_of(""), units, 1, &problem));
    assert_int_equal(units[0], 0);
}

static void assert_character_refused(const char *path, enum problem_kind kind, uint64_t character,
                                     uint64_t offset)
{
    uint16_t units[32];

    assert_false(path_to_utf16(text_of(path), units, 32, &problem));
    assert_int_equal(problem.kind, kind);
    assert_int_equal(problem.numbers[0], character);
    assert_int_equal(problem.numbers[1], offset);
}

static void characters_that_no_file_name_has_are_refused_with_their_place(void **state)
{
    (void)state;
    assert_character_refused("/a\\b", PROBLEM_PATH_CHARACTER, '\\', 2);
    assert_character_refused("/a\tb", PROBLEM_PATH_CHARACTER, '\t', 2);
    assert_character_refused("/\x7f", PROBLEM_PATH_CHARACTER, 0x7f, 1);
    assert_character_refused("/\xc2\x9f", PROBLEM_PATH_CHARACTER, 0x9f, 1);
    assert_character_refused("/\xf0\x90\x80\x80", PROBLEM_PATH_NOT_UCS2, 0x10000, 1);
}

static void broken_utf8_is_refused_with_its_place(void **state)
{
    (void)state;
    assert_character_refused("/a\x80", PROBLEM_PATH_NOT_UTF8, 0x80, 2);
    assert_character_refused("/a\xff", PROBLEM_PATH_NOT_UTF8, 0xff, 2);
    assert_character_refused("/\xc3", PROBLEM_PATH_NOT_UTF8, 0xc3, 1);
}

/* One form of UTF-8: the bytes, how many of them make a character (0 for none), and which. */
struct form {
    const char *bytes;
    size_t length;
    uint32_t code_point;
};

static void utf8_takes_each_length_at_its_bounds_and_nothing_else(void **state)
{
    static const struct form forms[] = {
        {"\x01", 1, 0x1},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbfz", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"", 0, 0},
        {"\x80", 0, 0},
        {"\xc1\xbf", 0, 0},
        {"\xe0\x9f\xbf", 0, 0},
        {"\xed\xa0\x80", 0, 0},
        {"\xed\xbf\xbf", 0, 0},
        {"\xf0\x8f\xbf\xbf", 0, 0},
        {"\xf4\x90\x80\x80", 0, 0},
        {"\xf8\x88\x80\x80\x80", 0, 0},
        {"\xc3z", 0, 0},
        {"\xe2\x82", 0, 0},
        {"\xe2\x82z", 0, 0},
        {"\xf0\x90\x80", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        uint32_t code_point = 0;

        assert_int_equal(utf8_read(text_of(forms[i].bytes), &code_point), forms[i].length);
        assert_int_equal(code_point, forms[i].code_point);
    }
}

static void utf8_does_not_look_behind_the_end_of_the_text(void **state)
{
    uint32_t code_point = 7;

    (void)state;
    assert_int_equal(utf8_read(text_take(text_of("\xe2\x82\xac"), 2), &code_point), 0);
    assert_int_equal(utf8_read(text_take(text_of("\xc3\xa4"), 1), &code_point), 0);
    assert_int_equal(code_point, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absolute_paths_and_the_boot_volume_resolve),
        cmocka_unit_test(other_resources_are_refused_by_name),
        cmocka_unit_test(relative_and_empty_paths_are_refused),
        cmocka_unit_test(arguments_that_say_nothing_are_refused_by_name),
        cmocka_unit_test(every_resource_has_its_argument),
        cmocka_unit_test(a_hash_stands_behind_the_last_number_sign),
        cmocka_unit_test(a_path_of_the_longest_length_passes_and_one_more_does_not),
        cmocka_unit_test(slashes_become_backslashes_and_characters_units),
        cmocka_unit_test(the_characters_next_to_the_control_characters_are_fine),
        cmocka_unit_test(a_path_that_does_not_fit_is_refused),
        cmocka_unit_test(characters_that_no_file_name_has_are_refused_with_their_place),
        cmocka_unit_test(broken_utf8_is_refused_with_its_place),
        cmocka_unit_test(utf8_takes_each_length_at_its_bounds_and_nothing_else),
        cmocka_unit_test(utf8_does_not_look_behind_the_end_of_the_text),
    };

    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
