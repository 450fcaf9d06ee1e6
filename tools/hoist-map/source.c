/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding out what a file is, and walking tables in what is memory. */
#include "source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core_file.h"
#include "input_file.h"
#include "live_guest.h"
#include "mapping_file.h"
#include "version.h"

#define PHYSICAL_BITS_MAX 52
#define CR3_ADDRESS       UINT64_C(0x000ffffffffff000)

/* A document of this format by its first bytes, as the loader writes them. */
#define JSON_START "{\"format\":\"hoist-mapping\""

static bool load_json(struct loaded *loaded, struct input_file *file, struct complaint *complaint)
{
    size_t length_bytes;
    char *text = input_file_text(file, &length_bytes, complaint);
    const bool is_good =
        text != NULL && mapping_file_read(loaded, file->name, text, length_bytes, complaint);

    free(text);
    return is_good;
}

/* What is known of the machine stays; what was read from its tables goes. */
static bool load_context(struct loaded *loaded, const char *name, struct complaint *complaint)
{
    struct input_file file;
    bool is_good;

    if (!input_file_open(&file, name, complaint)) {
        return false;
    }
    is_good = load_json(loaded, &file, complaint);
    input_file_close(&file);
    loaded->has_written = false;
    return is_good;
}

/* Options count most, then the CPU's state, then the context, then what is true of most machines. */
static bool gather_facts(struct loaded *loaded, const struct options *options,
                         const struct cpu_state *state, const char *name,
                         struct complaint *complaint)
{
    struct mapping_facts *facts = &loaded->mapping.facts;

    if (options->context == NULL) {
        *facts = (struct mapping_facts){.levels = 4,
                                        .physical_bits = PHYSICAL_BITS_MAX,
                                        .has_1g_pages = true,
                                        .has_nx = true,
                                        .wx_strict = true,
                                        .pat = MAPPING_PAT_AFTER_RESET};
        if (!options->cr3.is_given && !state->is_known) {
            return complain(complaint,
                            "%s: neither a mapping in JSON nor a core that tells CR3; memory as it "
                            "is wants --cr3 or --context",
                            name);
        }
    }
    if (state->is_known) {
        facts->cr3 = state->cr3;
        facts->levels = (state->cr4 & CPU_CR4_LA57) != 0 ? 5 : 4;
    }
    facts->has_nx = state->has_efer ? (state->efer & CPU_EFER_NXE) != 0 : facts->has_nx;
    facts->cr3 = options->cr3.is_given ? options->cr3.value : facts->cr3;
    facts->pat = options->pat.is_given ? options->pat.value : facts->pat;
    facts->levels = options->levels.is_given ? (uint8_t)options->levels.value : facts->levels;
    facts->physical_bits = options->physical_bits.is_given ? (uint8_t)options->physical_bits.value
                                                           : facts->physical_bits;
    facts->has_nx = facts->has_nx && !options->no_nx;
    facts->has_1g_pages = facts->has_1g_pages && !options->no_1g;
    facts->cr3 &= CR3_ADDRESS;
    loaded->mtrr.physical_bits = facts->physical_bits;
    return true;
}

static bool walk(struct loaded *loaded, const char *name,
                 const uint64_t *(*table)(void *context, uint64_t pa, unsigned level),
                 void *context, struct complaint *complaint)
{
    const struct mapping_memory memory = {table, loaded_grow_ranges, loaded_grow_tables, context};

    mapping_read(&loaded->mapping, &memory);
    loaded_name(loaded, "hoist-map " HOIST_LOADER_VERSION, "memory");
    return loaded->mapping.table_count != 0 ||
           complain(complaint, "%s: the root table at 0x%" PRIx64 " is not in this memory", name,
                    loaded->mapping.facts.cr3);
}

static bool walk_dump(struct loaded *loaded, struct input_file *file, const struct options *options,
                      struct complaint *complaint)
{
    static struct physical_memory memory;
    struct cpu_state state = {0};
    bool is_good = true;

    memory = (struct physical_memory){.bytes = file->bytes};
    if (core_file_is(&memory.bytes)) {
        is_good = core_file_read(&memory, &state, file->name, complaint);
    } else {
        const uint64_t base = options->base.value;

        memory.pieces = calloc(1, sizeof(memory.pieces[0]));
        if (memory.pieces == NULL) {
            return complain(complaint, "%s: out of memory", file->name);
        }
        memory.pieces[0] = (struct memory_piece){base, 0, file->bytes.size_bytes};
        memory.count = 1;
        if (file->bytes.size_bytes == 0 || base + file->bytes.size_bytes < base) {
            is_good = complain(complaint, "%s: %" PRIu64 " bytes of memory at 0x%" PRIx64,
                               file->name, file->bytes.size_bytes, base);
        }
    }
    is_good = is_good && gather_facts(loaded, options, &state, file->name, complaint) &&
              walk(loaded, file->name, physical_memory_table, &memory, complaint);
    physical_memory_free(&memory);
    return is_good;
}

static bool walk_guest(struct loaded *loaded, const struct options *options,
                       struct complaint *complaint)
{
    static struct live_guest guest;
    struct cpu_state state;
    struct complaint later;
    bool is_good;

    if (!live_guest_open(&guest, options->qmp, &state, complaint)) {
        return false;
    }
    is_good = gather_facts(loaded, options, &state, options->qmp, complaint) &&
              walk(loaded, options->qmp, live_guest_table, &guest, complaint);
    if (guest.has_failed) {
        is_good = complain(complaint, "%s", guest.complaint.text);
    }
    if (!live_guest_close(&guest, &later)) {
        return complain(complaint, "the guest still stands: %s", later.text);
    }
    return is_good;
}

/* Memory is what is said to be memory, by an option; a document of ours is one nevertheless. */
static bool is_memory(const struct input_file *file, const struct options *options)
{
    char start[sizeof(JSON_START) - 1];

    if (core_file_is(&file->bytes)) {
        return true;
    }
    if (bytes_read(&file->bytes, 0, start, sizeof(start)) &&
        memcmp(start, JSON_START, sizeof(start)) == 0) {
        return false;
    }
    return options->cr3.is_given || options->context != NULL;
}

static bool load_file(struct loaded *loaded, const char *name, const struct options *options,
                      struct complaint *complaint)
{
    struct input_file file;
    bool is_good;

    if (!input_file_open(&file, name, complaint)) {
        return false;
    }
    if (!is_memory(&file, options)) {
        is_good = load_json(loaded, &file, complaint);
    } else {
        is_good = (options->context == NULL || load_context(loaded, options->context, complaint)) &&
                  walk_dump(loaded, &file, options, complaint);
    }
    input_file_close(&file);
    return is_good;
}

bool source_load(struct loaded *loaded, const char *name, const struct options *options,
                 struct complaint *complaint)
{
    if (name != NULL) {
        return load_file(loaded, name, options, complaint) && loaded_judge(loaded, complaint);
    }
    return (options->context == NULL || load_context(loaded, options->context, complaint)) &&
           walk_guest(loaded, options, complaint) && loaded_judge(loaded, complaint);
}
