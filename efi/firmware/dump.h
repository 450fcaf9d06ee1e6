/* SPDX-License-Identifier: BSD-2-Clause */
/* The mapping dump, wherever the entry wants it. */
#ifndef DUMP_H
#define DUMP_H

#include "firmware.h"

#include "view.h"

/*
 * Shows a view on the serial port, the screen and in files \hoist\NAME.json and .txt, by
 * CONFIG_DUMP_ bits, under the name that the view's space has there. A file that cannot be written
 * is a warning.
 */
void dump_view(const struct view *view, uint8_t places);

#endif
