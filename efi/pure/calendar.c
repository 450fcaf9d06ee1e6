/* SPDX-License-Identifier: BSD-2-Clause */
/* The Gregorian calendar. */
#include "calendar.h"

#define FIRST_YEAR 1900
#define LAST_YEAR  9999

#define DAYS_TO_1970   719162 /* from 0001-01-01 */
#define SECONDS_IN_DAY 86400

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

static bool is_valid(const struct calendar_time *time)
{
    return time->year >= FIRST_YEAR && time->year <= LAST_YEAR && time->month >= 1 &&
           time->month <= 12 && time->day >= 1 &&
           time->day <= days_in_month(time->year, time->month) && time->hour < 24 &&
           time->minute < 60 && time->second < 60 &&
           ((time->zone_minutes >= -1440 && time->zone_minutes <= 1440) ||
            time->zone_minutes == CALENDAR_NO_ZONE);
}

bool calendar_seconds(const struct calendar_time *time, int64_t *seconds)
{
    const int before = time->year - 1;
    int64_t days = (int64_t)before * 365 + before / 4 - before / 100 + before / 400 - DAYS_TO_1970;
    int64_t minutes;

    *seconds = 0;
    if (!is_valid(time)) {
        return false;
    }
    for (int month = 1; month < time->month; month++) {
        days += days_in_month(time->year, month);
    }
    days += time->day - 1;
    minutes = time->hour * 60 + time->minute;
    if (time->zone_minutes != CALENDAR_NO_ZONE) {
        minutes += time->zone_minutes;
    }
    *seconds = days * SECONDS_IN_DAY + minutes * 60 + time->second;
    return true;
}
