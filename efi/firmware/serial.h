/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first serial port, driven by our own code: it works before, during and after leaving the
 * firmware.
 */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdbool.h>

/*
 * Looks for the port and, unless the firmware uses it already, sets it to 115200 baud, 8N1. A
 * machine without one is no error: then serial_write() does nothing.
 */
void serial_open(bool firmware_uses_it);

/* Writes a terminated string, LF as CR LF. Waits for the port, but never for ever. */
void serial_write(const char *string);

#endif
