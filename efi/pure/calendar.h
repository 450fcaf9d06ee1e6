/* SPDX-License-Identifier: BSD-2-Clause */
/* From the firmware's clock to seconds. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* EFI_UNSPECIFIED_TIMEZONE: the clock's time is taken as UTC. */
#define CALENDAR_NO_ZONE 2047

/* The members of EFI_TIME that count (UEFI 8.3), in its units. */
struct calendar_time {
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    int16_t zone_minutes; /* to be added for UTC: -1440 to 1440, or CALENDAR_NO_ZONE */
};

/*
 * Seconds from 1970-01-01 00:00 UTC to this time, negative before; leap seconds are not counted.
 * False, and *seconds is 0: a member is out of its range, or there is no such day.
 */
bool calendar_seconds(const struct calendar_time *time, int64_t *seconds);

#endif
