/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds every place to be changed, and its new value. */
#include "relocation.h"

#include "dynamic.h"
#include "bytes.h"

/* Types of relocation (psABI for AMD64, table 4.9). */
#define TYPE_NONE      0u
#define TYPE_64        1u
#define TYPE_GLOB_DAT  6u
#define TYPE_JUMP_SLOT 7u
#define TYPE_RELATIVE  8u

/* Symbols (gABI, "Symbol Table"). */
#define SYMBOL_BINDING_WEAK      2u
#define SYMBOL_TYPE_INDIRECT     10u /* STT_GNU_IFUNC */
#define SYMBOL_SECTION_UNDEFINED 0u
#define SYMBOL_SECTION_ABSOLUTE  0xfff1u

#define BITMAP_PLACES 63u

/* What is done now: the first round checks, the second changes. */
struct round {
    struct dynamic_image *loaded;
    const struct dynamic *dynamic;
    struct problem *problem;
    uint64_t count;
    bool changes;
};

/* One relocation, and what its sentence needs. */
struct relocation {
    const char *table;
    uint64_t number;
    uint64_t va;
    uint64_t type;
    uint64_t symbol;
    uint64_t addend;
};

static bool refuse(const struct round *round, enum problem_kind kind,
                   const struct relocation *relocation, struct text other)
{
    return problem_set_all(round->problem,
                           &(struct problem){.kind = kind,
                                             .name = round->loaded->file_name,
                                             .other = other,
                                             .numbers = {relocation->number, relocation->va}});
}

/* Adds two numbers with a sign, as addresses and addends are. */
static bool add(const struct round *round, const struct relocation *relocation,
                const uint64_t summands[2], uint64_t *sum)
{
    int64_t result;

    if (__builtin_add_overflow((int64_t)summands[0], (int64_t)summands[1], &result)) {
        refuse(round, PROBLEM_RELOCATE_OVERFLOW, relocation, text_of(relocation->table));
        round->problem->numbers[2] = summands[0];
        round->problem->numbers[3] = summands[1];
        return false;
    }
    *sum = (uint64_t)result;
    return true;
}

static bool set(struct round *round, const struct relocation *relocation, uint64_t value)
{
    unsigned char *place = dynamic_find(round->loaded, relocation->va, sizeof(value));

    if (place == NULL) {
        return refuse(round, PROBLEM_RELOCATE_TARGET, relocation, text_of(relocation->table));
    }
    if (round->changes) {
        __builtin_memcpy(place, &value, sizeof(value));
    }
    round->count++;
    return true;
}

static bool refuse_type(const struct round *round, const struct relocation *relocation)
{
    struct dynamic_symbol symbol = {.name = text_of("none")};

    if (relocation->symbol != 0 &&
        !dynamic_read_symbol(round->loaded, round->dynamic, relocation->symbol, &symbol)) {
        symbol.name = text_of("unknown");
    }
    refuse(round, PROBLEM_RELOCATE_TYPE, relocation, symbol.name);
    round->problem->numbers[2] = relocation->type;
    return false;
}

static bool refuse_symbol(const struct round *round, const struct relocation *relocation)
{
    const uint64_t count = round->dynamic->symbol_count;

    refuse(round,
           relocation->symbol >= count ? PROBLEM_RELOCATE_SYMBOL : PROBLEM_RELOCATE_SYMBOL_PLACE,
           relocation, text_of(relocation->table));
    round->problem->numbers[2] = relocation->symbol;
    round->problem->numbers[3] = count;
    return false;
}

/* Symbol 0 is nobody's, with the value 0; an undefined symbol is 0 where that is allowed (weak). */
static bool find_symbol(const struct round *round, const struct relocation *relocation,
                        uint64_t *value)
{
    struct dynamic_symbol symbol;

    *value = 0;
    if (relocation->symbol == 0) {
        return true;
    }
    if (!dynamic_read_symbol(round->loaded, round->dynamic, relocation->symbol, &symbol)) {
        return refuse_symbol(round, relocation);
    }
    if (symbol.type == SYMBOL_TYPE_INDIRECT) {
        return refuse(round, PROBLEM_RELOCATE_INDIRECT, relocation, symbol.name);
    }
    if (symbol.section == SYMBOL_SECTION_UNDEFINED) {
        return symbol.binding == SYMBOL_BINDING_WEAK ||
               refuse(round, PROBLEM_RELOCATE_UNDEFINED, relocation, symbol.name);
    }
    *value = symbol.value;
    if (symbol.section != SYMBOL_SECTION_ABSOLUTE) {
        *value += round->loaded->image->slide;
    }
    return true;
}

