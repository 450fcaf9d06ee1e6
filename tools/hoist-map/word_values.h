/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of mapping_words.h and rules.h back into what they stand for. Each false: no such word. */
#ifndef WORD_VALUES_H
#define WORD_VALUES_H

#include <stdbool.h>
#include <stdint.h>

bool word_rights(const char *word, uint8_t *rights);
bool word_leaf(const char *word, unsigned *size);      /* enum hoist_leaf_size */
bool word_type(const char *word, uint8_t *type);       /* of the PAT or an MTRR; "?" is 0xff */
bool word_cache(const char *word, uint8_t *type);      /* enum mtrr_type */
bool word_kind(const char *word, unsigned *kind);      /* enum mapping_kind */
bool word_part(const char *word, unsigned *part);      /* enum plan_part */
bool word_memory(const char *word, unsigned *bit);     /* of mapping_range.memory */
bool word_mark(const char *word, unsigned *bit);       /* of mapping_range.marks */
bool word_rule(const char *word, unsigned *rule);      /* enum rule */
bool word_verdict(const char *word, uint8_t *verdict); /* enum verdict */
bool word_aside(const char *word, uint8_t *aside);     /* enum aside */

#endif
