/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping as one page for a browser, which needs nothing but itself. */
#ifndef HTML_H
#define HTML_H

#include <stdio.h>

#include "loaded.h"

/* False: the file could not be written. */
bool html_write(FILE *file, const struct loaded *loaded);

#endif
