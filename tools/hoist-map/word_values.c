/* SPDX-License-Identifier: BSD-2-Clause */
/* Words, looked up among all there are. */
#include "word_values.h"

#include <string.h>

#include "rules.h"
#include "mapping_words.h"

#define UNLISTED_BIT 31u
#define TYPES        8u

bool word_rights(const char *word, uint8_t *rights)
{
    for (unsigned value = 0; value <= HOIST_ALL_RIGHTS; value++) {
        char text[MAPPING_RIGHTS_CAPACITY];

        mapping_rights_text((uint8_t)value, text);
        if (strcmp(word, text) == 0) {
            *rights = (uint8_t)value;
            return true;
        }
    }
    return false;
}

bool word_leaf(const char *word, unsigned *size)
{
    for (*size = HOIST_LEAF_4K; *size <= HOIST_LEAF_1G; (*size)++) {
        if (strcmp(word, mapping_leaf_name(*size)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_type(const char *word, uint8_t *type)
{
    if (strcmp(word, "?") == 0) {
        *type = MTRR_UNDEFINED;
        return true;
    }
    for (*type = 0; *type < TYPES; (*type)++) {
        if (strcmp(word, mapping_type_name(*type)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_cache(const char *word, uint8_t *type)
{
    static const uint8_t types[] = {MTRR_UNCACHED,        MTRR_WRITE_COMBINING, MTRR_WRITE_THROUGH,
                                    MTRR_WRITE_PROTECTED, MTRR_WRITE_BACK,      MTRR_UNDEFINED};

    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(word, mapping_cache_name(types[i])) == 0) {
            *type = types[i];
            return true;
        }
    }
    return false;
}

bool word_kind(const char *word, unsigned *kind)
{
    for (*kind = MAPPING_LEAVES; *kind <= MAPPING_UNREADABLE; (*kind)++) {
        if (strcmp(word, mapping_kind_name((enum mapping_kind) * kind)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_part(const char *word, unsigned *part)
{
    for (*part = 0; *part < PLAN_PART_COUNT; (*part)++) {
        if (strcmp(word, mapping_part_name((enum plan_part) * part)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_memory(const char *word, unsigned *bit)
{
    for (*bit = 0; *bit <= UNLISTED_BIT; (*bit)++) {
        if ((*bit <= MEMORY_FRAMEBUFFER || *bit == UNLISTED_BIT) &&
            strcmp(word, mapping_memory_name(*bit)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_mark(const char *word, unsigned *bit)
{
    for (*bit = 0; 1u << *bit <= MAPPING_MARK_TYPES; (*bit)++) {
        if (strcmp(word, mapping_mark_name(*bit)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_rule(const char *word, unsigned *rule)
{
    for (*rule = 0; *rule < RULE_COUNT; (*rule)++) {
        if (strcmp(word, rule_name((enum rule) * rule)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_verdict(const char *word, uint8_t *verdict)
{
    for (*verdict = VERDICT_PASS; *verdict <= VERDICT_ASIDE; (*verdict)++) {
        if (strcmp(word, verdict_word((enum verdict) * verdict)) == 0) {
            return true;
        }
    }
    return false;
}

bool word_aside(const char *word, uint8_t *aside)
{
    for (*aside = ASIDE_NOT; *aside < ASIDE_COUNT; (*aside)++) {
        if (strcmp(word, aside_reason((enum aside) * aside)) == 0) {
            return true;
        }
    }
    return false;
}
