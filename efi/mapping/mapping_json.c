/* SPDX-License-Identifier: BSD-2-Clause */
/* The document, from top to bottom: docs/mapping-json.md. */
#include "mapping_json.h"

#include "json_out.h"
#include "mapping_words.h"

/* An element of a list, on a line of its own. */
static void open_element(struct json_out *out)
{
    json_new_line(out);
    json_open(out, "", "{");
}

/* An object or a list on a line of its own; null, and false, where it is not known. */
static bool open_known(struct json_out *out, const char *name, const void *known,
                       const char *bracket)
{
    json_new_line(out);
    json_open(out, name, known == NULL ? "null" : bracket);
    out->follows = known == NULL;
    return known != NULL;
}

static void put_leaves(struct json_out *out, const uint64_t *leaf_count)
{
    json_open(out, "leaves", "{");
    json_members(out, "u1G u2M u4K", leaf_count[HOIST_LEAF_1G], leaf_count[HOIST_LEAF_2M],
                 leaf_count[HOIST_LEAF_4K]);
    json_close(out, "}");
}

static void put_bits(struct json_out *out, const char *name, uint32_t bits,
                     const char *(*name_of)(unsigned bit))
{
    json_open(out, name, "[");
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((bits >> bit & 1) != 0) {
            json_members(out, "s", name_of(bit));
        }
    }
    json_close(out, "]");
}

static void put_mtrrs(struct json_out *out, const struct mtrr *mtrr)
{
    if (!open_known(out, "mtrr", mtrr, "{")) {
        return;
    }
    json_members(out, "xdefault", mtrr->default_type);
    json_open(out, "fixed", "[");
    for (size_t i = 0; mtrr->has_fixed && i < MTRR_FIXED_COUNT; i++) {
        json_members(out, "x", mtrr->fixed[i]);
    }
    json_close(out, "]");
    json_open(out, "variable", "[");
    for (size_t i = 0; i < mtrr->count; i++) {
        json_open(out, "", "{");
        json_members(out, "xbase xmask", mtrr->registers[i].base, mtrr->registers[i].mask);
        json_close(out, "}");
    }
    json_close(out, "]");
    json_close(out, "}");
}

static void put_memory_map(struct json_out *out, const struct memory_map *map)
{
    if (!open_known(out, "memory", map, "[")) {
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        open_element(out);
        json_members(out, "xbase xsize skind", map->ranges[i].base, map->ranges[i].size_bytes,
                     memory_kind_name(map->ranges[i].kind));
        json_close(out, "}");
    }
    json_close(out, "]");
}

static void put_plan(struct json_out *out, const struct mapping_facts *facts)
{
    if (!open_known(out, "plan", facts->plan, "[")) {
        return;
    }
    for (size_t i = 0; i < facts->plan_count; i++) {
        const struct plan_range *range = &facts->plan[i];
        char rights[MAPPING_RIGHTS_CAPACITY];

        mapping_rights_text(range->access.rights, rights);
        open_element(out);
        json_members(out, "sname spart xva xpa xsize srights upat_index slargest", range->name,
                     mapping_part_name(range->part), range->va, range->pa, range->size_bytes,
                     rights, (uint64_t)range->access.cache, mapping_leaf_name(range->largest));
        json_close(out, "}");
    }
    json_close(out, "]");
}

static void put_tables(struct json_out *out, const struct mapping *mapping)
{
    json_new_line(out);
    json_open(out, "tables", "{");
    json_members(out, "xpa uframes", mapping->facts.tables_pa, mapping->facts.table_frame_count);
    json_open(out, "list", "[");
    for (size_t i = 0; i < mapping->table_count; i++) {
        const struct mapping_table *table = &mapping->tables[i];
        char grants[MAPPING_RIGHTS_CAPACITY];

        mapping_rights_text(table->grants, grants);
        open_element(out);
        json_members(out, "xpa xva ulevel uused sgrants", table->pa, table->va,
                     (uint64_t)table->level, (uint64_t)table->used, grants);
        json_close(out, "}");
    }
    json_close(out, "]");
    json_close(out, "}");
}

