/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program is read by our own code and loaded from memory, so that what was hashed is what runs;
 * its device path still says where it comes from, and it finds its volume as if the firmware had read it.
 */
#include "firmware.h"

#include "chainload.h"

#include "config.h"
#include "files.h"
#include "graphics.h"
#include "pages.h"
#include "utf8.h"
#include "volumes.h"

#define DEVICE_PATH_LIMIT_BYTES 4096u

/* They live as long as the loader: the program reads its options, and the sentence its name, later. */
static CHAR16 options[CONFIG_LINE_LIMIT_BYTES + 1];
static char name[PATH_LIMIT_BYTES];
static struct text kept_name;

/* A node of 4 bytes, what follows it, and the node that ends a path (UEFI 10.3.1). */
static uint8_t *add_node(uint8_t *end, uint8_t type, uint8_t kind, size_t size_bytes)
{
    end[0] = type;
    end[1] = kind;
    end[2] = (uint8_t)(size_bytes + sizeof(EFI_DEVICE_PATH));
    end[3] = (uint8_t)((size_bytes + sizeof(EFI_DEVICE_PATH)) >> 8);
    return end + sizeof(EFI_DEVICE_PATH);
}

/* The path of the file's volume with the file's own behind it. */
static EFI_DEVICE_PATH *full_path(const struct file *file, struct problem *problem)
{
    static uint8_t path[DEVICE_PATH_LIMIT_BYTES + 2 * sizeof(EFI_DEVICE_PATH) +
                        PATH_CAPACITY_UNITS * sizeof(CHAR16)] __attribute__((aligned(8)));
    static uint16_t wide[PATH_CAPACITY_UNITS];
    const EFI_DEVICE_PATH *volume = volumes_device_path(file->device);
    size_t size_bytes = volume == NULL ? 0 : volumes_path_bytes(volume);
    uint8_t *end = path;
    size_t units = 0;

    if (!path_to_utf16(file->name, wide, PATH_CAPACITY_UNITS, problem)) {
        return NULL;
    }
    while (wide[units++] != 0) {
    }
    size_bytes = size_bytes > DEVICE_PATH_LIMIT_BYTES ? 0 : size_bytes;
    if (size_bytes != 0) {
        __builtin_memcpy(end, volume, size_bytes);
        end += size_bytes;
    }
    size_bytes = units * sizeof(wide[0]);
    end = add_node(end, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, size_bytes);
    __builtin_memcpy(end, wide, size_bytes);
    add_node(end + size_bytes, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, 0);
    return (EFI_DEVICE_PATH *)(void *)path;
}

/* In UTF-16; a character beyond 16 bits takes two units of the four bytes that it had. */
static size_t write_options(struct text text)
{
    size_t units = 0;

    while (text.length > 0 && units < CONFIG_LINE_LIMIT_BYTES) {
        uint32_t code_point = 0;
        const size_t length = utf8_read(text, &code_point);

        if (code_point > UINT16_MAX) {
            options[units++] = (CHAR16)(0xd7c0 + (code_point >> 10));
            code_point = 0xdc00 | (code_point & 0x3ff);
        }
        options[units++] = (CHAR16)code_point;
        text = text_skip(text, length == 0 ? 1 : length);
    }
    options[units] = 0;
    return units;
}

static EFI_STATUS load(EFI_DEVICE_PATH *path, struct text bytes, struct text cmdline,
                       EFI_HANDLE *program)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *image = NULL;
    EFI_STATUS status = firmware.boot->LoadImage(FALSE, firmware.image, path, (void *)bytes.start,
                                                 bytes.length, program);

    if (status == EFI_SUCCESS) {
        status = firmware.boot->HandleProtocol(*program, &guid, (void **)&image);
    }
    if (status == EFI_SUCCESS && !text_is_empty(cmdline)) {
        image->LoadOptionsSize = (UINT32)((write_options(cmdline) + 1) * sizeof(options[0]));
        image->LoadOptions = options;
    }
    /* One that is loaded but must not run (UEFI 7.4.1, EFI_SECURITY_VIOLATION) goes again. */
    if (status != EFI_SUCCESS && *program != NULL) {
        firmware.boot->UnloadImage(*program);
    }
    return status;
}

static bool load_file(struct file *file, const struct entry *entry, EFI_HANDLE *program,
                      struct problem *problem)
{
    EFI_DEVICE_PATH *path = full_path(file, problem);
    EFI_STATUS status;
    void *memory;

    /* One byte more, so that an empty file is no special case. */
    if (path == NULL || !pages_take_anywhere(file->size_bytes + 1, "program", &memory, problem) ||
        !file_read_whole(file, memory, problem)) {
        return false;
    }
    if (entry->options->resolution.width_pixels != 0) {
        graphics_set_resolution(&entry->options->resolution);
    }
    status = load(path, (struct text){memory, file->size_bytes}, entry->cmdline, program);
    return status == EFI_SUCCESS || problem_set(problem, PROBLEM_FILE_START, file->name, status, 0);
}

bool chainload_load(const struct entry *entry, EFI_HANDLE *program, struct problem *problem)
{
    struct file file;
    bool is_loaded;

    *program = NULL;
    if (!file_open(&file, entry->path, problem)) {
        return false;
    }
    is_loaded = load_file(&file, entry, program, problem);
    __builtin_memcpy(name, file.name.start, file.name.length);
    kept_name = (struct text){name, file.name.length};
    file_close(&file);
    return is_loaded;
}

void chainload_start(EFI_HANDLE program, struct problem *problem)
{
    problem_set(problem, PROBLEM_FILE_RETURNED, kept_name,
                firmware.boot->StartImage(program, NULL, NULL), 0);
}
