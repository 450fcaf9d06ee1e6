/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules, ranges and tables as lists. */
#include "html_parts.h"

#include <inttypes.h>

#include "mapping_words.h"

static void write_first_place(FILE *file, const struct mapping *mapping,
                              const struct finding *finding)
{
    fputs("<br>the first at <code>", file);
    if (finding->range < mapping->range_count && finding->range < HTML_LISTED_LIMIT) {
        fprintf(file, "<a href=\"#r%" PRIu32 "\">%016" PRIx64 "</a>", finding->range, finding->va);
    } else {
        fprintf(file, "%016" PRIx64, finding->va);
    }
    fputs("</code> ", file);
    html_text(file, finding_name(mapping, finding));
}

void html_rules(FILE *file, const struct loaded *loaded)
{
    fputs("<h2>Rules</h2>\n<table id=\"rules\">\n", file);
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        const struct finding *finding = &loaded->findings[rule];

        fprintf(file,
                "<tr><td><span class=\"badge %s\">%s</span></td><td><code>%s</code></td><td>%s",
                verdict_word((enum verdict)finding->verdict),
                verdict_text((enum verdict)finding->verdict), rule_name(rule), rule_sentence(rule));
        if (finding->verdict == VERDICT_FAIL) {
            write_first_place(file, &loaded->mapping, finding);
        }
        fputs("</td><td class=\"number soft\">", file);
        if (finding->verdict == VERDICT_ASIDE) {
            html_text(file, aside_reason((enum aside)finding->aside));
        } else {
            fprintf(file, "%" PRIu64 " of %" PRIu64 " %s", finding->found, finding->checked,
                    rule_unit(rule));
        }
        fputs("</td></tr>\n", file);
    }
    fputs("</table>\n", file);
}

static void write_leaves(FILE *file, const uint64_t *leaf_count)
{
    for (unsigned size = HOIST_LEAF_1G; size >= HOIST_LEAF_4K; size--) {
        if (leaf_count[size] != 0) {
            fprintf(file, "%" PRIu64 "&times;%s ", leaf_count[size], mapping_leaf_name(size));
        }
    }
}

/* Names of bits, with commas between them. */
static void write_names(FILE *file, uint32_t bits, const char *(*name_of)(unsigned bit))
{
    const char *comma = "";

    for (unsigned bit = 0; bit < 32; bit++) {
        if ((bits >> bit & 1) != 0) {
            fprintf(file, "%s%s", comma, name_of(bit));
            comma = ", ";
        }
    }
}

static void write_range(FILE *file, const struct mapping *mapping, size_t index)
{
    const struct mapping_range *range = &mapping->ranges[index];
    char rights[MAPPING_RIGHTS_CAPACITY];

    mapping_rights_text(range->rights, rights);
    fprintf(file,
            "<tr id=\"r%zu\"><td class=\"mono\">%016" PRIx64 "</td><td class=\"mono\">%016" PRIx64
            "</td><td class=\"mono\">%012" PRIx64 "</td><td class=\"number\">",
            index, range->va, range->va + (range->size_bytes - 1), range->pa);
    html_size(file, range->size_bytes);
    fputs("</td><td>", file);
    write_leaves(file, range->leaf_count);
    fprintf(file, "</td><td class=\"mono %s\">%s</td><td>%s</td><td>", html_colour(range), rights,
            range->kind == MAPPING_LEAVES ? mapping_cache_name(range->cache) : "");
    write_names(file, range->memory, mapping_memory_name);
    fputs("</td><td>", file);
    html_text(file, mapping_range_name(mapping, range));
    if (range->kind == MAPPING_SHARED) {
        fprintf(file, ", as at <code>%016" PRIx64 "</code>", range->shared_va);
    }
    fputs("</td><td class=\"wx\">", file);
    write_names(file, range->marks, mapping_mark_name);
    fputs("</td></tr>\n", file);
}

void html_ranges(FILE *file, const struct mapping *mapping)
{
    fputs(
        "<h2>Ranges</h2>\n<div class=\"wide\"><table id=\"ranges\">\n<tr><th>from</th><th>to</th>"
        "<th>physical</th><th class=\"number\">size</th><th>leaves</th><th>may</th><th>cached</th>"
        "<th>memory</th><th>name</th><th>marks</th></tr>\n",
        file);
    for (size_t i = 0; i < mapping->range_count && i < HTML_LISTED_LIMIT; i++) {
        write_range(file, mapping, i);
    }
    fputs("</table></div>\n", file);
    if (mapping->range_count > HTML_LISTED_LIMIT) {
        fprintf(file, "<p class=\"soft\">%zu more ranges are not listed.</p>\n",
                mapping->range_count - HTML_LISTED_LIMIT);
    }
}

/* In the order of the walk: each table above what is in it. */
void html_tables(FILE *file, const struct mapping *mapping)
{
    fputs("<h2>Page tables</h2>\n<div class=\"wide\"><table id=\"tables\">\n<tr><th>table</th>"
          "<th>at</th><th>maps from</th><th>entries in use, of 512</th><th>links leave</th></tr>\n",
          file);
    for (size_t i = 0; i < mapping->table_count && i < HTML_LISTED_LIMIT; i++) {
        const struct mapping_table *table = &mapping->tables[i];
        const unsigned depth = mapping->facts.levels - table->level;
        char grants[MAPPING_RIGHTS_CAPACITY];

        mapping_rights_text(table->grants, grants);
        fprintf(file,
                "<tr><td style=\"padding-left:%.1frem\">%s</td><td class=\"mono\">%" PRIx64
                "</td><td class=\"mono\">%016" PRIx64 "</td><td><span class=\"fill\">"
                "<b style=\"width:%.1f%%\"></b></span> %u</td><td class=\"mono\">%s</td></tr>\n",
                0.6 + 1.4 * depth, mapping_table_name(table->level), table->pa, table->va,
                table->used / 5.12, table->used, grants);
    }
    fputs("</table></div>\n", file);
    if (mapping->table_count > HTML_LISTED_LIMIT) {
        fprintf(file, "<p class=\"soft\">%zu more tables are not listed.</p>\n",
                mapping->table_count - HTML_LISTED_LIMIT);
    }
}
