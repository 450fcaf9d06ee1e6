/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The drawing. Both sides are drawn in the order of their addresses, with gaps folded; the height
 * of a piece grows with the logarithm of its size, for sizes differ by a million.
 */
#include "html_parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mapping_words.h"

#define WIDTH          1200
#define VIRTUAL_LEFT   178.0
#define VIRTUAL_RIGHT  500.0
#define PHYSICAL_LEFT  820.0
#define PHYSICAL_RIGHT 1010.0
#define EDGES_LIMIT    (4 * HTML_DRAWN_LIMIT)
#define TOP            34.0
#define FOLD_HEIGHT    20.0
#define LEAST_HEIGHT   19.0
#define HEIGHT_BY_BIT  2.6 /* more for each doubling */

/* A piece of physical memory, and where it is drawn. */
struct piece {
    uint64_t start;
    uint64_t end; /* the byte behind */
    double top;
    double height;
    const char *kind; /* NULL: no memory map says */
    bool is_ram;
};

struct drawing {
    FILE *file;
    const struct mapping *mapping;
    size_t range_count; /* that are drawn */
    double *tops;       /* of the ranges; each with its height behind it */
    struct piece *pieces;
    size_t piece_count;
    double height;
};

static double height_of(uint64_t size_bytes)
{
    unsigned bits = 0;

    while (size_bytes >> (12 + bits) > 1 && bits < 40) {
        bits++;
    }
    return LEAST_HEIGHT + HEIGHT_BY_BIT * bits;
}

static double lay_out_ranges(struct drawing *drawing)
{
    double y = TOP;
    uint64_t end = 0;

    for (size_t i = 0; i < drawing->range_count; i++) {
        const struct mapping_range *range = &drawing->mapping->ranges[i];

        y += range->va != end ? FOLD_HEIGHT : 0;
        end = range->va + range->size_bytes;
        drawing->tops[2 * i] = y;
        drawing->tops[2 * i + 1] = height_of(range->size_bytes);
        y += drawing->tops[2 * i + 1];
    }
    return y;
}

static int by_number(const void *one, const void *other)
{
    const uint64_t a = *(const uint64_t *)one;
    const uint64_t b = *(const uint64_t *)other;

    return a < b ? -1 : a > b;
}

/* The memory map's range around an address, as a piece; one without a kind where it lists none. */
static struct piece listed_at(const struct memory_map *map, uint64_t pa)
{
    for (size_t i = 0; map != NULL && i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];

        if (pa >= range->base && pa - range->base < range->size_bytes) {
            return (struct piece){.kind = memory_kind_name(range->kind),
                                  .is_ram = memory_kind_is_ram(range->kind)};
        }
    }
    return (struct piece){.kind = NULL};
}

static bool is_mapped(const struct drawing *drawing, uint64_t pa)
{
    for (size_t i = 0; i < drawing->range_count; i++) {
        const struct mapping_range *range = &drawing->mapping->ranges[i];

        if (range->kind == MAPPING_LEAVES && pa >= range->pa &&
            pa - range->pa < range->size_bytes) {
            return true;
        }
    }
    return false;
}

/* Every address where something begins or ends, on either side. Returns how many. */
static size_t find_edges(const struct drawing *drawing, uint64_t *edges)
{
    const struct memory_map *map = drawing->mapping->facts.memory;
    size_t count = 0;

    for (size_t i = 0; map != NULL && i < map->count && i < HTML_DRAWN_LIMIT; i++) {
        edges[count++] = map->ranges[i].base;
        edges[count++] = map->ranges[i].base + map->ranges[i].size_bytes;
    }
    for (size_t i = 0; i < drawing->range_count; i++) {
        const struct mapping_range *range = &drawing->mapping->ranges[i];

        if (range->kind == MAPPING_LEAVES) {
            edges[count++] = range->pa;
            edges[count++] = range->pa + range->size_bytes;
        }
    }
    qsort(edges, count, sizeof(*edges), by_number);
    return count;
}

