/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys, from the firmware's console and from the serial port where the firmware does not read it. */
#ifndef KEYS_H
#define KEYS_H

/*
 * Waits up to `seconds` (for ever if 0) for a key and returns its character, or CHOICE_KEY_UP,
 * CHOICE_KEY_DOWN. 0: time is up, or there are no keys. A machine without a console to read from
 * waits for the serial port alone, and never for ever.
 */
unsigned keys_wait(unsigned seconds);

#endif
