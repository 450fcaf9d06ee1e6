/* SPDX-License-Identifier: BSD-2-Clause */
/* The page from top to bottom. */
#include "html.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "html_parts.h"
#include "mapping_words.h"
#include "print.h"

/* Of page.S. */
extern const char page_style[];
extern const uint64_t page_style_bytes;
extern const char page_script[];
extern const uint64_t page_script_bytes;

void html_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;

        if (byte < ' ' || byte >= 0x7f) {
            fprintf(file, "\\x%02x", byte);
        } else if (byte == '<' || byte == '>' || byte == '&' || byte == '"' || byte == '\'') {
            fprintf(file, "&#%u;", byte);
        } else {
            putc(byte, file);
        }
    }
}

const char *html_colour(const struct mapping_range *range)
{
    const bool writes = (range->rights & HOIST_WRITE) != 0;
    const bool executes = (range->rights & HOIST_EXECUTE) != 0;

    if (range->kind != MAPPING_LEAVES) {
        return "t";
    }
    return writes && executes ? "wx" : executes ? "x" : writes ? "w" : "r";
}

void html_size(FILE *file, uint64_t size_bytes)
{
    char text[PRINT_SIZE_CAPACITY];

    print_size(text, sizeof(text), size_bytes);
    fputs(text, file);
}

static void write_head(FILE *file, const struct loaded *loaded)
{
    enum rule first;
    const unsigned failed = rules_failed(loaded->findings, &first);

    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>Address space: ",
          file);
    html_text(file, loaded->space);
    fputs("</title>\n<style>\n", file);
    fwrite(page_style, 1, page_style_bytes, file);
    fputs("</style>\n</head>\n<body>\n<header><div>\n<h1>", file);
    fputs("What the page tables map</h1>\n<p class=\"soft\">Read from ", file);
    html_text(file, loaded->space);
    fputs(" tables; written by ", file);
    html_text(file, loaded->maker);
    fputs("</p>\n<p>", file);
    if (failed == 0) {
        fputs("<span class=\"badge pass\">pass</span> No rule is broken.", file);
    } else {
        fprintf(file, "<span class=\"badge fail\">FAIL</span> %u of %u rules are broken.", failed,
                (unsigned)RULE_COUNT);
    }
    fputs("</p>\n</div><button id=\"scheme\" hidden>light / dark</button></header>\n", file);
}

static void write_facts(FILE *file, const struct mapping *mapping)
{
    const struct mapping_facts *facts = &mapping->facts;

    fprintf(file,
            "<h2>Machine and tables</h2>\n<dl>\n<dt>levels</dt><dd>%u</dd>\n"
            "<dt>physical address bits</dt><dd>%u</dd>\n<dt>1 GiB pages, NX</dt><dd>%s, %s</dd>\n"
            "<dt>CR3</dt><dd><code>%" PRIx64 "</code></dd>\n"
            "<dt>PAT</dt><dd><code>%016" PRIx64 "</code>",
            facts->levels, facts->physical_bits, facts->has_1g_pages ? "yes" : "no",
            facts->has_nx ? "yes" : "no", facts->cr3, facts->pat);
    for (unsigned i = 0; i < 8; i++) {
        fprintf(file, " %s", mapping_type_name(mapping_pat_type(facts->pat, i)));
    }
    fprintf(file, "</dd>\n<dt>table frames</dt><dd>%" PRIu64 " used", mapping->table_frames);
    if (facts->table_frame_count != 0) {
        fprintf(file, ", %" PRIu64 " counted, from <code>%" PRIx64 "</code> on",
                facts->table_frame_count, facts->tables_pa);
    }
    fputs("</dd>\n", file);
    for (unsigned size = HOIST_LEAF_1G; size >= HOIST_LEAF_4K; size--) {
        fprintf(file, "<dt>by %s leaves</dt><dd>", mapping_leaf_name(size));
        html_size(file, mapping->leaf_count[size] << (12 + 9 * (size - 1)));
        fprintf(file, " in %" PRIu64 "</dd>\n", mapping->leaf_count[size]);
    }
    if (mapping->ranges_left_out != 0 || mapping->tables_left_out) {
        fprintf(file, "<dt>left out</dt><dd>%" PRIu64 " ranges%s</dd>\n", mapping->ranges_left_out,
                mapping->tables_left_out ? ", and tables" : "");
    }
    fputs("</dl>\n", file);
}

bool html_write(FILE *file, const struct loaded *loaded)
{
    const struct mapping *mapping = &loaded->mapping;

    write_head(file, loaded);
    html_rules(file, loaded);
    fputs("<h2>The address space</h2>\n", file);
    html_picture(file, mapping);
    fputs("<section id=\"zoom\" hidden><div class=\"head\"><h3></h3>"
          "<button>back (Escape)</button></div>\n"
          "<p class=\"soft more\"></p><div class=\"leaves\"></div></section>\n",
          file);
    html_ranges(file, mapping);
    html_tables(file, mapping);
    write_facts(file, mapping);
    fputs("<script>\n", file);
    fwrite(page_script, 1, page_script_bytes, file);
    fputs("</script>\n</body>\n</html>\n", file);
    return fflush(file) == 0 && ferror(file) == 0;
}

/* Signals that end a program wait while it is true, so that nothing half made is left. */
static void hold_signals(bool is_held)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(is_held ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

/* Beside its place first, so that a page that is there stays whole. */
static bool write_page(const struct loaded *loaded, const char *path, char *beside,
                       struct complaint *complaint)
{
    const int handle = mkstemp(beside);
    FILE *file = NULL;
    bool is_written;

    if (handle >= 0) {
        fchmod(handle, 0644);
        file = fdopen(handle, "w");
    }
    is_written = file != NULL && html_write(file, loaded);
    is_written = file != NULL && fclose(file) == 0 && is_written && rename(beside, path) == 0;
    if (!is_written) {
        complain(complaint, "%s: %s", path, strerror(errno));
        if (handle >= 0) {
            unlink(beside);
        }
    }
    return is_written;
}

int command_html(const struct loaded *loaded, const char *path, struct complaint *complaint)
{
    const size_t length = strlen(path) + sizeof(".XXXXXX");
    char *beside = malloc(length);
    struct stat state;
    bool is_written = false;

    if (beside == NULL) {
        complain(complaint, "%s: no memory for its name", path);
    } else if (stat(path, &state) == 0 && !S_ISREG(state.st_mode)) {
        complain(complaint, "%s: not a plain file, so it is not replaced", path);
    } else {
        snprintf(beside, length, "%s.XXXXXX", path);
        hold_signals(true);
        is_written = write_page(loaded, path, beside, complaint);
        hold_signals(false);
    }
    free(beside);
    return is_written ? EXIT_WELL : EXIT_UNREADABLE;
}