/* What the memory map lists, and all that is mapped besides. */
static void find_pieces(struct drawing *drawing, uint64_t *edges)
{
    const size_t count = find_edges(drawing, edges);

    for (size_t i = 0; i + 1 < count; i++) {
        struct piece *last = &drawing->pieces[drawing->piece_count];
        struct piece piece = listed_at(drawing->mapping->facts.memory, edges[i]);

        piece.start = edges[i];
        piece.end = edges[i + 1];
        if (piece.start == piece.end || (piece.kind == NULL && !is_mapped(drawing, piece.start))) {
            continue;
        }
        if (drawing->piece_count != 0 && last[-1].end == piece.start &&
            last[-1].kind == piece.kind) {
            last[-1].end = piece.end;
        } else {
            *last = piece;
            drawing->piece_count++;
        }
    }
}

static double lay_out_pieces(struct drawing *drawing)
{
    double y = TOP;
    uint64_t end = 0;

    for (size_t i = 0; i < drawing->piece_count; i++) {
        struct piece *piece = &drawing->pieces[i];

        y += piece->start != end ? FOLD_HEIGHT : 0;
        piece->top = y;
        piece->height = height_of(piece->end - piece->start);
        y += piece->height;
        end = piece->end;
    }
    return y;
}

/* The shorter side gets the height of the longer one. */
static void stretch(double *tops, double *heights, size_t count, size_t step, double factor)
{
    for (size_t i = 0; i < count; i++) {
        tops[i * step] = TOP + (tops[i * step] - TOP) * factor;
        heights[i * step] *= factor;
    }
}

/* Where a physical address is drawn; `after` for the end of a range. */
static double y_of(const struct drawing *drawing, uint64_t pa, bool after)
{
    for (size_t i = 0; i < drawing->piece_count; i++) {
        const struct piece *piece = &drawing->pieces[i];

        if (pa >= piece->start && (after ? pa <= piece->end : pa < piece->end) &&
            !(after && pa == piece->start)) {
            return piece->top + piece->height * (double)(pa - piece->start) /
                                    (double)(piece->end - piece->start);
        }
    }
    return TOP;
}

static void write_link(const struct drawing *drawing, size_t index)
{
    const struct mapping_range *range = &drawing->mapping->ranges[index];
    const double top = drawing->tops[2 * index];
    const double bottom = top + drawing->tops[2 * index + 1];
    const double other_top = y_of(drawing, range->pa, false);
    const double other_bottom = y_of(drawing, range->pa + range->size_bytes, true);
    const double middle = (VIRTUAL_RIGHT + PHYSICAL_LEFT) / 2;

    fprintf(drawing->file,
            "<path class=\"link %s\" data-range=\"%zu\" d=\"M%.0f %.1fC%.0f %.1f %.0f %.1f %.0f "
            "%.1fV%.1fC%.0f %.1f %.0f %.1f %.0f %.1fz\"/>\n",
            html_colour(range), index, VIRTUAL_RIGHT, top, middle, top, middle, other_top,
            PHYSICAL_LEFT, other_top, other_bottom, middle, other_bottom, middle, bottom,
            VIRTUAL_RIGHT, bottom);
}

