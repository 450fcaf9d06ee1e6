/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel of the Limine protocol asks for, and the boot does. */
#include "boot.h"

#include "console.h"
#include "files.h"
#include "sections.h"

/* The least that the protocol promises. */
#define STACK_BYTES UINT64_C(0x10000)

#define MODULE_REVISION 1u

void *limine_asked(const struct boot *boot, enum limine_feature feature)
{
    return boot->limine.requests.asked[feature];
}

static bool read_part(void *context, uint64_t offset_bytes, void *target, uint64_t size_bytes)
{
    struct problem ignored;

    return file_read(context, offset_bytes, target, size_bytes, &ignored);
}

/* Base revision 0 may have a section with a list: then that counts, and nothing else in the image. */
static bool find_list(struct boot *boot, struct elf_range *list, struct problem *problem)
{
    struct file file;

    if (!file_open(&file, boot->kernel.configured_path, problem)) {
        return false;
    }
    *list = sections_find_requests(&(struct sections_file){read_part, &file, file.size_bytes});
    list->va += boot->kernel.image.slide;
    file_close(&file);
    return true;
}

/* All that a module has is a text in the image; its path is that of the kernel's folder and its own. */
static bool read_module(const struct boot *boot, uint64_t va, struct modules_wish *wish,
                        struct problem *problem)
{
    const struct limine_image *image = &boot->limine.image;
    const struct limine_internal_module *module = limine_at(image, va, sizeof(*module));

    if (module == NULL || !limine_text_at(image, module->path, &wish->path) ||
        !limine_text_at(image, module->string, &wish->cmdline)) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_LIMINE_OUTSIDE,
                                                          .name = image->name,
                                                          .other = text_of("an internal module"),
                                                          .numbers = {va, sizeof(*module)}});
    }
    if ((module->flags & LIMINE_MODULE_COMPRESSED) != 0) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_LIMINE_PACKED,
                                                          .name = image->name,
                                                          .other = wish->path});
    }
    wish->is_required = (module->flags & LIMINE_MODULE_REQUIRED) != 0;
    return true;
}

static bool read_modules(struct boot *boot, struct problem *problem)
{
    const struct limine_image *image = &boot->limine.image;
    const struct limine_module_request *request = limine_asked(boot, LIMINE_MODULE);
    struct modules_wanted *wanted = &boot->limine.modules;
    static struct modules_wish wishes[LIMINE_MODULE_LIMIT];
    const uint64_t *list;

    if (request == NULL || request->request.revision < MODULE_REVISION ||
        request->internal_module_count == 0) {
        return true;
    }
    if (request->internal_module_count > LIMINE_MODULE_LIMIT) {
        return problem_set(problem, PROBLEM_LIMINE_MODULES, image->name,
                           request->internal_module_count, LIMINE_MODULE_LIMIT);
    }
    wanted->list = wishes;
    wanted->count = (size_t)request->internal_module_count;
    wanted->folder = text_take(boot->entry.path, text_find_last(boot->entry.path, '/') + 1);
    list = limine_at(image, request->internal_modules, wanted->count * sizeof(*list));
    for (size_t i = 0; i < wanted->count; i++) {
        if (!read_module(boot, list == NULL ? 0 : list[i], &wishes[i], problem)) {
            return false;
        }
    }
    return true;
}

/* An entry point of its own must lie where the kernel can be executed. */
static bool read_entry(struct boot *boot, struct problem *problem)
{
    const struct limine_entry_point_request *request = limine_asked(boot, LIMINE_ENTRY_POINT);
    struct elf_image *elf = &boot->kernel.image;

    if (request == NULL) {
        return true;
    }
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (elf->segments[i].executable &&
            request->entry - elf->segments[i].va < elf->segments[i].size_bytes) {
            elf->entry = request->entry;
            return true;
        }
    }
    return problem_set(problem, PROBLEM_LIMINE_ENTRY, boot->limine.image.name, request->entry, 0);
}

