/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws bytes at the macros, what they become at the configuration reader, as our own file or as one of
 * Limine's, and each path that is found at the path reader. Whatever is
 * accepted must be as config.h promises, above all every text a piece of the file; whatever is
 * refused must have a sentence. libFuzzer calls LLVMFuzzerTestOneInput(); the input is the whole
 * file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_macros.h"
#include "path.h"
#include "require.h"
#include "require_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small, so that inputs that grow meet it. */
#define REPLACED_LIMIT_BYTES 16384u

static const char *name;

/* A text of the result lies in the file, on one line, without blanks around it. */
static void require_inside(struct text text, struct text source)
{
    if (text.length == 0) {
        return;
    }
    REQUIRE(text.start >= source.start);
    REQUIRE((size_t)(text.start - source.start) <= source.length);
    REQUIRE(text.length <= source.length - (size_t)(text.start - source.start));
    REQUIRE(text.length <= CONFIG_LINE_LIMIT_BYTES);
    REQUIRE(text.start[0] != ' ' && text.start[text.length - 1] != ' ');
    for (size_t i = 0; i < text.length; i++) {
        REQUIRE((unsigned char)text.start[i] >= 0x20 || text.start[i] == '\t');
    }
}

static void require_path(struct text path)
{
    struct path parsed = {.drive = 0};
    struct problem problem = {.kind = PROBLEM_NONE};
    uint16_t units[PATH_CAPACITY_UNITS];
    size_t count = 0;

    if (!path_parse(path, &parsed, &problem) ||
        !path_to_utf16(parsed.file, units, PATH_CAPACITY_UNITS, &problem)) {
        require_sentence(&problem, "path", "");
        return;
    }
    REQUIRE(parsed.file.length > 0 && parsed.file.start[0] == '/');
    REQUIRE(parsed.file.start + parsed.file.length +
                (parsed.has_hash ? 1 + 2 * BLAKE2B_HASH_BYTES : 0) ==
            path.start + path.length);
    REQUIRE(parsed.resource != PATH_DISK || parsed.drive != 0);
    while (units[count] != 0) {
        REQUIRE(units[count] >= 0x20 && units[count] != '/');
        count++;
        REQUIRE(count < PATH_CAPACITY_UNITS);
    }
    REQUIRE(count > 0 && count <= parsed.file.length && units[0] == '\\');
}

/* The options are in their ranges, and the modules are as many as were counted. */
static void require_options(const struct config_entry *entry, struct text source)
{
    struct text rest = entry->lines;
    struct config_module module;
    size_t count = 0;

    REQUIRE(entry->randomise_hhdm_base <= CONFIG_HHDM_RANDOM);
    REQUIRE(entry->newer_base_revision <= CONFIG_NEWER_HIGHEST);
    REQUIRE(entry->on_fail <= CONFIG_ON_FAIL_WARN);
    REQUIRE(entry->kaslr <= CONFIG_KASLR_YES && entry->wx <= CONFIG_WX_PROTOCOL);
    REQUIRE(entry->paging_mode <= CONFIG_PAGING_5_LEVEL);
    REQUIRE(entry->min_paging_mode <= CONFIG_PAGING_5_LEVEL);
    REQUIRE(entry->max_paging_mode <= CONFIG_PAGING_5_LEVEL);
    REQUIRE(entry->stack_bytes == 0 || entry->stack_bytes >= 4096);
    REQUIRE(entry->stack_bytes <= UINT64_C(1) << 40);
    REQUIRE((entry->resolution.width_pixels == 0) == (entry->resolution.height_pixels == 0));
    while (config_next_module(&rest, &module)) {
        REQUIRE(module.path.length > 0);
        require_inside(module.path, source);
        require_inside(module.cmdline, source);
        count++;
    }
    REQUIRE(count == entry->module_count);
}

static void require_entry(const struct config_entry *entry, struct text source)
{
    char title[64];

    REQUIRE(entry->title.length > 0);
    REQUIRE(entry->parent_count < CONFIG_DEPTH_LIMIT);
    REQUIRE(entry->line >= 1);
    require_inside(entry->title, source);
    require_inside(entry->protocol, source);
    require_inside(entry->path, source);
    require_inside(entry->cmdline, source);
    for (size_t i = 0; i < entry->parent_count; i++) {
        REQUIRE(entry->parents[i].length > 0);
        require_inside(entry->parents[i], source);
    }
    require_options(entry, source);
    REQUIRE(config_entry_title(entry, title, sizeof(title)) == strlen(title));
    if (entry->path.length > 0) {
        require_path(entry->path);
    }
}

static void take_warning(void *context, const struct problem *problem)
{
    require_inside(problem->other, *(const struct text *)context);
    REQUIRE(problem->numbers[0] >= 1);
    require_sentence(problem, name, "");
}

static size_t count_lines(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++) {
        count += text.start[i] == '\n';
    }
    return count;
}

/* A copy with its macros replaced, as long as it is; where that does not fit, of the data itself. */
static struct text replace_macros(const uint8_t *data, size_t size)
{
    char *copy = require_copy(data, size);
    char *target = malloc(REPLACED_LIMIT_BYTES);
    const struct text source = {copy, size};
    struct text replaced = source;

    REQUIRE(target != NULL);
    if (config_replace_macros(source, target, REPLACED_LIMIT_BYTES, &replaced)) {
        REQUIRE(replaced.start == target && replaced.length <= REPLACED_LIMIT_BYTES);
        REQUIRE(count_lines(replaced) - count_lines(source) <= 1);
        REQUIRE(config_has_macros(source) ||
                (replaced.length == size && memcmp(target, copy, size) == 0));
    }
    replaced.start = require_copy((const uint8_t *)replaced.start, replaced.length);
    free(copy);
    free(target);
    return replaced;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    struct text source = replace_macros(data, size);
    const struct config_warnings warnings = {take_warning, &source};
    struct problem problem = {.kind = PROBLEM_NONE};

    name = size % 2 == 0 ? "/hoist.conf" : "/limine.conf";
    memset(&config, 0xa5, sizeof(config));
    if (config_parse(source, text_of(name), &config, &warnings, &problem)) {
        REQUIRE(config.entry_count >= 1 && config.entry_count <= CONFIG_ENTRY_LIMIT);
        REQUIRE(config.default_entry >= 1 && config.default_entry <= config.entry_count);
        REQUIRE(config.timeout_seconds <= CONFIG_TIMEOUT_LIMIT_SECONDS);
        for (size_t i = 0; i < config.entry_count; i++) {
            require_entry(&config.entries[i], source);
            REQUIRE(i == 0 || config.entries[i].line > config.entries[i - 1].line);
        }
    } else {
        require_sentence(&problem, name, "");
    }
    free((char *)source.start);
    return 0;
}
