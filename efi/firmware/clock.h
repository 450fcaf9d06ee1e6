/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time clock. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01 00:00 UTC by GetTime (UEFI 8.3); 0: there is no time to be had. */
int64_t clock_read(void);

#endif