static void write_range(const struct drawing *drawing, size_t index)
{
    FILE *file = drawing->file;
    const struct mapping_range *range = &drawing->mapping->ranges[index];
    const char *name = mapping_range_name(drawing->mapping, range);
    const double top = drawing->tops[2 * index];
    char rights[MAPPING_RIGHTS_CAPACITY];

    mapping_rights_text(range->rights, rights);
    fprintf(file,
            "<g class=\"range %s\" tabindex=\"0\" data-range=\"%zu\" data-colour=\"%s\" "
            "data-va=\"%" PRIu64 "\" data-pa=\"%" PRIu64 "\" data-size=\"%" PRIu64 "\"",
            html_colour(range), index, html_colour(range), range->va, range->pa, range->size_bytes);
    if (range->kind == MAPPING_LEAVES) {
        fprintf(file, " data-leaves=\"%" PRIu64 " %" PRIu64 " %" PRIu64 "\"",
                range->leaf_count[HOIST_LEAF_1G], range->leaf_count[HOIST_LEAF_2M],
                range->leaf_count[HOIST_LEAF_4K]);
    }
    fputs("><title>", file);
    html_text(file, name);
    fprintf(file, " %016" PRIx64 "-%016" PRIx64 " to %" PRIx64 ", ", range->va,
            range->va + (range->size_bytes - 1), range->pa);
    html_size(file, range->size_bytes);
    fprintf(file,
            ", %s %s</title><rect class=\"bar\" x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" "
            "height=\"%.1f\" rx=\"3\"/>",
            rights, range->kind == MAPPING_LEAVES ? mapping_cache_name(range->cache) : "",
            VIRTUAL_LEFT, top, VIRTUAL_RIGHT - VIRTUAL_LEFT, drawing->tops[2 * index + 1]);
    fprintf(file,
            "<text class=\"mono\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%016" PRIx64
            "</text><text x=\"%.0f\" y=\"%.1f\" style=\"fill:var(--paper)\">",
            VIRTUAL_LEFT - 10, top + 13.5, range->va, VIRTUAL_LEFT + 10, top + 13.5);
    html_text(file, name);
    fprintf(file,
            "</text><text class=\"mono\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\" "
            "style=\"fill:var(--paper)\">%s%s ",
            VIRTUAL_RIGHT - 10, top + 13.5, range->marks != 0 ? "! " : "", rights);
    html_size(file, range->size_bytes);
    fputs("</text></g>\n", file);
}

