/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's file and the modules. What is in them the test knows: a line says what is here. */
#include "kernel.h"

#define ELF_MAGIC 0x464c457fu

static void print_uuid(const char *name, const struct uuid *uuid)
{
    print_value(name, uuid->a);
    print("-");
    print_hex(uuid->b);
    print("-");
    print_hex(uuid->c);
    print("-");
    print_hex(hash_of(uuid->d, sizeof(uuid->d)));
}

static void check_file(const char *kind, const struct file *file, unsigned types)
{
    const char *path = (const char *)file->path;

    hold("structure", is_handed_over((uint64_t)file, sizeof(*file)), (uint64_t)file);
    hold("path", is_handed_over(file->path, length_of(path) + 1) && path[0] == '/', file->path);
    hold("string", is_handed_over(file->string, length_of((const char *)file->string) + 1),
         file->string);
    hold("address", file->address % PAGE_BYTES == 0, file->address);
    hold("content", lies_in(file->address - memory.offset, file->size, types), file->address);
    hold("medium", file->media_type == 0 && file->tftp_ip == 0, file->media_type);
    print(kind);
    print(":");
    print_value("size", file->size);
    print_value("hash", hash_of((const void *)file->address, file->size));
    print_value("partition", file->partition_index);
    print_value("mbr", file->mbr_disk_id);
    print_uuid("disk", &file->gpt_disk_uuid);
    print_uuid("part", &file->gpt_part_uuid);
    print(" path=");
    print(path);
    print(" string=");
    print((const char *)file->string);
    print("\n");
}

static uint64_t page_behind(const struct file *file)
{
    return (file->address + file->size + PAGE_BYTES - 1) & -PAGE_BYTES;
}

static void check_modules(const struct list_response *answer)
{
    const struct file *const *files = (const struct file *const *)answer->list;

    check("the list of modules lies in reclaimable memory",
          is_handed_over(answer->list, 8 * answer->count));
    check("the response is of a revision that has the kernel's own modules", answer->revision >= 1);
    for (uint64_t i = 0; i < answer->count; i++) {
        check_file("module", files[i], TYPE(EXECUTABLE_AND_MODULES));
        for (uint64_t j = 0; j < i; j++) {
            hold("pages",
                 page_behind(files[i]) <= files[j]->address ||
                     page_behind(files[j]) <= files[i]->address,
                 i);
        }
    }
    conclude("modules and what describes them lie where they must");
}

void check_files(void)
{
    const struct number_response *own = response_to(EXECUTABLE_FILE);
    const struct number_response *line = response_to(EXECUTABLE_CMDLINE);
    const struct list_response *modules = response_to(MODULE);

    check_equal("there are as many modules as there should be",
                modules != NULL ? modules->count : 0, number_word("modules", 0));
    if (modules != NULL) {
        check_modules(modules);
    }
    if (own != NULL) {
        const struct file *file = (const struct file *)own->number;

        check_file("file", file, TYPE(BOOTLOADER_RECLAIMABLE) | TYPE(EXECUTABLE_AND_MODULES));
        conclude("the kernel's file and what describes it lie where they must");
        check_equal("the kernel's file is an ELF file", *(const uint32_t *)file->address,
                    ELF_MAGIC);
        check("the file's string is the command line",
              line != NULL && line->number == file->string);
    }
}
