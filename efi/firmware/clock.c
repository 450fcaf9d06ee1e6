/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking the firmware for the time. */
#include "firmware.h"

#include "clock.h"

#include "calendar.h"

int64_t clock_read(void)
{
    EFI_TIME time = {0};
    struct calendar_time calendar;
    int64_t seconds = 0;

    if (firmware.runtime->GetTime(&time, NULL) != EFI_SUCCESS) {
        return 0;
    }
    calendar = (struct calendar_time){time.Year,   time.Month,  time.Day,     time.Hour,
                                      time.Minute, time.Second, time.TimeZone};
    calendar_seconds(&calendar, &seconds);
    return seconds;
}
