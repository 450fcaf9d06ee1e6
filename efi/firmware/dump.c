/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the lines and the JSON of a mapping go. */
#include "dump.h"

#include "config.h"
#include "console.h"
#include "file_out.h"
#include "mapping_json.h"
#include "mapping_text.h"
#include "version.h"

static const CHAR16 folder[] = u"\\hoist";

/* One of the two files of a view. */
struct dump_file {
    const CHAR16 *name;
    const char *shown_name;
};

static struct file_out out;

static void say_on_serial(void *context, const struct mapping_line *line)
{
    (void)context;
    console_detail("%s\n", line->text);
}

static void say_on_screen(void *context, const struct mapping_line *line)
{
    (void)context;
    console_print("%s\n", line->text);
}

static void say_in_file(void *context, const struct mapping_line *line)
{
    file_out_write(context, line->text, text_of(line->text).length);
    file_out_write(context, "\n", 1);
}

static void write_piece(void *context, const char *text, size_t length)
{
    file_out_write(context, text, length);
}

static void close_file(const char *shown_name)
{
    struct problem problem;

    if (file_out_close(&out, text_of(shown_name), &problem)) {
        console_detail("hoist: written: %s\n", shown_name);
    } else {
        console_warn(&problem);
    }
}

static void write_files(const struct view *view, const struct dump_file *json,
                        const struct dump_file *text)
{
    const struct mapping_document document = {"Hoist " HOIST_LOADER_VERSION,
                                              view->is_firmware ? "firmware" : "kernel"};

    file_out_open(&out, folder, json->name);
    mapping_json(&view->mapping, view->findings, &document, write_piece, &out);
    close_file(json->shown_name);
    file_out_open(&out, folder, text->name);
    mapping_text(&view->mapping, view->findings, say_in_file, &out);
    close_file(text->shown_name);
}

void dump_view(const struct view *view, uint8_t places)
{
    static const struct dump_file files[2][2] = {
        {{u"\\hoist\\mapping.json", "/hoist/mapping.json"},
         {u"\\hoist\\mapping.txt", "/hoist/mapping.txt"}},
        {{u"\\hoist\\firmware.json", "/hoist/firmware.json"},
         {u"\\hoist\\firmware.txt", "/hoist/firmware.txt"}},
    };
    const struct dump_file *pair = files[view->is_firmware];

    if ((places & (CONFIG_DUMP_SERIAL | CONFIG_DUMP_SCREEN)) != 0) {
        mapping_text(&view->mapping, view->findings,
                     (places & CONFIG_DUMP_SCREEN) != 0 ? say_on_screen : say_on_serial, NULL);
    }
    if ((places & CONFIG_DUMP_FILE) != 0) {
        write_files(view, &pair[0], &pair[1]);
    }
}