/* About how large: nobody wants to know all digits of a gap. */
static void write_about(FILE *file, uint64_t size_bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double size = (double)size_bytes / 1024;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        size /= 1024;
        unit++;
    }
    fprintf(file, size < 100 && size != (uint64_t)size ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

/* A gap, with its size; from one half of the address space to the other there are no addresses. */
static void write_fold(FILE *file, double left, double right, double y, uint64_t start,
                       uint64_t end)
{
    fprintf(file,
            "<line class=\"fold\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>"
            "<text class=\"soft\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"middle\" "
            "style=\"paint-order:stroke;stroke:var(--paper);stroke-width:6px\">",
            left, right, y, y, (left + right) / 2, y + 4);
    if (start >> 63 != end >> 63) {
        fputs("to the upper half", file);
    } else {
        write_about(file, end - start);
    }
    fputs("</text>\n", file);
}

static void write_virtual(const struct drawing *drawing, double factor)
{
    uint64_t end = 0;

    for (size_t i = 0; i < drawing->range_count; i++) {
        const struct mapping_range *range = &drawing->mapping->ranges[i];

        if (range->va != end) {
            write_fold(drawing->file, VIRTUAL_LEFT, VIRTUAL_RIGHT,
                       drawing->tops[2 * i] - FOLD_HEIGHT * factor / 2, end, range->va);
        }
        write_range(drawing, i);
        end = range->va + range->size_bytes;
    }
}

static void write_physical(const struct drawing *drawing, double factor)
{
    FILE *file = drawing->file;
    uint64_t end = 0;

    for (size_t i = 0; i < drawing->piece_count; i++) {
        const struct piece *piece = &drawing->pieces[i];

        if (piece->start != end) {
            write_fold(file, PHYSICAL_LEFT, PHYSICAL_RIGHT, piece->top - FOLD_HEIGHT * factor / 2,
                       end, piece->start);
        }
        fprintf(file,
                "<g><rect class=\"bar %s\" x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" "
                "height=\"%.1f\" rx=\"3\"/><text x=\"%.0f\" y=\"%.1f\">",
                piece->kind == NULL || piece->is_ram ? "ram" : "other", PHYSICAL_LEFT, piece->top,
                PHYSICAL_RIGHT - PHYSICAL_LEFT, piece->height, PHYSICAL_LEFT + 10,
                piece->top + 13.5);
        fputs(piece->kind == NULL ? "not listed" : piece->kind, file);
        fprintf(file,
                "</text><text class=\"mono\" x=\"%.0f\" y=\"%.1f\">%012" PRIx64
                "</text><text class=\"soft\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
                PHYSICAL_RIGHT + 10, piece->top + 13.5, piece->start, WIDTH - 4, piece->top + 13.5);
        html_size(file, piece->end - piece->start);
        fputs("</text></g>\n", file);
        end = piece->end;
    }
}

static void write_legend(FILE *file)
{
    fputs("<div class=\"legend\"><span class=\"r\"><i></i>read</span>"
          "<span class=\"w\"><i></i>read, write</span><span class=\"x\"><i></i>read, execute</span>"
          "<span class=\"wx\"><i></i>write and execute</span><span class=\"t\"><i></i>tables again"
          "</span><span class=\"soft\">Heights grow with the logarithm of the size; dashed lines "
          "are gaps. A click or Enter on a range shows its leaves.</span></div>\n",
          file);
}

static void write_drawing(const struct drawing *drawing, double range_factor, double piece_factor)
{
    FILE *file = drawing->file;

    write_legend(file);
    fprintf(file,
            "<svg id=\"picture\" viewBox=\"0 0 %d %.0f\" role=\"group\" aria-label=\"virtual "
            "addresses left, physical addresses right\">\n<defs><pattern id=\"alarm\" width=\"8\" "
            "height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<rect width=\"8\" height=\"8\"/><path d=\"M0 0V8\"/></pattern></defs>\n"
            "<text class=\"soft\" x=\"%.0f\" y=\"16\">virtual</text>"
            "<text class=\"soft\" x=\"%.0f\" y=\"16\">physical</text>\n",
            WIDTH, drawing->height + 12, VIRTUAL_LEFT, PHYSICAL_LEFT);
    for (size_t i = 0; i < drawing->range_count; i++) {
        if (drawing->mapping->ranges[i].kind == MAPPING_LEAVES) {
            write_link(drawing, i);
        }
    }
    write_virtual(drawing, range_factor);
    write_physical(drawing, piece_factor);
    fputs("</svg>\n", file);
}

void html_picture(FILE *file, const struct mapping *mapping)
{
    struct drawing drawing = {.file = file, .mapping = mapping};
    uint64_t *edges;
    double range_factor = 1;
    double piece_factor = 1;
    double ranges_end;
    double pieces_end;

    drawing.range_count =
        mapping->range_count < HTML_DRAWN_LIMIT ? mapping->range_count : HTML_DRAWN_LIMIT;
    drawing.tops = calloc(2 * HTML_DRAWN_LIMIT, sizeof(*drawing.tops));
    drawing.pieces = calloc(EDGES_LIMIT, sizeof(*drawing.pieces));
    edges = calloc(EDGES_LIMIT, sizeof(*edges));
    if (drawing.tops != NULL && drawing.pieces != NULL && edges != NULL) {
        ranges_end = lay_out_ranges(&drawing);
        find_pieces(&drawing, edges);
        pieces_end = lay_out_pieces(&drawing);
        drawing.height = ranges_end > pieces_end ? ranges_end : pieces_end;
        if (ranges_end > TOP && pieces_end > TOP) {
            range_factor = (drawing.height - TOP) / (ranges_end - TOP);
            piece_factor = (drawing.height - TOP) / (pieces_end - TOP);
        }
        stretch(drawing.tops, drawing.tops + 1, drawing.range_count, 2, range_factor);
        stretch(&drawing.pieces[0].top, &drawing.pieces[0].height, drawing.piece_count,
                sizeof(struct piece) / sizeof(double), piece_factor);
        write_drawing(&drawing, range_factor, piece_factor);
    } else {
        fputs("<p>There was no memory for the drawing.</p>\n", file);
    }
    free(drawing.tops);
    free(drawing.pieces);
    free(edges);
    if (mapping->range_count > HTML_DRAWN_LIMIT) {
        fprintf(file, "<p class=\"soft\">%zu more ranges are not drawn; the list has them.</p>\n",
                mapping->range_count - HTML_DRAWN_LIMIT);
    }
}
