/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings for the tests of what is written about them, and their JSON. They are filled in by hand, for no tables have
 * all that can be said.
 */
#ifndef MAPPING_SAMPLE_H
#define MAPPING_SAMPLE_H

#include "mapping.h"
#include "rules.h"

#include <stdio.h>

enum mapping_sample {
    SAMPLE_DOCUMENTED, /* the example of docs/mapping-json.md */
    SAMPLE_ALL,        /* every kind of range, every mark, names that need escapes */
    SAMPLE_UNKNOWN,    /* nothing but the CPU is known, and not everything was read */
    SAMPLE_COUNT
};

/* The mapping and what the rules find in it, both until the next call. */
struct mapping *mapping_sample(enum mapping_sample sample);
const struct finding *mapping_sample_findings(void);

/* Its document, as "Hoist 0.1.0" writes it about "kernel". */
void mapping_sample_print(enum mapping_sample sample, FILE *file);

#endif
