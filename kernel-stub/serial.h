/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first serial port (COM1), sending only. Without a port every byte is dropped and nothing
 * waits.
 */
#ifndef SERIAL_H
#define SERIAL_H

/* Sets 115200 baud, 8 data bits, no parity, one stop bit, and finds out whether a port is there. */
void serial_start(void);

/* Sends one byte; a newline is sent as carriage return and newline. */
void serial_write(char byte);

#endif
