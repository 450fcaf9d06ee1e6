/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's clock in seconds. The expected numbers are those of `date -u -d ... +%s`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "calendar.h"

static void known_times_have_their_seconds(void **state)
{
    static const struct {
        struct calendar_time time;
        int64_t seconds;
    } all[] = {
        {{1970, 1, 1, 0, 0, 0, 0}, 0},
        {{1969, 12, 31, 23, 59, 59, 0}, -1},
        {{1900, 1, 1, 0, 0, 0, 0}, -2208988800},
        {{2000, 2, 29, 12, 30, 15, 0}, 951827415},
        {{2024, 2, 29, 23, 59, 58, 0}, 1709251198},
        {{2038, 1, 19, 3, 14, 8, 0}, 2147483648},
        {{9999, 12, 31, 23, 59, 59, 0}, 253402300799},
        {{2024, 2, 29, 23, 59, 58, CALENDAR_NO_ZONE}, 1709251198},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        int64_t seconds = 7;

        assert_true(calendar_seconds(&all[i].time, &seconds));
        assert_int_equal(seconds, all[i].seconds);
    }
}

/* UEFI 8.3: local time is UTC minus the zone, so that Pacific time has +480. */
static void a_time_zone_is_added(void **state)
{
    static const int16_t zones[] = {-1440, -60, -1, 0, 1, 480, 1440};

    (void)state;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        const struct calendar_time time = {1970, 1, 1, 0, 0, 0, zones[i]};
        int64_t seconds = 7;

        assert_true(calendar_seconds(&time, &seconds));
        assert_int_equal(seconds, zones[i] * 60);
    }
}

static void every_day_of_8100_years_is_a_day_after_the_one_before(void **state)
{
    struct calendar_time time = {1900, 1, 1, 5, 6, 7, 0};
    int64_t expected = INT64_C(-2208988800) + 5 * 3600 + 6 * 60 + 7;
    int64_t seconds;
    long days = 0;

    (void)state;
    while (time.year < 10000) {
        if (calendar_seconds(&time, &seconds)) {
            assert_int_equal(seconds, expected);
            expected += 86400;
            days++;
            time.day++;
            continue;
        }
        assert_true(time.day >= 29);
        time.day = 1;
        time.month = (uint8_t)(time.month % 12 + 1);
        time.year = (uint16_t)(time.year + (time.month == 1));
    }
    assert_int_equal(days, 2958464);
}

/* Another implementation says the same. */
static void times_are_those_of_the_c_library(void **state)
{
    uint64_t random = 20240229;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct calendar_time time = {.zone_minutes = 0};
        struct tm broken;
        time_t expected;
        int64_t seconds;

        random = random * UINT64_C(6364136223846793005) + 1;
        expected = (time_t)(random % UINT64_C(255611289600)) - INT64_C(2208988800);
        assert_non_null(gmtime_r(&expected, &broken));
        time.year = (uint16_t)(broken.tm_year + 1900);
        time.month = (uint8_t)(broken.tm_mon + 1);
        time.day = (uint8_t)broken.tm_mday;
        time.hour = (uint8_t)broken.tm_hour;
        time.minute = (uint8_t)broken.tm_min;
        time.second = (uint8_t)broken.tm_sec;
        assert_true(calendar_seconds(&time, &seconds));
        assert_int_equal(seconds, expected);
    }
}

static void what_no_clock_should_show_is_refused(void **state)
{
    static const struct calendar_time bad[] = {{1899, 12, 31, 0, 0, 0, 0},
                                               {10000, 1, 1, 0, 0, 0, 0},
                                               {2024, 0, 1, 0, 0, 0, 0},
                                               {2024, 13, 1, 0, 0, 0, 0},
                                               {2024, 1, 0, 0, 0, 0, 0},
                                               {2024, 1, 32, 0, 0, 0, 0},
                                               {2024, 4, 31, 0, 0, 0, 0},
                                               {2023, 2, 29, 0, 0, 0, 0},
                                               {1900, 2, 29, 0, 0, 0, 0},
                                               {2024, 1, 1, 24, 0, 0, 0},
                                               {2024, 1, 1, 0, 60, 0, 0},
                                               {2024, 1, 1, 0, 0, 60, 0},
                                               {2024, 1, 1, 0, 0, 0, 1441},
                                               {2024, 1, 1, 0, 0, 0, -1441},
                                               {2024, 1, 1, 0, 0, 0, 2046},
                                               {0, 0, 0, 0, 0, 0, 0},
                                               {65535, 255, 255, 255, 255, 255, 32767},
                                               {2024, 255, 1, 0, 0, 0, -32768}};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t seconds = 7;

        assert_false(calendar_seconds(&bad[i], &seconds));
        assert_int_equal(seconds, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_times_have_their_seconds),
        cmocka_unit_test(a_time_zone_is_added),
        cmocka_unit_test(every_day_of_8100_years_is_a_day_after_the_one_before),
        cmocka_unit_test(times_are_those_of_the_c_library),
        cmocka_unit_test(what_no_clock_should_show_is_refused),
    };

    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
