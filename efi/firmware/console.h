/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader says, on the firmware's console and on the serial port, once in each place.
 *
 * Many firmwares send their console to the serial port as well; then our own serial code stays
 * silent until the firmware is left.
 *
 * A firmware draws a line on a display in about a million instructions, more than the whole rest of
 * a boot. So the display gets few lines, and the details go by our own code to the serial port
 * alone, whether or not the console goes there too.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include "hoist.h"
#include "problem.h"

/*
 * Finds out where the firmware's console goes. A machine without console or serial port is no
 * error.
 */
void console_open(void);

/* Whether our own serial code may speak while the firmware is there. On after console_open(). */
void console_use_serial(bool on);

/* Whether details go wherever all else goes. Off after console_open(). */
void console_show_details(bool on);

/* Whether only warnings and errors reach the screen. Off after console_open(). */
void console_be_quiet(bool on);

bool console_wants_serial(void);

/*
 * The framebuffer for what is said once the firmware cannot be used any more, by its physical
 * address: the firmware's tables map it there. All zero: there is none. `shown` is copied.
 */
void console_use_screen(const struct hoist_framebuffer *shown);

/*
 * From here on the firmware must not be called: everything goes to the serial port and the screen.
 */
void console_leave_firmware(void);

__attribute__((format(printf, 1, 2))) void console_print(const char *format, ...);

/* What is worth a line on the serial port, but not on a display. */
__attribute__((format(printf, 1, 2))) void console_detail(const char *format, ...);

/* "hoist: warning: SENTENCE" and "hoist: error: SENTENCE", each on a line. */
void console_warn(const struct problem *problem);
void console_error(const struct problem *problem);

/*
 * Gives the reader a few seconds, or until a key is pressed; returns at once where there are no
 * keys.
 */
void console_pause(unsigned seconds);

/*
 * A character that came in at the serial port; 0: none, or the firmware reads the port itself, or
 * serial output is not wanted.
 */
unsigned console_read_serial(void);

#endif
