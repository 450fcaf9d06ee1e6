/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Throws bytes at the reader of ELF cores, and walks the tables of what it accepts. Memory that is
 * accepted lies in the file; what is refused has a sentence. The input is the whole core.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_file.h"
#include "mapping.h"
#include "require.h"
#include "rules.h"

#define RANGES 4096u
#define TABLES 1024u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct physical_memory memory;
static struct mapping mapping;
static struct mapping_range ranges[RANGES];
static struct mapping_table tables[TABLES];
static uint32_t order[RANGES];

static bool read_copy(void *context, uint64_t offset_bytes, void *buffer, size_t length_bytes)
{
    REQUIRE(offset_bytes <= memory.bytes.size_bytes);
    REQUIRE(length_bytes <= memory.bytes.size_bytes - offset_bytes);
    memcpy(buffer, (const unsigned char *)context + offset_bytes, length_bytes);
    return true;
}

static void require_pieces(void)
{
    REQUIRE(memory.count != 0);
    for (size_t i = 0; i < memory.count; i++) {
        const struct memory_piece *piece = &memory.pieces[i];

        REQUIRE(piece->size_bytes != 0 && piece->pa + (piece->size_bytes - 1) >= piece->pa);
        REQUIRE(piece->offset_bytes <= memory.bytes.size_bytes);
        REQUIRE(piece->size_bytes <= memory.bytes.size_bytes - piece->offset_bytes);
        REQUIRE(i == 0 || piece[-1].pa + (piece[-1].size_bytes - 1) < piece->pa);
    }
}

static void walk(const struct cpu_state *state)
{
    const struct mapping_memory reader = {.table = physical_memory_table, .context = &memory};
    struct finding findings[RULE_COUNT];

    mapping = (struct mapping){.facts = {.levels = (state->cr4 & CPU_CR4_LA57) != 0 ? 5 : 4,
                                         .physical_bits = 52,
                                         .has_1g_pages = true,
                                         .has_nx = true,
                                         .cr3 = state->cr3,
                                         .pat = MAPPING_PAT_AFTER_RESET},
                               .ranges = ranges,
                               .range_capacity = RANGES,
                               .tables = tables,
                               .table_capacity = TABLES};
    mapping_read(&mapping, &reader);
    rules_judge(&mapping, order, findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct complaint complaint = {""};
    struct cpu_state state;
    unsigned char *copy = require_copy(data, size);

    memory.bytes = (struct bytes){read_copy, copy, size};
    if (core_file_read(&memory, &state, "core", &complaint)) {
        REQUIRE(complaint.text[0] == '\0');
        require_pieces();
        walk(&state);
        physical_memory_free(&memory);
    } else {
        REQUIRE(strncmp(complaint.text, "core: ", 6) == 0);
        REQUIRE(memory.pieces == NULL);
    }
    free(copy);
    return 0;
}
