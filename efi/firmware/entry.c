/* SPDX-License-Identifier: BSD-2-Clause */
/* From /hoist.conf to one entry. */
#include "firmware.h"

#include "entry.h"

#include "config_macros.h"
#include "console.h"
#include "files.h"
#include "menu.h"
#include "pages.h"

/* The first that is there is the configuration. */
static const char *const config_paths[] = {
    CONFIG_OWN_NAME,
    "/limine.conf",
    "/limine/limine.conf",
    "/boot/limine.conf",
    "/boot/limine/limine.conf",
    "/EFI/BOOT/limine.conf",
};
#define CONFIG_PATH_COUNT (sizeof(config_paths) / sizeof(config_paths[0]))

static const char default_kernel_path[] = "/kernel.elf";

static void warn(void *context, const struct problem *problem)
{
    (void)context;
    console_warn(problem);
}

/* The whole file, in memory that stays. */
static bool read_source(struct file *file, struct text *source, struct problem *problem)
{
    void *memory;

    if (file->size_bytes > CONFIG_SIZE_LIMIT_BYTES) {
        return problem_set_all(
            problem, &(struct problem){.kind = PROBLEM_CONFIG_TOO_LARGE,
                                       .name = file->name,
                                       .numbers = {0, file->size_bytes, CONFIG_SIZE_LIMIT_BYTES}});
    }
    /* One byte more, so that an empty file is no special case. */
    if (!pages_take_anywhere(file->size_bytes + 1, "configuration", &memory, problem) ||
        !file_read(file, 0, memory, file->size_bytes, problem)) {
        return false;
    }
    *source = (struct text){memory, (size_t)file->size_bytes};
    return true;
}

/* In memory of its own, where there is something to replace. */
static bool replace_macros(struct text name, struct text *source, struct problem *problem)
{
    void *memory;

    if (!config_has_macros(*source)) {
        return true;
    }
    if (!pages_take_anywhere(CONFIG_SIZE_LIMIT_BYTES, "configuration", &memory, problem)) {
        return false;
    }
    return config_replace_macros(*source, memory, CONFIG_SIZE_LIMIT_BYTES, source) ||
           problem_set_all(problem, &(struct problem){.kind = PROBLEM_CONFIG_TOO_LARGE,
                                                      .name = name,
                                                      .numbers = {0, CONFIG_SIZE_LIMIT_BYTES + 1,
                                                                  CONFIG_SIZE_LIMIT_BYTES}});
}

/* False: it is none of ours. */
static bool find_protocol(struct text name, enum entry_protocol *protocol)
{
    static const struct {
        char name[14];
        uint8_t protocol;
    } names[] = {{"hoist", ENTRY_HOIST},       {"dump", ENTRY_DUMP}, {"limine", ENTRY_LIMINE},
                 {"efi_chainload", ENTRY_EFI}, {"efi", ENTRY_EFI},   {"uefi", ENTRY_EFI}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (text_equals_ignoring_case(name, text_of(names[i].name))) {
            *protocol = (enum entry_protocol)names[i].protocol;
            return true;
        }
    }
    return false;
}

static bool use_config(struct entry *entry, const struct config *config, bool has_come_back,
                       struct problem *problem)
{
    const struct config_entry *chosen;

    console_use_serial(config->serial);
    console_show_details(config->verbose);
    console_be_quiet(config->quiet);
    files_refuse_hashes(config->hash_mismatch_panic);
    chosen = menu_choose(config, has_come_back);
    if (chosen == NULL) {
        return problem_set(problem, PROBLEM_ENTRY_NO_KEYS,
                           config->entries[config->default_entry - 1].title, 0, 0);
    }
    *entry = (struct entry){
        .title = chosen->title,
        .path = chosen->path,
        .cmdline = chosen->cmdline,
        .verbose = config->verbose,
        .options = chosen,
    };
    if (text_is_empty(chosen->protocol)) {
        return problem_set(problem, PROBLEM_ENTRY_NO_PROTOCOL, chosen->title, chosen->line, 0);
    }
    if (!find_protocol(chosen->protocol, &entry->protocol)) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_ENTRY_PROTOCOL,
                                                          .name = chosen->title,
                                                          .other = chosen->protocol,
                                                          .numbers = {chosen->line}});
    }
    if (text_is_empty(chosen->path) && entry->protocol != ENTRY_DUMP) {
        return problem_set(problem, PROBLEM_ENTRY_NO_PATH, chosen->title, chosen->line, 0);
    }
    return true;
}

/* No configuration at all: a kernel under the usual name is enough. */
static bool use_default(struct entry *entry, struct problem *problem)
{
    static struct config_entry options;
    struct file file;

    config_entry_defaults(&options);
    *entry = (struct entry){.title = text_of(default_kernel_path),
                            .path = text_of(default_kernel_path),
                            .options = &options};
    if (file_open(&file, entry->path, problem)) {
        file_close(&file);
        return true;
    }
    if (problem->kind == PROBLEM_FILE_MISSING) {
        problem->kind = PROBLEM_FILE_NOTHING_TO_BOOT;
        problem->name = text_of(config_paths[0]);
        problem->other = text_of(default_kernel_path);
    }
    return false;
}

bool entry_find(struct entry *entry, bool has_come_back, struct problem *problem)
{
    static struct config config;
    const struct config_warnings warnings = {warn, NULL};
    struct text source = {NULL, 0};
    struct file file;
    bool done;

    for (size_t i = 0; !file_open(&file, text_of(config_paths[i]), problem);) {
        if (problem->kind != PROBLEM_FILE_MISSING) {
            return false;
        }
        if (++i == CONFIG_PATH_COUNT) {
            return use_default(entry, problem);
        }
    }
    done = read_source(&file, &source, problem);
    file_close(&file);
    return done && replace_macros(file.name, &source, problem) &&
           config_parse(source, file.name, &config, &warnings, problem) &&
           use_config(entry, &config, has_come_back, problem);
}
