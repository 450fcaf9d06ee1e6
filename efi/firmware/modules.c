/* SPDX-License-Identifier: BSD-2-Clause */
/* From files to pages of type MODULE. */
#include "firmware.h"

#include "modules.h"

#include "files.h"
#include "path.h"
#include "print.h"

#define NAME_CAPACITY 128

bool modules_read_file(struct module *module, struct file *file, struct pages_map *pages,
                       struct problem *problem)
{
    static char name[NAME_CAPACITY]; /* a sentence may need it */
    /* A size that no machine can have is not rounded up, for it might become 0. */
    const uint64_t limit_bytes = MEMORY_END_BYTES;
    const uint64_t size_bytes = file->size_bytes < limit_bytes ? file->size_bytes : limit_bytes;
    const struct memory_request request = {
        .size_bytes = memory_page_up(size_bytes),
        .alignment_bytes = MEMORY_PAGE_BYTES,
        .lowest = MEMORY_LOWEST_BYTES,
        .end = MEMORY_END_BYTES,
    };
    uint8_t *memory;

    module->size_bytes = size_bytes;
    if (size_bytes == 0) {
        return file_read_whole(file, NULL, problem);
    }
    print_to(name, sizeof(name), "module %.*s", TEXT_ARGUMENTS(module->path));
    if (!pages_take(pages, &request, name, &module->pa, problem)) {
        return false;
    }
    pages_claim(pages, &(struct memory_range){module->pa, request.size_bytes, MEMORY_MODULE});
    memory = (uint8_t *)(uintptr_t)module->pa;
    __builtin_memset(memory + size_bytes, 0, request.size_bytes - size_bytes);
    return file_read_whole(file, memory, problem);
}

bool modules_load_one(struct module *module, struct pages_map *pages, struct problem *problem)
{
    struct file file;
    bool done;

    if (!file_open(&file, module->path, problem)) {
        return false;
    }
    module->file_path = file.name;
    module->device = file.device;
    done = modules_read_file(module, &file, pages, problem);
    file_close(&file);
    return done;
}

static void append(char **end, struct text text)
{
    __builtin_memcpy(*end, text.start, text.length);
    *end += text.length;
}

/* The paths lie behind the list. What is missing and need not be there leaves no trace. */
static bool load_wanted(struct modules *modules, const struct modules_wanted *wanted, char *paths,
                        struct pages_map *pages, struct problem *problem)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const struct modules_wish *wish = &wanted->list[i];
        struct module *module = &modules->list[modules->count];
        struct text path = wish->path;

        *module = (struct module){.path = {paths, 0}, .cmdline = wish->cmdline};
        while (!text_is_empty(path) && path.start[0] == '/') {
            path = text_skip(path, 1);
        }
        append(&paths, wanted->folder);
        append(&paths, path);
        module->path.length = (size_t)(paths - module->path.start);
        if (modules_load_one(module, pages, problem)) {
            modules->count++;
            modules->text_bytes += module->path.length + module->cmdline.length;
        } else if (wish->is_required || (problem->kind != PROBLEM_FILE_MISSING &&
                                         problem->kind != PROBLEM_FILE_ABSENT)) {
            return false;
        }
    }
    return true;
}

bool modules_load(struct modules *modules, const struct config_entry *entry,
                  const struct modules_wanted *wanted, struct pages_map *pages,
                  struct problem *problem)
{
    const size_t count = wanted->count + entry->module_count;
    struct text rest = entry->lines;
    struct config_module named;
    size_t path_bytes = 0;
    void *memory;

    *modules = (struct modules){0};
    if (count == 0) {
        return true;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        path_bytes += wanted->folder.length + wanted->list[i].path.length;
    }
    if (!pages_take_anywhere(count * sizeof(*modules->list) + path_bytes, "list of modules",
                             &memory, problem)) {
        return false;
    }
    modules->list = memory;
    if (!load_wanted(modules, wanted, (char *)&modules->list[count], pages, problem)) {
        return false;
    }
    while (config_next_module(&rest, &named)) {
        struct module *module = &modules->list[modules->count++];

        *module = (struct module){.path = named.path, .cmdline = named.cmdline};
        modules->text_bytes += named.path.length + named.cmdline.length;
        if (!modules_load_one(module, pages, problem)) {
            return false;
        }
    }
    return true;
}
