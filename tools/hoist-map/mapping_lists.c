/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the machine: memory map, MTRRs, plan, and the rules as the file has them. */
#include <inttypes.h>
#include <string.h>

#include "mapping_file.h"
#include "mapping_parts.h"
#include "room.h"
#include "word_values.h"

bool parts_rights(struct json *json, uint8_t *rights)
{
    char word[PARTS_WORD_CAPACITY];

    return json_string(json, word, sizeof(word)) &&
           (word_rights(word, rights) ||
            json_fail(json, "\"%s\" are no rights, which look like r-x or rw-ug", word));
}

/* The list, with room for one more element; NULL, and said so: there is none. */
static void *more_room(struct json *json, void *list, size_t count, size_t *capacity,
                       size_t element_bytes)
{
    void *grown = list;

    if (count == *capacity) {
        grown = room_for_more(list, capacity, MAPPING_FILE_LIST_LIMIT, element_bytes);
        if (grown == NULL) {
            json_fail(json, "a list has more than %" PRIu32 " elements, or memory is out",
                      MAPPING_FILE_LIST_LIMIT);
        }
    }
    return grown;
}

static bool read_memory(struct json *json, void *context, const char *name)
{
    struct memory_range *range = context;
    char word[PARTS_WORD_CAPACITY];
    unsigned kind;

    if (strcmp(name, "base") == 0) {
        return json_address(json, &range->base);
    }
    if (strcmp(name, "size") == 0) {
        return json_address(json, &range->size_bytes);
    }
    if (strcmp(name, "kind") != 0) {
        return json_skip(json);
    }
    if (!json_string(json, word, sizeof(word))) {
        return false;
    }
    if (!word_memory(word, &kind) || kind > MEMORY_FRAMEBUFFER) {
        return json_fail(json, "\"%s\" is no kind of memory", word);
    }
    range->kind = (enum memory_kind)kind;
    return true;
}

bool parts_memory(struct json *json, struct loaded *loaded)
{
    struct memory_map *map = &loaded->memory;

    if (json_null(json)) {
        return true;
    }
    loaded->mapping.facts.memory = map;
    map->count = 0;
    json_enter(json, '[');
    while (json_element(json)) {
        struct memory_range range = {0};
        struct memory_range *ranges =
            more_room(json, map->ranges, map->count, &map->capacity, sizeof(map->ranges[0]));

        if (ranges == NULL) {
            return false;
        }
        map->ranges = ranges;
        if (!parts_object(json, &range, read_memory)) {
            return false;
        }
        map->ranges[map->count++] = range;
    }
    return !json->has_failed;
}

static bool read_register(struct json *json, void *context, const char *name)
{
    struct mtrr_register *mtrr = context;

    return strcmp(name, "base") == 0   ? json_address(json, &mtrr->base)
           : strcmp(name, "mask") == 0 ? json_address(json, &mtrr->mask)
                                       : json_skip(json);
}

/* All of them, or none where the CPU has none. */
static bool read_fixed(struct json *json, struct mtrr *mtrr)
{
    const size_t wanted = sizeof(mtrr->fixed) / sizeof(mtrr->fixed[0]);
    size_t count = 0;

    json_enter(json, '[');
    while (json_element(json)) {
        if (count == wanted) {
            return json_fail(json, "more than %zu fixed MTRRs", wanted);
        }
        if (!json_address(json, &mtrr->fixed[count++])) {
            return false;
        }
    }
    mtrr->has_fixed = count == wanted;
    return count == wanted || count == 0 ||
           json_fail(json, "%zu fixed MTRRs; a CPU has %zu, or none", count, wanted);
}

static bool read_mtrr(struct json *json, void *context, const char *name)
{
    struct mtrr *mtrr = context;

    if (strcmp(name, "default") == 0) {
        return json_address(json, &mtrr->default_type);
    }
    if (strcmp(name, "fixed") == 0) {
        return read_fixed(json, mtrr);
    }
    if (strcmp(name, "variable") != 0) {
        return json_skip(json);
    }
    mtrr->count = 0;
    json_enter(json, '[');
    while (json_element(json)) {
        struct mtrr_register one = {0};

        if (mtrr->count == MTRR_LIMIT) {
            return json_fail(json, "more than %d variable MTRRs", MTRR_LIMIT);
        }
        if (!parts_object(json, &one, read_register)) {
            return false;
        }
        mtrr->registers[mtrr->count++] = one;
    }
    return !json->has_failed;
}

bool parts_mtrr(struct json *json, struct loaded *loaded)
{
    if (json_null(json)) {
        return true;
    }
    loaded->mapping.facts.mtrr = &loaded->mtrr;
    return parts_object(json, &loaded->mtrr, read_mtrr);
}

