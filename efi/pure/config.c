/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the configuration file, in one pass, line by line.
 *
 * A file that was cut off cannot be told from one whose last line lacks its end, so such a line is
 * accepted. What is visibly unfinished is refused: a macro that is not closed, a title line without
 * a title, a line without a colon.
 */
#include "config.h"

#include "config_keys.h"
#include "config_text.h"

struct config_parser {
    struct text file_name;
    struct config *config;
    const struct config_warnings *warnings;
    struct problem *problem;
    unsigned line;
    unsigned default_entry_line;
    uint32_t seen_globals; /* a bit for each place in the table of keys */
    uint32_t seen_in_entry;
    size_t depth; /* slashes of the latest title; 0 before the first one */
    struct text titles[CONFIG_DEPTH_LIMIT]; /* the latest title and those above it */
    bool is_collapsed[CONFIG_DEPTH_LIMIT];  /* of the same: titles in it are no rows */
    unsigned row_count;
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

static bool refuse_fault(const struct config_parser *parser, const struct config_text_fault *fault)
{
    return problem_set_all(parser->problem,
                           &(struct problem){
                               .kind = fault->kind,
                               .name = parser->file_name,
                               .other = fault->culprit,
                               .numbers = {parser->line, fault->numbers[0], fault->numbers[1]},
                           });
}

/* Before the first title, the place of the first entry. */
static struct config_entry *latest_entry(const struct config_parser *parser)
{
    const size_t count = parser->config->entry_count;

    return &parser->config->entries[count == 0 ? 0 : count - 1];
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

/* Whether the value of a key that is known may be used here; if not, says so. */
static bool is_wanted(struct config_parser *parser, int place, struct text name)
{
    const struct config_key *key = config_key_at(place);
    const uint32_t bit = UINT32_C(1) << place;
    uint32_t *seen = key->is_global ? &parser->seen_globals : &parser->seen_in_entry;

    if (!key->is_global && parser->depth == 0) {
        warn(parser, PROBLEM_CONFIG_OUTSIDE_ENTRY, name);
        return false;
    }
    if (config_key_is_module_path(key)) {
        return true;
    }
    if (config_key_is_module_cmdline(key) && latest_entry(parser)->module_count == 0) {
        warn(parser, PROBLEM_CONFIG_NO_MODULE, name);
        return false;
    }
    if ((*seen & bit) != 0) {
        warn(parser, PROBLEM_CONFIG_DUPLICATE_KEY, name);
        return false;
    }
    *seen |= bit;
    return true;
}

/* The next module has a command line of its own. */
static void add_module(struct config_parser *parser)
{
    latest_entry(parser)->module_count++;
    parser->seen_in_entry &= ~(UINT32_C(1) << config_find_key(text_of("module_cmdline")));
}

static bool take_key(struct config_parser *parser, struct text whole)
{
    const struct config_key *key;
    struct config_text_fault fault;
    struct config_line line;
    int place;

    if (!config_split_line(whole, &line)) {
        return refuse(parser, PROBLEM_CONFIG_NO_COLON, whole, 0, 0);
    }
    if (text_is_empty(line.key)) {
        return refuse(parser, PROBLEM_CONFIG_NO_KEY, whole, 0, 0);
    }
    place = config_find_key(line.key);
    if (place < 0 && config_is_about_looks(line.key)) {
        return true;
    }
    if (place < 0) {
        warn(parser, PROBLEM_CONFIG_UNKNOWN_KEY, line.key);
        return true;
    }
    if (!is_wanted(parser, place, line.key)) {
        return true;
    }
    key = config_key_at(place);
    if (!config_read_value(key, &line, parser->config, latest_entry(parser), &fault)) {
        return refuse_fault(parser, &fault);
    }
    if (config_key_is_module_path(key)) {
        add_module(parser);
    }
    if (key == config_key_at(config_find_key(text_of("default_entry")))) {
        parser->default_entry_line = parser->line;
    }
    return true;
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

/* A row of Limine's menu, unless it lies in a directory that is collapsed. */
static void count_row(struct config_parser *parser, bool is_expanded)
{
    bool *is_collapsed = &parser->is_collapsed[parser->depth - 1];
    const bool is_hidden = parser->depth > 1 && is_collapsed[-1];

    *is_collapsed = is_hidden || !is_expanded;
    parser->row_count += is_hidden ? 0 : 1;
}

static bool take_title(struct config_parser *parser, struct text whole)
{
    struct config *config = parser->config;
    struct config_entry *entry;
    struct text title = whole;
    bool is_expanded;
    size_t depth = 0;

    while (!text_is_empty(title) && title.start[0] == '/') {
        title = text_skip(title, 1);
        depth++;
    }
    is_expanded = !text_is_empty(title) && title.start[0] == '+';
    title = text_skip(title, is_expanded ? 1 : 0);
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
    count_row(parser, is_expanded);
    entry = &config->entries[config->entry_count++];
    config_entry_defaults(entry);
    entry->title = title;
    entry->parent_count = depth - 1;
    entry->line = parser->line;
    entry->row = parser->row_count;
    parser->seen_in_entry = 0;
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
        return refuse_fault(parser, &fault);
    }
    if (text_is_empty(trimmed) || trimmed.start[0] == '#') {
        return true;
    }
    return trimmed.start[0] == '/' ? take_title(parser, trimmed) : take_key(parser, trimmed);
}

/* The lines of an entry are what was read since its title; `rest` is what was not read yet. */
static void keep_lines(struct config_parser *parser, struct text rest)
{
    struct text *lines = &latest_entry(parser)->lines;

    if (parser->depth == 0) {
        return;
    }
    if (lines->start == NULL) {
        lines->start = rest.start;
    }
    lines->length = (size_t)(rest.start - lines->start);
}

/* The entry in that row, or the first one inside when a directory is there; no such row: the first. */
static uint64_t entry_of_row(const struct config *config, uint64_t row)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        if (config->entries[i].row >= row) {
            return i + 1;
        }
    }
    return 1;
}

/* default_entry may name an entry that comes later, so it is held against the list at the end. */
static bool check_whole(struct config_parser *parser)
{
    struct config *config = parser->config;

    if (config->entry_count == 0) {
        parser->line = 0;
        return refuse(parser, PROBLEM_CONFIG_NO_ENTRY, text_of(""), 0, 0);
    }
    if (!text_equals(parser->file_name, text_of(CONFIG_OWN_NAME))) {
        config->default_entry = entry_of_row(config, config->default_entry);
    }
    if (config->default_entry > config->entry_count) {
        parser->line = parser->default_entry_line;
        return refuse(parser, PROBLEM_CONFIG_DEFAULT_ENTRY, text_of(""), config->default_entry,
                      config->entry_count);
    }
    return true;
}

void config_entry_defaults(struct config_entry *entry)
{
    *entry = (struct config_entry){
        .framebuffer = true, .early_faults = true, .dump = CONFIG_DUMP_SERIAL};
}

void config_defaults(struct config *config)
{
    *config = (struct config){.default_entry = 1, .serial = true, .hash_mismatch_panic = true};
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
        return refuse_fault(&parser, &fault);
    }
    while (source.length > 0) {
        parser.line++;
        if (!take_line(&parser, config_next_line(&source))) {
            return false;
        }
        keep_lines(&parser, source);
    }
    return check_whole(&parser);
}
