/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the configuration file, in one pass, line by line.
 *
 * A file that was cut off cannot be told from one whose last line lacks its end, so such a line is
 * accepted. What is visibly unfinished is refused: a macro that is not closed, a title line without
 * a title, a line without a colon.
 */
#include "config.h"

#include "config_text.h"
#include "print.h"

/* The global keys that were seen, one bit each. */
#define SEEN_TIMEOUT       1U
#define SEEN_DEFAULT_ENTRY 2U
#define SEEN_SERIAL        4U
#define SEEN_VERBOSE       8U

struct config_parser {
    struct text file_name;
    struct config *config;
    const struct config_warnings *warnings;
    struct problem *problem;
    unsigned line;
    unsigned default_entry_line;
    unsigned seen;
    size_t depth; /* slashes of the latest title; 0 before the first one */
    struct text titles[CONFIG_DEPTH_LIMIT]; /* the latest title and those above it */
};

/* A `key: value` line in its parts. */
struct config_line {
    struct text whole;
    struct text key;
    struct text value;
};

static bool refuse(const struct config_parser *parser, enum problem_kind kind, struct text other,
                   uint64_t second, uint64_t third)
{
    return problem_set_all(parser->problem, &(struct problem){
                                                .kind = kind,
                                                .name = parser->file_name,
                                                .other = other,
                                                .numbers = {parser->line, second, third},
                                            });
}

static void warn(const struct config_parser *parser, enum problem_kind kind, struct text key)
{
    if (parser->warnings == NULL || parser->warnings->warn == NULL) {
        return;
    }
    parser->warnings->warn(parser->warnings->context, &(struct problem){
                                                          .kind = kind,
                                                          .name = parser->file_name,
                                                          .other = key,
                                                          .numbers = {parser->line},
                                                      });
}

static bool is_key(const struct config_line *line, const char *name)
{
    return text_equals_ignoring_case(line->key, text_of(name));
}

/* Plain digits only. `least` and `most` are for the message as well. */
static bool read_number(const struct config_parser *parser, const struct config_line *line,
                        uint64_t least, uint64_t most, uint64_t *number)
{
    uint64_t value = 0;
    bool too_large = false;

    if (text_is_empty(line->value)) {
        return refuse(parser, PROBLEM_CONFIG_NO_NUMBER, line->whole, 0, 0);
    }
    for (size_t i = 0; i < line->value.length; i++) {
        char digit = line->value.start[i];

        if (digit < '0' || digit > '9') {
            return refuse(parser, PROBLEM_CONFIG_NO_NUMBER, line->whole, 0, 0);
        }
        value = value * 10 + (uint64_t)(digit - '0');
        /* Once too large, always too large: the value stays small enough to go on. */
        if (value > most) {
            too_large = true;
            value = most;
        }
    }
    if (too_large || value < least) {
        return refuse(parser, PROBLEM_CONFIG_NUMBER_RANGE, line->whole, least, most);
    }
    *number = value;
    return true;
}

static bool read_switch(const struct config_parser *parser, const struct config_line *line,
                        bool *value)
{
    if (text_equals_ignoring_case(line->value, text_of("yes"))) {
        *value = true;
        return true;
    }
    if (text_equals_ignoring_case(line->value, text_of("no"))) {
        *value = false;
        return true;
    }
    return refuse(parser, PROBLEM_CONFIG_NO_SWITCH, line->whole, 0, 0);
}

static bool read_timeout(const struct config_parser *parser, const struct config_line *line)
{
    struct config *config = parser->config;

    if (text_equals_ignoring_case(line->value, text_of("no"))) {
        config->timeout_forever = true;
        return true;
    }
    return read_number(parser, line, 0, CONFIG_TIMEOUT_LIMIT_SECONDS, &config->timeout_seconds);
}

