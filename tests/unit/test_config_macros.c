/* SPDX-License-Identifier: BSD-2-Clause */
/* Macros of the configuration, and files that mean to grow without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "config_macros.h"

static char target[4096];

static const char *replaced(const char *source, size_t capacity)
{
    struct text result;

    if (!config_replace_macros(text_of(source), target, capacity, &result)) {
        return NULL;
    }
    assert_ptr_equal(result.start, target);
    target[result.length] = '\0';
    return target;
}

static void assert_replaced(const char *source, const char *expected)
{
    assert_string_equal(replaced(source, sizeof(target) - 1), expected);
}

static void a_macro_is_its_value_wherever_it_is_defined(void **state)
{
    (void)state;
    assert_replaced("${A}=b c\n/T ${A}\npath: /${A}/${A}.elf\n", "\n/T b c\npath: /b c/b c.elf\n");
    assert_replaced("/T\npath: ${A}\n  ${A}= x \r\n", "/T\npath: x\n\n");
    assert_replaced("path: /k-${ARCH}.elf", "path: /k-x86-64.elf");
    assert_replaced("${E}=\nx${E}y\n", "\nxy\n");
}

static void values_hold_macros_too_and_the_last_definition_holds(void **state)
{
    (void)state;
    assert_replaced("${A}=<${B}>\n${B}=b\n${B}=c\n${A}\n", "\n\n\n<c>\n");
}

static void what_is_no_macro_stays(void **state)
{
    (void)state;
    assert_replaced("$HOME $$ {x} 5$ ${ ${A}", "$HOME $$ {x} 5$ ${ ${A}");
    assert_replaced("# ${ARCH}\n", "# ${ARCH}\n");
    assert_replaced("", "");
    assert_true(config_has_macros(text_of("a ${A}")));
    assert_false(config_has_macros(text_of("$HOME { $$")));
    assert_false(config_has_macros(text_of("$")));
}

static void what_would_grow_without_end_ends(void **state)
{
    char source[2048] = "";

    (void)state;
    /* Itself, to the depth that there is. */
    assert_replaced("${A}=x${A}\n${A}\n", "\nxxxxxxxx${A}\n");
    /* Each of eight stands for eight of the next. */
    for (char name = 'A'; name < 'I'; name++) {
        char line[64];

        snprintf(line, sizeof(line), "${%c}=", name);
        strcat(source, line);
        for (unsigned i = 0; i < 8; i++) {
            snprintf(line, sizeof(line), "${%c}", name + 1);
            strcat(source, line);
        }
        strcat(source, "\n");
    }
    strcat(source, "${I}=\n${A}\n");
    assert_null(replaced(source, sizeof(target) - 1));
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    assert_null(replaced("${A}=12345678\n${A}\n", 9));
    assert_string_equal(replaced("${A}=12345678\n${A}\n", 10), "\n12345678\n");
    assert_null(replaced("plain", 4));
    assert_null(replaced("# x", 2));
    assert_null(replaced("${A}=\n", 0));
}

static void definitions_beyond_the_limit_define_nothing(void **state)
{
    static char source[CONFIG_MACRO_LIMIT * 16];
    size_t length = 0;

    (void)state;
    /* One is there beforehand. */
    for (unsigned i = 1; i < CONFIG_MACRO_LIMIT; i++) {
        length += (size_t)snprintf(source + length, sizeof(source) - length, "${%u}=v\n", i);
    }
    snprintf(source + length, sizeof(source) - length, "${X}=y\n${X}${%u}", CONFIG_MACRO_LIMIT - 1);
    assert_string_equal(strrchr(replaced(source, sizeof(target) - 1), '\n'), "\n${X}v");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_macro_is_its_value_wherever_it_is_defined),
        cmocka_unit_test(values_hold_macros_too_and_the_last_definition_holds),
        cmocka_unit_test(what_is_no_macro_stays),
        cmocka_unit_test(what_would_grow_without_end_ends),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(definitions_beyond_the_limit_define_nothing),
    };

    return cmocka_run_group_tests_name("config_macros", tests, NULL, NULL);
}
