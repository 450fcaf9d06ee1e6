/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a dynamic section, and symbols. */
#include "dynamic.h"

#include "bytes.h"

#define ENTRY_BYTES 16u

#define SYMBOL_INFO_OFFSET    4
#define SYMBOL_SECTION_OFFSET 6
#define SYMBOL_VALUE_OFFSET   8

/* Longer than any sentence has room for. */
#define NAME_LIMIT_BYTES 256u

/* The tags that matter (gABI, figure 5-10; DT_GNU_HASH is a GNU extension), and their numbers. */
enum tag {
    TAG_NEEDED,
    TAG_PLTRELSZ,
    TAG_HASH,
    TAG_STRTAB,
    TAG_SYMTAB,
    TAG_RELA,
    TAG_RELASZ,
    TAG_RELAENT,
    TAG_STRSZ,
    TAG_SYMENT,
    TAG_REL,
    TAG_PLTREL,
    TAG_JMPREL,
    TAG_RELRSZ,
    TAG_RELR,
    TAG_RELRENT,
    TAG_GNU_HASH,
    TAG_COUNT
};

static const uint32_t tag_numbers[TAG_COUNT] = {
    [TAG_NEEDED] = 1,
    [TAG_PLTRELSZ] = 2,
    [TAG_HASH] = 4,
    [TAG_STRTAB] = 5,
    [TAG_SYMTAB] = 6,
    [TAG_RELA] = 7,
    [TAG_RELASZ] = 8,
    [TAG_RELAENT] = 9,
    [TAG_STRSZ] = 10,
    [TAG_SYMENT] = 11,
    [TAG_REL] = 17,
    [TAG_PLTREL] = 20,
    [TAG_JMPREL] = 23,
    [TAG_RELRSZ] = 35,
    [TAG_RELR] = 36,
    [TAG_RELRENT] = 37,
    [TAG_GNU_HASH] = 0x6ffffef5,
};

struct tags {
    uint64_t values[TAG_COUNT];
    bool found[TAG_COUNT];
};

unsigned char *dynamic_find(struct dynamic_image *loaded, uint64_t va, uint64_t size_bytes)
{
    const struct elf_image *image = loaded->image;
    const uint64_t moved = va + image->slide;
    size_t at = loaded->last_segment;

    for (size_t tried = 0; tried < image->segment_count; tried++) {
        const struct elf_segment *segment = &image->segments[at];
        const uint64_t offset = moved - segment->va;

        if (offset < segment->size_bytes && size_bytes <= segment->size_bytes - offset) {
            loaded->last_segment = at;
            return loaded->memory + (moved - image->va_base);
        }
        at = at + 1 == image->segment_count ? 0 : at + 1;
    }
    return NULL;
}

static void read_tags(struct dynamic_image *loaded, struct tags *tags)
{
    const struct elf_range *section = &loaded->image->dynamic;
    const unsigned char *entry =
        dynamic_find(loaded, section->va - loaded->image->slide, section->size_bytes);

    for (uint64_t left = section->size_bytes; entry != NULL && left >= ENTRY_BYTES;
         left -= ENTRY_BYTES, entry += ENTRY_BYTES) {
        const uint64_t number = bytes_64(entry);

        if (number == 0) {
            return;
        }
        for (unsigned i = 0; i < TAG_COUNT; i++) {
            if (number == tag_numbers[i]) {
                tags->values[i] = bytes_64(entry + 8);
                tags->found[i] = true;
            }
        }
    }
}

/* A table that lies in one segment and has entries as they must be, or no table. */
static bool take_table(struct dynamic_image *loaded, const struct dynamic_table *table,
                       uint64_t entry_bytes, uint64_t expected_bytes, struct problem *problem)
{
    struct problem found = {.name = loaded->file_name, .other = text_of(table->name)};

    if (table->size_bytes == 0) {
        return true;
    }
    if (entry_bytes != expected_bytes || table->size_bytes % entry_bytes != 0) {
        found.kind = PROBLEM_RELOCATE_ENTRY_SIZE;
        found.numbers[0] = table->size_bytes;
        found.numbers[1] = entry_bytes;
        found.numbers[2] = expected_bytes;
        return problem_set_all(problem, &found);
    }
    if (dynamic_find(loaded, table->va, table->size_bytes) == NULL) {
        found.kind = PROBLEM_RELOCATE_TABLE;
        found.numbers[0] = table->va;
        found.numbers[1] = table->size_bytes;
        return problem_set_all(problem, &found);
    }
    return true;
}

/* Symbols from the first hashed one on end where the last chain does (binutils and glibc agree). */
static uint64_t count_gnu_hash(struct dynamic_image *loaded, uint64_t va)
{
    const unsigned char *header = dynamic_find(loaded, va, 16);
    uint64_t bucket_count;
    uint64_t first;
    uint64_t buckets_va;
    uint64_t last = 0;
    const unsigned char *buckets;

    if (header == NULL) {
        return DYNAMIC_SYMBOLS_UNCOUNTED;
    }
    bucket_count = bytes_32(header);
    first = bytes_32(header + 4);
    buckets_va = va + 16 + 8 * (uint64_t)bytes_32(header + 8);
    buckets = dynamic_find(loaded, buckets_va, 4 * bucket_count);
    for (uint64_t i = 0; buckets != NULL && i < bucket_count; i++) {
        const uint64_t symbol = bytes_32(buckets + 4 * i);

        last = symbol > last ? symbol : last;
    }
    /* A table without a symbol in it does not tell of those that are not hashed. */
    if (last == 0 || last < first) {
        return DYNAMIC_SYMBOLS_UNCOUNTED;
    }
    for (;; last++) {
        const unsigned char *link =
            dynamic_find(loaded, buckets_va + 4 * (bucket_count + (last - first)), 4);

        if (link == NULL) {
            return DYNAMIC_SYMBOLS_UNCOUNTED;
        }
        if ((link[0] & 1) != 0) {
            return last + 1;
        }
    }
}