/* 0 when the key is no global one. */
static unsigned global_key(const struct config_line *line)
{
    if (is_key(line, "timeout")) {
        return SEEN_TIMEOUT;
    }
    if (is_key(line, "default_entry")) {
        return SEEN_DEFAULT_ENTRY;
    }
    if (is_key(line, "serial")) {
        return SEEN_SERIAL;
    }
    return is_key(line, "verbose") ? SEEN_VERBOSE : 0;
}

static bool take_global(struct config_parser *parser, const struct config_line *line, unsigned key)
{
    struct config *config = parser->config;

    if (parser->depth != 0) {
        warn(parser, PROBLEM_CONFIG_INSIDE_ENTRY, line->key);
        return true;
    }
    if ((parser->seen & key) != 0) {
        warn(parser, PROBLEM_CONFIG_DUPLICATE_KEY, line->key);
        return true;
    }
    parser->seen |= key;
    switch (key) {
    case SEEN_TIMEOUT: return read_timeout(parser, line);
    case SEEN_DEFAULT_ENTRY:
        parser->default_entry_line = parser->line;
        return read_number(parser, line, 1, CONFIG_ENTRY_LIMIT, &config->default_entry);
    case SEEN_SERIAL: return read_switch(parser, line, &config->serial);
    default: return read_switch(parser, line, &config->verbose);
    }
}

/* Where the entry keeps the value of this key; NULL when it is no key of an entry. */
static struct text *entry_field(struct config_entry *entry, const struct config_line *line)
{
    if (is_key(line, "protocol")) {
        return &entry->protocol;
    }
    if (is_key(line, "path") || is_key(line, "kernel_path")) {
        return &entry->path;
    }
    return is_key(line, "cmdline") || is_key(line, "kernel_cmdline") ? &entry->cmdline : NULL;
}

static bool take_entry_key(struct config_parser *parser, const struct config_line *line)
{
    struct config *config = parser->config;
    /* Before the first title the first entry is empty: good enough to ask whether the key is known.
     */
    size_t index = parser->depth == 0 ? 0 : config->entry_count - 1;
    struct text *field = entry_field(&config->entries[index], line);

    if (field == NULL) {
        warn(parser, PROBLEM_CONFIG_UNKNOWN_KEY, line->key);
        return true;
    }
    if (parser->depth == 0) {
        warn(parser, PROBLEM_CONFIG_OUTSIDE_ENTRY, line->key);
        return true;
    }
    if (field->start != NULL) {
        warn(parser, PROBLEM_CONFIG_DUPLICATE_KEY, line->key);
        return true;
    }
    if (text_is_empty(line->value) && field != &config->entries[index].cmdline) {
        return refuse(parser, PROBLEM_CONFIG_NO_VALUE, line->key, 0, 0);
    }
    *field = line->value;
    return true;
}

static bool take_key(struct config_parser *parser, struct text whole)
{
    size_t colon = text_find(whole, ':');
    struct config_line line = {
        .whole = whole,
        .key = text_trim(text_take(whole, colon)),
        .value = text_trim(text_skip(whole, colon + 1)),
    };
    unsigned global;

    if (colon == whole.length) {
        return refuse(parser, PROBLEM_CONFIG_NO_COLON, whole, 0, 0);
    }
    if (text_is_empty(line.key)) {
        return refuse(parser, PROBLEM_CONFIG_NO_KEY, whole, 0, 0);
    }
    global = global_key(&line);
    return global != 0 ? take_global(parser, &line, global) : take_entry_key(parser, &line);
}

/*
 * The entry above turns out to be a directory when the first one inside it comes: without a path it
 * is then nothing to boot, and gives its place in the list up.
 */
static void drop_directory(struct config_parser *parser, size_t depth)
{
    struct config *config = parser->config;

    if (depth == parser->depth + 1 && config->entry_count > 0 &&
        text_is_empty(config->entries[config->entry_count - 1].path)) {
        config->entry_count--;
    }
}