static bool read_plan_words(struct json *json, struct plan_range *range, const char *name)
{
    char word[PARTS_WORD_CAPACITY];
    unsigned value;

    if (strcmp(name, "part") != 0 && strcmp(name, "largest") != 0) {
        return json_skip(json);
    }
    if (!json_string(json, word, sizeof(word))) {
        return false;
    }
    if (strcmp(name, "part") == 0) {
        if (!word_part(word, &value)) {
            return json_fail(json, "\"%s\" is no part of a plan", word);
        }
        range->part = (enum plan_part)value;
        return true;
    }
    if (!word_leaf(word, &value)) {
        return json_fail(json, "\"%s\" is no size of a leaf: 4K, 2M or 1G", word);
    }
    range->largest = (enum hoist_leaf_size)value;
    return true;
}

bool parts_name(struct json *json, char *name, size_t capacity)
{
    if (!json_string(json, name, capacity)) {
        return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            return json_fail(json, "a name holds a character that is not plain");
        }
    }
    return true;
}

static bool read_plan(struct json *json, void *context, const char *name)
{
    struct plan_range *range = context;

    if (strcmp(name, "name") == 0) {
        return parts_name(json, range->name, sizeof(range->name));
    }
    if (strcmp(name, "va") == 0) {
        return json_address(json, &range->va);
    }
    if (strcmp(name, "pa") == 0) {
        return json_address(json, &range->pa);
    }
    if (strcmp(name, "size") == 0) {
        return json_address(json, &range->size_bytes);
    }
    if (strcmp(name, "rights") == 0) {
        return parts_rights(json, &range->access.rights);
    }
    return strcmp(name, "pat_index") == 0 ? parts_small(json, 7, &range->access.cache)
                                          : read_plan_words(json, range, name);
}

static bool make_plan_room(struct json *json, struct loaded *loaded)
{
    struct plan_range *plan = more_room(json, loaded->plan, loaded->mapping.facts.plan_count,
                                        &loaded->plan_capacity, sizeof(loaded->plan[0]));

    loaded->plan = plan == NULL ? loaded->plan : plan;
    loaded->mapping.facts.plan = loaded->plan;
    return plan != NULL;
}

/* There is room from the beginning: a plan of no ranges is a plan. */
bool parts_plan(struct json *json, struct loaded *loaded)
{
    struct mapping_facts *facts = &loaded->mapping.facts;

    if (json_null(json)) {
        return true;
    }
    facts->plan_count = 0;
    json_enter(json, '[');
    while (make_plan_room(json, loaded) && json_element(json)) {
        struct plan_range range = {.largest = HOIST_LEAF_4K};

        if (!parts_object(json, &range, read_plan)) {
            return false;
        }
        loaded->plan[facts->plan_count++] = range;
    }
    return !json->has_failed;
}

/* A finding, and which rule it is about. */
struct written {
    struct finding finding;
    unsigned rule;
};

static bool read_rule_words(struct json *json, struct written *written, const char *name)
{
    char word[PARTS_WORD_CAPACITY];

    if (strcmp(name, "id") != 0 && strcmp(name, "verdict") != 0 && strcmp(name, "reason") != 0) {
        return json_skip(json);
    }
    if (!json_string(json, word, sizeof(word))) {
        return false;
    }
    if (strcmp(name, "id") == 0) {
        return word_rule(word, &written->rule) || json_fail(json, "\"%s\" is no rule", word);
    }
    if (strcmp(name, "verdict") == 0) {
        return word_verdict(word, &written->finding.verdict) ||
               json_fail(json, "\"%s\" is no verdict: pass, fail or aside", word);
    }
    return word_aside(word, &written->finding.aside) ||
           json_fail(json, "\"%s\" is no reason to set a rule aside", word);
}

static bool read_rule(struct json *json, void *context, const char *name)
{
    struct written *written = context;

    return strcmp(name, "found") == 0     ? json_number(json, &written->finding.found)
           : strcmp(name, "checked") == 0 ? json_number(json, &written->finding.checked)
                                          : read_rule_words(json, written, name);
}

bool parts_rules(struct json *json, struct loaded *loaded)
{
    bool seen[RULE_COUNT] = {false};

    json_enter(json, '[');
    while (json_element(json)) {
        struct written written = {.rule = RULE_COUNT};

        if (!parts_object(json, &written, read_rule)) {
            return false;
        }
        if (written.rule == RULE_COUNT || seen[written.rule]) {
            return json_fail(json, "a rule has no id, or is there twice");
        }
        seen[written.rule] = true;
        loaded->written[written.rule] = written.finding;
    }
    for (enum rule rule = 0; rule < RULE_COUNT && !json->has_failed; rule++) {
        if (!seen[rule]) {
            return json_fail(json, "there is no verdict for the rule \"%s\"", rule_name(rule));
        }
    }
    loaded->has_written = !json->has_failed;
    return loaded->has_written;
}
