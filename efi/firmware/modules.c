/* SPDX-License-Identifier: BSD-2-Clause */
/* From files to pages of type MODULE. */
#include "firmware.h"

#include "modules.h"

#include "files.h"
#include "path.h"
#include "print.h"

#define NAME_CAPACITY 128

/* Takes pages for the file and reads it there. */
static bool read_module(struct module *module, struct file *file, struct pages_map *pages,
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
        return true;
    }
    print_to(name, sizeof(name), "module %.*s", TEXT_ARGUMENTS(module->path));
    if (!pages_take(pages, &request, name, &module->pa, problem)) {
        return false;
    }
    pages_claim(pages, &(struct memory_range){module->pa, request.size_bytes, MEMORY_MODULE});
    memory = (uint8_t *)(uintptr_t)module->pa;
    __builtin_memset(memory + size_bytes, 0, request.size_bytes - size_bytes);
    return file_read(file, 0, memory, size_bytes, problem);
}

static bool load_one(struct module *module, struct pages_map *pages, struct problem *problem)
{
    struct text resolved;
    struct file file;
    bool done;

    if (!path_resolve(module->path, &resolved, problem) || !file_open(&file, resolved, problem)) {
        return false;
    }
    done = read_module(module, &file, pages, problem);
    file_close(&file);
    return done;
}

bool modules_load(struct modules *modules, const struct config_entry *entry,
                  struct pages_map *pages, struct problem *problem)
{
    struct text rest = entry->lines;
    struct config_module named;
    void *memory;

    *modules = (struct modules){0};
    if (entry->module_count == 0) {
        return true;
    }
    if (!pages_take_anywhere(entry->module_count * sizeof(*modules->list), "list of modules",
                             &memory, problem)) {
        return false;
    }
    modules->list = memory;
    while (config_next_module(&rest, &named)) {
        struct module *module = &modules->list[modules->count++];

        *module = (struct module){.path = named.path, .cmdline = named.cmdline};
        modules->text_bytes += named.path.length + named.cmdline.length;
        if (!load_one(module, pages, problem)) {
            return false;
        }
    }
    return true;
}