static bool take_relocation(struct round *round, const struct relocation *relocation)
{
    uint64_t summands[2] = {round->loaded->image->slide, relocation->addend};
    uint64_t value;

    switch (relocation->type) {
    case TYPE_NONE: return true;
    case TYPE_RELATIVE:
        return add(round, relocation, summands, &value) && set(round, relocation, value);
    case TYPE_64:
        return find_symbol(round, relocation, &summands[0]) &&
               add(round, relocation, summands, &value) && set(round, relocation, value);
    case TYPE_GLOB_DAT:
    case TYPE_JUMP_SLOT:
        return find_symbol(round, relocation, &value) && set(round, relocation, value);
    default: return refuse_type(round, relocation);
    }
}

static bool take_table(struct round *round, const struct dynamic_table *table)
{
    const uint64_t count = table->size_bytes / DYNAMIC_RELOCATION_BYTES;
    const unsigned char *entry = dynamic_find(round->loaded, table->va, table->size_bytes);

    for (uint64_t i = 0; i < count; i++, entry += DYNAMIC_RELOCATION_BYTES) {
        const uint64_t info = bytes_64(entry + 8);
        const struct relocation relocation = {.table = table->name,
                                              .number = i,
                                              .va = bytes_64(entry),
                                              .type = (uint32_t)info,
                                              .symbol = info >> 32,
                                              .addend = bytes_64(entry + 16)};

        if (!take_relocation(round, &relocation)) {
            return false;
        }
    }
    return true;
}

/* The address in the file that stands there becomes that of the place the kernel was moved to. */
static bool take_place(struct round *round, const struct relocation *relocation)
{
    const unsigned char *place = dynamic_find(round->loaded, relocation->va, sizeof(uint64_t));
    uint64_t summands[2] = {round->loaded->image->slide, place == NULL ? 0 : bytes_64(place)};
    uint64_t value = summands[0] + summands[1];

    /* One that is named twice is no longer what was checked. */
    return (round->changes || add(round, relocation, summands, &value)) &&
           set(round, relocation, value);
}

/* An even entry is an address; each odd one tells, bit by bit, of the 63 words that follow. */
static bool take_compressed(struct round *round)
{
    const struct dynamic_table *table = &round->dynamic->compressed;
    const uint64_t count = table->size_bytes / DYNAMIC_COMPRESSED_BYTES;
    const unsigned char *entry = dynamic_find(round->loaded, table->va, table->size_bytes);
    struct relocation relocation = {.table = table->name};
    uint64_t next = 0;

    for (; relocation.number < count; relocation.number++, entry += DYNAMIC_COMPRESSED_BYTES) {
        uint64_t bits = bytes_64(entry);

        if ((bits & 1) == 0) {
            relocation.va = bits;
            next = bits + sizeof(bits);
            if (!take_place(round, &relocation)) {
                return false;
            }
            continue;
        }
        if (relocation.number == 0) {
            return refuse(round, PROBLEM_RELOCATE_BITMAP, &relocation, text_of(""));
        }
        for (relocation.va = next; (bits >>= 1) != 0; relocation.va += sizeof(bits)) {
            if ((bits & 1) != 0 && !take_place(round, &relocation)) {
                return false;
            }
        }
        next += BITMAP_PLACES * sizeof(bits);
    }
    return true;
}

bool relocate(const struct elf_source *source, const struct elf_image *image, unsigned char *memory,
              uint64_t *count, struct problem *problem)
{
    struct dynamic_image loaded = {.image = image, .memory = memory, .file_name = source->name};
    struct dynamic dynamic;
    struct round round = {.loaded = &loaded, .dynamic = &dynamic, .problem = problem};

    *count = 0;
    if (!image->movable || image->dynamic.size_bytes == 0) {
        return true;
    }
    if (!dynamic_read(&loaded, &dynamic, problem)) {
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        round.changes = i == 1;
        round.count = 0;
        if (!take_compressed(&round) || !take_table(&round, &dynamic.relocations[0]) ||
            !take_table(&round, &dynamic.relocations[1])) {
            return false;
        }
    }
    *count = round.count;
    return true;
}
