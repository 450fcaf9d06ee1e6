/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the page share. Internal to them. */
#ifndef HTML_PARTS_H
#define HTML_PARTS_H

#include <stdio.h>

#include "loaded.h"

/* Text between tags or in an attribute: what is markup, or no plain character, is escaped. */
void html_text(FILE *file, const char *text);

/* The class of a range's colours: r, w, x, wx, or t for what is no memory. */
const char *html_colour(const struct mapping_range *range);

/* "636 KiB". */
void html_size(FILE *file, uint64_t size_bytes);

/* The drawing: virtual addresses, physical ones beside them, and links between the two. */
void html_picture(FILE *file, const struct mapping *mapping);

/* Lists below the drawing. */
void html_rules(FILE *file, const struct loaded *loaded);
void html_ranges(FILE *file, const struct mapping *mapping);
void html_tables(FILE *file, const struct mapping *mapping);

/* What is too much for a page: the rest is counted. */
#define HTML_DRAWN_LIMIT  400u
#define HTML_LISTED_LIMIT 20000u

#endif
