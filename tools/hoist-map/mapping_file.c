/* SPDX-License-Identifier: BSD-2-Clause */
/* The document, from top to bottom. */
#include "mapping_file.h"

#include <inttypes.h>
#include <string.h>

#include "mapping_parts.h"

#define FORMAT "hoist-mapping"

bool parts_object(struct json *json, void *context,
                  bool (*read)(struct json *json, void *context, const char *name))
{
    char name[JSON_MEMBER_CAPACITY];

    json_enter(json, '{');
    while (json_member(json, name)) {
        read(json, context, name);
    }
    return !json->has_failed;
}

bool parts_small(struct json *json, uint64_t limit, uint8_t *number)
{
    uint64_t value;

    if (!json_number(json, &value)) {
        return false;
    }
    if (value > limit) {
        return json_fail(json, "%" PRIu64 " is more than %" PRIu64, value, limit);
    }
    *number = (uint8_t)value;
    return true;
}

static bool read_cpu(struct json *json, void *context, const char *name)
{
    struct mapping_facts *facts = context;

    if (strcmp(name, "levels") == 0) {
        return parts_small(json, 5, &facts->levels);
    }
    if (strcmp(name, "physical_bits") == 0) {
        return parts_small(json, 52, &facts->physical_bits);
    }
    if (strcmp(name, "has_1g_pages") == 0) {
        return json_boolean(json, &facts->has_1g_pages);
    }
    if (strcmp(name, "has_nx") == 0) {
        return json_boolean(json, &facts->has_nx);
    }
    if (strcmp(name, "cr3") == 0) {
        return json_address(json, &facts->cr3);
    }
    return strcmp(name, "pat") == 0 ? json_address(json, &facts->pat) : json_skip(json);
}

static bool read_format(struct json *json)
{
    char format[LOADED_TEXT_CAPACITY];

    return json_string(json, format, sizeof(format)) &&
           (strcmp(format, FORMAT) == 0 ||
            json_fail(json, "the format is \"%s\", not \"%s\"", format, FORMAT));
}

static bool read_version(struct json *json)
{
    uint64_t version;

    return json_number(json, &version) &&
           (version == MAPPING_JSON_VERSION ||
            json_fail(json, "version %" PRIu64 " of the format; this program reads version %d",
                      version, MAPPING_JSON_VERSION));
}

/* What a document cannot do without. */
enum needed {
    NEEDED_FORMAT,
    NEEDED_VERSION,
    NEEDED_CPU,
    NEEDED_TABLES,
    NEEDED_RANGES,
    NEEDED_COUNT
};

static const char *const needed_names[NEEDED_COUNT] = {"format", "version", "cpu", "tables",
                                                       "ranges"};

static bool read_texts(struct json *json, struct loaded *loaded, const char *name)
{
    if (strcmp(name, "maker") == 0) {
        return parts_name(json, loaded->maker, sizeof(loaded->maker));
    }
    return strcmp(name, "space") == 0 ? parts_name(json, loaded->space, sizeof(loaded->space))
                                      : json_skip(json);
}

static bool read_member(struct json *json, struct loaded *loaded, const char *name)
{
    static const struct {
        const char *name;
        bool (*read)(struct json *json, struct loaded *loaded);
    } lists[] = {
        {"mtrr", parts_mtrr},     {"memory", parts_memory}, {"plan", parts_plan},
        {"tables", parts_tables}, {"ranges", parts_ranges}, {"summary", parts_summary},
        {"rules", parts_rules},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(name, lists[i].name) == 0) {
            return lists[i].read(json, loaded);
        }
    }
    if (strcmp(name, "format") == 0) {
        return read_format(json);
    }
    if (strcmp(name, "version") == 0) {
        return read_version(json);
    }
    if (strcmp(name, "cpu") == 0) {
        return parts_object(json, &loaded->mapping.facts, read_cpu);
    }
    return strcmp(name, "wx_strict") == 0 ? json_boolean(json, &loaded->mapping.facts.wx_strict)
                                          : read_texts(json, loaded, name);
}

/* Each member once: a second one would be added to the first, or hide it. */
static bool note_member(struct json *json, const char *name, bool seen[NEEDED_COUNT])
{
    for (unsigned i = 0; i < NEEDED_COUNT; i++) {
        if (strcmp(name, needed_names[i]) == 0) {
            if (seen[i]) {
                return json_fail(json, "\"%s\" is there twice", name);
            }
            seen[i] = true;
        }
    }
    return true;
}

bool mapping_file_read(struct loaded *loaded, const char *name, const char *text,
                       size_t length_bytes, struct complaint *complaint)
{
    char member[JSON_MEMBER_CAPACITY];
    bool seen[NEEDED_COUNT] = {false};
    struct json json;

    json_start(&json, name, text, length_bytes, complaint);
    loaded_name(loaded, "", "");
    json_enter(&json, '{');
    while (json_member(&json, member)) {
        if (note_member(&json, member, seen)) {
            read_member(&json, loaded, member);
        }
    }
    json_finish(&json);
    for (unsigned i = 0; i < NEEDED_COUNT; i++) {
        if (!seen[i]) {
            json_fail(&json, "the document has no \"%s\"", needed_names[i]);
        }
    }
    return parts_agree(&json, loaded);
}