static void put_range(struct json_out *out, const struct mapping *mapping,
                      const struct mapping_range *range)
{
    char rights[MAPPING_RIGHTS_CAPACITY];
    char leaf_rights[MAPPING_RIGHTS_CAPACITY];

    mapping_rights_text(range->rights, rights);
    mapping_rights_text(range->leaf_rights, leaf_rights);
    open_element(out);
    json_members(out,
                 "skind xva xpa xsize xshared_va srights sleaf_rights upat_index spat smtrr scache "
                 "iplan sname",
                 mapping_kind_name((enum mapping_kind)range->kind), range->va, range->pa,
                 range->size_bytes, range->shared_va, rights, leaf_rights,
                 (uint64_t)range->pat_index, mapping_type_name(range->pat_type),
                 mapping_type_name(range->mtrr_type), mapping_cache_name(range->cache),
                 (uint64_t)range->plan, mapping_range_name(mapping, range));
    put_leaves(out, range->leaf_count);
    put_bits(out, "memory", range->memory, mapping_memory_name);
    put_bits(out, "marks", range->marks, mapping_mark_name);
    json_close(out, "}");
}

static void put_places(struct json_out *out, const char *name, const struct mapping_places *places)
{
    json_open(out, name, "{");
    json_members(out, "ucount xva xpa", places->count, places->va, places->pa);
    json_close(out, "}");
}

static void put_summary(struct json_out *out, const struct mapping *mapping)
{
    json_new_line(out);
    json_open(out, "summary", "{");
    json_members(out, "uentries utable_frames uranges_left_out btables_left_out",
                 mapping->entry_count, mapping->table_frames, mapping->ranges_left_out,
                 (uint64_t)mapping->tables_left_out);
    put_leaves(out, mapping->leaf_count);
    put_places(out, "reserved", &mapping->reserved);
    put_places(out, "across", &mapping->across);
    put_places(out, "outside", &mapping->outside);
    json_close(out, "}");
}

static void put_rule(struct json_out *out, enum rule rule, const struct finding *finding)
{
    open_element(out);
    json_members(out, "sid ssentence sunit sverdict sreason ufound uchecked xva xpa irange iplan",
                 rule_name(rule), rule_sentence(rule), rule_unit(rule),
                 verdict_word((enum verdict)finding->verdict),
                 aside_reason((enum aside)finding->aside), finding->found, finding->checked,
                 finding->va, finding->pa, (uint64_t)finding->range, (uint64_t)finding->plan);
    json_close(out, "}");
}

static void put_facts(struct json_out *out, const struct mapping_facts *facts)
{
    json_new_line(out);
    json_open(out, "cpu", "{");
    json_members(out, "ulevels uphysical_bits bhas_1g_pages bhas_nx xcr3 xpat",
                 (uint64_t)facts->levels, (uint64_t)facts->physical_bits,
                 (uint64_t)facts->has_1g_pages, (uint64_t)facts->has_nx, facts->cr3, facts->pat);
    json_close(out, "}");
    json_new_line(out);
    json_members(out, "bwx_strict", (uint64_t)facts->wx_strict);
    put_mtrrs(out, facts->mtrr);
    put_memory_map(out, facts->memory);
    put_plan(out, facts);
}

void mapping_json(const struct mapping *mapping, const struct finding findings[RULE_COUNT],
                  const struct mapping_document *document,
                  void (*write)(void *context, const char *text, size_t length), void *context)
{
    struct json_out out = {.write = write, .context = context};

    json_open(&out, "", "{");
    json_members(&out, "sformat uversion smaker sspace", "hoist-mapping",
                 (uint64_t)MAPPING_JSON_VERSION, document->maker, document->space);
    put_facts(&out, &mapping->facts);
    put_tables(&out, mapping);
    json_new_line(&out);
    json_open(&out, "ranges", "[");
    for (size_t i = 0; i < mapping->range_count; i++) {
        put_range(&out, mapping, &mapping->ranges[i]);
    }
    json_close(&out, "]");
    put_summary(&out, mapping);
    json_new_line(&out);
    json_open(&out, "rules", "[");
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        put_rule(&out, rule, &findings[rule]);
    }
    json_close(&out, "]");
    json_close(&out, "}\n");
}