/* The file is read once more for a kernel alone that may have a list. */
static bool find_requests(struct limine_boot *limine, struct boot *boot, struct problem *problem)
{
    const bool is_well = limine_find_requests(&limine->image, &limine->requests, problem);
    struct problem other;

    if (is_well && limine->requests.base_revision != 0) {
        return true;
    }
    if (!find_list(boot, &limine->image.list, &other) || limine->image.list.size_bytes == 0) {
        return is_well;
    }
    return limine_find_requests(&limine->image, &limine->requests, problem);
}

bool limine_read_requests(struct boot *boot, struct problem *problem)
{
    struct limine_boot *limine = &boot->limine;

    limine->image = (struct limine_image){
        .name = boot->kernel.path,
        .elf = &boot->kernel.image,
        .memory = (unsigned char *)(uintptr_t)boot->kernel.pa,
        .takes_newer = boot->entry.options->newer_base_revision == CONFIG_NEWER_HIGHEST,
    };
    if (!find_requests(limine, boot, problem) || !read_entry(boot, problem) ||
        !read_modules(boot, problem)) {
        return false;
    }
    console_detail("hoist: Limine protocol, base revision %u\n", limine->requests.base_revision);
    if (boot->kernel.image.has_write_execute) {
        console_warn(&(struct problem){.kind = PROBLEM_LIMINE_RIGHTS, .name = limine->image.name});
    }
    if (limine_asked(boot, LIMINE_EXECUTABLE_FILE) != NULL) {
        return kernel_keep_file(&boot->kernel, &boot->pages, problem);
    }
    kernel_drop_file(&boot->kernel, &boot->pages);
    return true;
}

uint64_t limine_stack_size(const struct boot *boot)
{
    const struct limine_stack_size_request *request = limine_asked(boot, LIMINE_STACK_SIZE);

    return request != NULL && request->stack_size > STACK_BYTES ? request->stack_size : STACK_BYTES;
}

static uint32_t levels_of(uint64_t mode)
{
    return mode == 0 ? DEPTH_LEAST : DEPTH_MOST;
}

/* The configuration's word for a mode. */
static uint32_t configured_levels(uint8_t mode)
{
    return mode == CONFIG_PAGING_4_LEVEL ? DEPTH_LEAST : DEPTH_MOST;
}

/* What the kernel allows; the mode that it likes best is no must. */
struct depth_wishes limine_depth(const struct boot *boot)
{
    const struct limine_paging_mode_request *request = limine_asked(boot, LIMINE_PAGING_MODE);
    const struct config_entry *options = boot->entry.options;
    struct depth_wishes wishes = {text_of("kernel"), 0, DEPTH_LEAST, DEPTH_LEAST};
    uint32_t liked = DEPTH_LEAST;

    if (request != NULL) {
        liked = levels_of(request->mode);
        wishes.most = levels_of(request->request.revision == 0 ? request->mode : request->max_mode);
        wishes.least = request->request.revision == 0 ? DEPTH_LEAST : levels_of(request->min_mode);
    }
    if (options->paging_mode != CONFIG_PAGING_ANY) {
        wishes.least = wishes.most = configured_levels(options->paging_mode);
    }
    if (options->max_paging_mode == CONFIG_PAGING_4_LEVEL) {
        wishes.most = DEPTH_LEAST;
    }
    if (options->min_paging_mode == CONFIG_PAGING_5_LEVEL) {
        wishes.least = DEPTH_MOST;
    }
    if (wishes.least < wishes.most) {
        wishes.mode = liked == DEPTH_MOST && boot->cpu.has_five_levels ? DEPTH_MOST : DEPTH_LEAST;
    }
    return wishes;
}

bool limine_lets_report(const struct boot *boot)
{
    return boot->limine.requests.base_revision < LIMINE_STRICT_REVISION;
}
