/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of a mapping. Boot tests read them, so a change here is a change there. */
#include "mapping_text.h"

#include "mapping_words.h"
#include "print.h"

/* Three counts of 20 digits, three sizes, spaces. */
#define LEAVES_CAPACITY 80
/* All kinds of memory there are, with commas. */
#define MEMORY_CAPACITY 160

struct voice {
    void (*say)(void *context, const struct mapping_line *line);
    void *context;
    char text[MAPPING_LINE_CAPACITY];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct voice *voice, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    voice->length += print_to_v(voice->text + voice->length, sizeof(voice->text) - voice->length,
                                format, arguments);
    va_end(arguments);
}

/* Names may come from a file: what a terminal would obey is not passed on. */
static void end_line(struct voice *voice, struct mapping_line line)
{
    for (size_t i = 0; i < voice->length; i++) {
        if (voice->text[i] < ' ' || voice->text[i] > '~') {
            voice->text[i] = '?';
        }
    }
    line.text = voice->text;
    voice->say(voice->context, &line);
    voice->length = 0;
    voice->text[0] = '\0';
}

/* "2x1G 3x2M 17x4K", without the sizes that do not occur. */
static void leaves_text(const uint64_t *leaf_count, char *buffer, size_t capacity)
{
    size_t length = 0;

    buffer[0] = '\0';
    for (unsigned size = HOIST_LEAF_1G; size >= HOIST_LEAF_4K; size--) {
        if (leaf_count[size] != 0) {
            length += print_to(buffer + length, capacity - length, "%s%" PRINT_64 "ux%s",
                               length == 0 ? "" : " ", leaf_count[size], mapping_leaf_name(size));
        }
    }
}

static void memory_text(uint32_t memory, char *buffer, size_t capacity)
{
    size_t length = 0;

    buffer[0] = '\0';
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((memory >> bit & 1) != 0) {
            length += print_to(buffer + length, capacity - length, "%s%s", length == 0 ? "" : ", ",
                               mapping_memory_name(bit));
        }
    }
}

static void say_heading(struct voice *voice)
{
    add(voice, "%-33s %-12s %10s %-13s %-5s %-15s %s", "virtual", "physical", "size", "leaves",
        "may", "cached", "memory: name");
    end_line(voice, (struct mapping_line){.kind = MAPPING_LINE_HEADING});
}

static void add_marks(struct voice *voice, const struct mapping_range *range)
{
    char rights[MAPPING_RIGHTS_CAPACITY];

    for (unsigned mark = 0; mark < 8; mark++) {
        if ((range->marks >> mark & 1) != 0) {
            add(voice, "%s%s", " ! ", mapping_mark_name(mark));
            if (1u << mark == MAPPING_MARK_RIGHTS) {
                mapping_rights_text(range->leaf_rights, rights);
                add(voice, " %s", rights);
            }
        }
    }
}

static void say_range(struct voice *voice, const struct mapping *mapping,
                      const struct mapping_range *range)
{
    char rights[MAPPING_RIGHTS_CAPACITY];
    char size[PRINT_SIZE_CAPACITY];
    char leaves[LEAVES_CAPACITY];
    char memory[MEMORY_CAPACITY];

    mapping_rights_text(range->rights, rights);
    print_size(size, sizeof(size), range->size_bytes);
    leaves_text(range->leaf_count, leaves, sizeof(leaves));
    memory_text(range->memory, memory, sizeof(memory));
    add(voice, "%016" PRINT_64 "x-%016" PRINT_64 "x %012" PRINT_64 "x %10s %-13s %-5s %-15s %s%s%s",
        range->va, range->va + (range->size_bytes - 1), range->pa, size, leaves, rights,
        range->kind == MAPPING_LEAVES ? mapping_cache_name(range->cache) : "", memory,
        memory[0] == '\0' ? "" : ": ", mapping_range_name(mapping, range));
    if (range->kind == MAPPING_SHARED) {
        add(voice, ", as at %016" PRINT_64 "x", range->shared_va);
    }
    add_marks(voice, range);
    end_line(voice, (struct mapping_line){.kind = MAPPING_LINE_RANGE, .range = range});
}

static void say_summary(struct voice *voice, const struct mapping *mapping)
{
    const struct mapping_line line = {.kind = MAPPING_LINE_SUMMARY};
    char size[PRINT_SIZE_CAPACITY];

    add(voice, "%" PRINT_64 "u table frames used", mapping->table_frames);
    if (mapping->facts.table_frame_count != 0) {
        add(voice, ", %" PRINT_64 "u counted, from %" PRINT_64 "x on",
            mapping->facts.table_frame_count, mapping->facts.tables_pa);
    }
    for (unsigned leaf = HOIST_LEAF_1G; leaf >= HOIST_LEAF_4K; leaf--) {
        print_size(size, sizeof(size), mapping->leaf_count[leaf] << (12 + 9 * (leaf - 1)));
        add(voice, "; %s by %s", size, mapping_leaf_name(leaf));
    }
    end_line(voice, line);
    if (mapping->ranges_left_out != 0) {
        add(voice, "no room for %" PRINT_64 "u more ranges", mapping->ranges_left_out);
        end_line(voice, line);
    }
    if (mapping->tables_left_out) {
        add(voice, "no room for more tables: what is below them was not read");
        end_line(voice, line);
    }
}

/* " the first at ffffffff80000000 (kernel segment 0)". */
static void add_place(struct voice *voice, const struct mapping *mapping,
                      const struct finding *finding)
{
    const char *name = finding_name(mapping, finding);

    add(voice, ", the first at %016" PRINT_64 "x", finding->va);
    if (name[0] != '\0') {
        add(voice, " (%s)", name);
    }
}

static void say_rule(struct voice *voice, const struct mapping *mapping, enum rule rule,
                     const struct finding *finding)
{
    add(voice, "%-9s %-13s %s: ", verdict_text((enum verdict)finding->verdict), rule_name(rule),
        rule_sentence(rule));
    if (finding->verdict == VERDICT_ASIDE) {
        add(voice, "%s", aside_reason((enum aside)finding->aside));
    } else {
        add(voice, "%" PRINT_64 "u of %" PRINT_64 "u %s", finding->found, finding->checked,
            rule_unit(rule));
    }
    if (finding->verdict == VERDICT_FAIL) {
        add_place(voice, mapping, finding);
    }
    end_line(voice, (struct mapping_line){.kind = MAPPING_LINE_RULE, .finding = finding});
}

void mapping_text(const struct mapping *mapping, const struct finding findings[RULE_COUNT],
                  void (*say)(void *context, const struct mapping_line *line), void *context)
{
    struct voice voice = {.say = say, .context = context};

    say_heading(&voice);
    for (size_t i = 0; i < mapping->range_count; i++) {
        say_range(&voice, mapping, &mapping->ranges[i]);
    }
    say_summary(&voice, mapping);
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        say_rule(&voice, mapping, rule, &findings[rule]);
    }
}