static uint64_t count_symbols(struct dynamic_image *loaded, const struct tags *tags)
{
    const unsigned char *hash =
        tags->found[TAG_HASH] ? dynamic_find(loaded, tags->values[TAG_HASH], 8) : NULL;

    if (hash != NULL) {
        return bytes_32(hash + 4);
    }
    return tags->found[TAG_GNU_HASH] ? count_gnu_hash(loaded, tags->values[TAG_GNU_HASH])
                                     : DYNAMIC_SYMBOLS_UNCOUNTED;
}

/* The terminated string, or an empty text where there is none. */
static struct text read_string(struct dynamic_image *loaded, const struct dynamic_table *strings,
                               uint64_t offset)
{
    const uint64_t room = offset < strings->size_bytes ? strings->size_bytes - offset : 0;
    const char *start = (const char *)dynamic_find(loaded, strings->va, strings->size_bytes);
    size_t length = 0;

    if (start == NULL || room == 0) {
        return text_of("");
    }
    while (length < room && length < NAME_LIMIT_BYTES && start[offset + length] != '\0') {
        length++;
    }
    return (struct text){start + offset, length};
}

static uint64_t value_or(const struct tags *tags, enum tag tag, uint64_t usual)
{
    return tags->found[tag] ? tags->values[tag] : usual;
}

static bool take_tables(struct dynamic_image *loaded, const struct tags *tags,
                        struct dynamic *dynamic, struct problem *problem)
{
    const uint64_t entry_bytes = value_or(tags, TAG_RELAENT, DYNAMIC_RELOCATION_BYTES);
    const struct dynamic_table symbols = {"DT_SYMTAB", dynamic->symbols_va, DYNAMIC_SYMBOL_BYTES};

    return take_table(loaded, &dynamic->compressed,
                      value_or(tags, TAG_RELRENT, DYNAMIC_COMPRESSED_BYTES),
                      DYNAMIC_COMPRESSED_BYTES, problem) &&
           take_table(loaded, &dynamic->relocations[0], entry_bytes, DYNAMIC_RELOCATION_BYTES,
                      problem) &&
           take_table(loaded, &dynamic->relocations[1], entry_bytes, DYNAMIC_RELOCATION_BYTES,
                      problem) &&
           take_table(loaded, &dynamic->strings, 1, 1, problem) &&
           (!tags->found[TAG_SYMTAB] ||
            take_table(loaded, &symbols, value_or(tags, TAG_SYMENT, DYNAMIC_SYMBOL_BYTES),
                       DYNAMIC_SYMBOL_BYTES, problem));
}

bool dynamic_read(struct dynamic_image *loaded, struct dynamic *dynamic, struct problem *problem)
{
    struct tags tags = {0};

    read_tags(loaded, &tags);
    *dynamic = (struct dynamic){
        .compressed = {"DT_RELR", tags.values[TAG_RELR], tags.values[TAG_RELRSZ]},
        .relocations = {{"DT_RELA", tags.values[TAG_RELA], tags.values[TAG_RELASZ]},
                        {"DT_JMPREL", tags.values[TAG_JMPREL], tags.values[TAG_PLTRELSZ]}},
        .symbols_va = tags.values[TAG_SYMTAB],
        .symbol_count = tags.found[TAG_SYMTAB] ? count_symbols(loaded, &tags) : 0,
        .strings = {"DT_STRTAB", tags.values[TAG_STRTAB], tags.values[TAG_STRSZ]},
    };
    if (tags.found[TAG_REL] ||
        value_or(&tags, TAG_PLTREL, tag_numbers[TAG_RELA]) != tag_numbers[TAG_RELA]) {
        return problem_set(problem, PROBLEM_RELOCATE_FORM, loaded->file_name, 0, 0);
    }
    if (!take_tables(loaded, &tags, dynamic, problem)) {
        return false;
    }
    if (tags.found[TAG_NEEDED]) {
        return problem_set_all(problem,
                               &(struct problem){.kind = PROBLEM_RELOCATE_LIBRARY,
                                                 .name = loaded->file_name,
                                                 .other = read_string(loaded, &dynamic->strings,
                                                                      tags.values[TAG_NEEDED])});
    }
    return true;
}

bool dynamic_read_symbol(struct dynamic_image *loaded, const struct dynamic *dynamic,
                         uint64_t index, struct dynamic_symbol *symbol)
{
    const uint64_t offset = index * DYNAMIC_SYMBOL_BYTES;
    const unsigned char *entry =
        dynamic_find(loaded, dynamic->symbols_va, offset + DYNAMIC_SYMBOL_BYTES);

    if (index >= dynamic->symbol_count || entry == NULL) {
        return false;
    }
    entry += offset;
    *symbol = (struct dynamic_symbol){
        .name = read_string(loaded, &dynamic->strings, bytes_32(entry)),
        .value = bytes_64(entry + SYMBOL_VALUE_OFFSET),
        .binding = entry[SYMBOL_INFO_OFFSET] >> 4,
        .type = entry[SYMBOL_INFO_OFFSET] & 0xf,
        .section = bytes_16(entry + SYMBOL_SECTION_OFFSET),
    };
    return true;
}