static bool take_title(struct config_parser *parser, struct text whole)
{
    struct config *config = parser->config;
    struct config_entry *entry;
    struct text title = whole;
    size_t depth = 0;

    while (!text_is_empty(title) && title.start[0] == '/') {
        title = text_skip(title, 1);
        depth++;
    }
    if (!text_is_empty(title) && title.start[0] == '+') {
        title = text_skip(title, 1);
    }
    title = text_trim(title);
    if (text_is_empty(title)) {
        return refuse(parser, PROBLEM_CONFIG_NO_TITLE, whole, 0, 0);
    }
    if (depth > CONFIG_DEPTH_LIMIT) {
        return refuse(parser, PROBLEM_CONFIG_TOO_DEEP, whole, depth, CONFIG_DEPTH_LIMIT);
    }
    if (depth > parser->depth + 1) {
        return refuse(parser, PROBLEM_CONFIG_NO_PARENT, whole, depth, parser->depth + 1);
    }
    drop_directory(parser, depth);
    if (config->entry_count == CONFIG_ENTRY_LIMIT) {
        return refuse(parser, PROBLEM_CONFIG_TOO_MANY_ENTRIES, title, CONFIG_ENTRY_LIMIT, 0);
    }
    parser->depth = depth;
    parser->titles[depth - 1] = title;
    entry = &config->entries[config->entry_count++];
    *entry = (struct config_entry){.title = title, .parent_count = depth - 1, .line = parser->line};
    for (size_t i = 0; i + 1 < depth; i++) {
        entry->parents[i] = parser->titles[i];
    }
    return true;
}

/* Takes one line, without its line end. */
static bool take_line(struct config_parser *parser, struct text line)
{
    struct text trimmed = text_trim(line);
    struct config_text_fault fault;

    if (!config_text_check_line(line, &fault)) {
        return refuse(parser, fault.kind, fault.culprit, fault.numbers[0], fault.numbers[1]);
    }
    if (text_is_empty(trimmed) || trimmed.start[0] == '#') {
        return true;
    }
    return trimmed.start[0] == '/' ? take_title(parser, trimmed) : take_key(parser, trimmed);
}

/* default_entry may name an entry that comes later, so it is held against the list at the end. */
static bool check_whole(struct config_parser *parser)
{
    const struct config *config = parser->config;

    if (config->entry_count == 0) {
        parser->line = 0;
        return refuse(parser, PROBLEM_CONFIG_NO_ENTRY, text_of(""), 0, 0);
    }
    if (config->default_entry > config->entry_count) {
        parser->line = parser->default_entry_line;
        return refuse(parser, PROBLEM_CONFIG_DEFAULT_ENTRY, text_of(""), config->default_entry,
                      config->entry_count);
    }
    return true;
}

void config_defaults(struct config *config)
{
    *config = (struct config){.default_entry = 1, .serial = true};
}

bool config_parse(struct text source, struct text file_name, struct config *config,
                  const struct config_warnings *warnings, struct problem *problem)
{
    struct config_parser parser = {
        .file_name = file_name,
        .config = config,
        .warnings = warnings,
        .problem = problem,
    };
    struct config_text_fault fault;

    config_defaults(config);
    if (!config_text_begin(&source, &fault)) {
        return refuse(&parser, fault.kind, fault.culprit, fault.numbers[0], fault.numbers[1]);
    }
    while (source.length > 0) {
        size_t end = text_find(source, '\n');
        struct text line = text_take(source, end);

        parser.line++;
        if (line.length > 0 && line.start[line.length - 1] == '\r') {
            line.length--;
        }
        if (!take_line(&parser, line)) {
            return false;
        }
        source = text_skip(source, end + 1);
    }
    return check_whole(&parser);
}

size_t config_entry_title(const struct config_entry *entry, char *buffer, size_t capacity)
{
    size_t length = 0;

    for (size_t i = 0; i < entry->parent_count; i++) {
        length += print_to(buffer + length, capacity - length, "%.*s > ",
                           TEXT_ARGUMENTS(entry->parents[i]));
    }
    return length +
           print_to(buffer + length, capacity - length, "%.*s", TEXT_ARGUMENTS(entry->title));
}
