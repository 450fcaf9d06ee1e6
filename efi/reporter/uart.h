/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first serial port of a PC, a 16550 at port 3f8, driven by our own code: it works with and
 * without firmware.
 */
#ifndef UART_H
#define UART_H

#include <stdbool.h>

/* Owned by the caller; zero is a port that is not there. */
struct uart {
    bool is_there;
};

/*
 * Looks for the port and, where nobody else has done so, sets it to 115200 baud, 8N1. A machine
 * without one is no error: then uart_write() does nothing.
 */
void uart_open(struct uart *uart, bool is_set_up);

/* Takes a character that has come in; false, at once: there is none. */
bool uart_read(const struct uart *uart, char *character);

/* Writes a terminated string, LF as CR LF. Waits for the port, but never for ever. */
void uart_write(struct uart *uart, const char *string);

#endif
