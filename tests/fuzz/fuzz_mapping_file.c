/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads whatever bytes as the JSON of a mapping. A document is refused with one sentence; one that is taken is judged,
 * said in words without what a terminal would obey, and written: what is written is taken again, says the same of the
 * rules, and comes out byte for byte.
 */
#include <stdlib.h>
#include <string.h>

#include "mapping_file.h"
#include "mapping_text.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct written {
    char *text;
    size_t length;
    size_t capacity;
};

static void keep(void *context, const char *text, size_t length)
{
    struct written *written = context;

    if (length == 0) {
        return;
    }
    if (written->length + length > written->capacity) {
        written->capacity = 2 * (written->length + length);
        written->text = realloc(written->text, written->capacity);
        REQUIRE(written->text != NULL);
    }
    memcpy(written->text + written->length, text, length);
    written->length += length;
}

static void see_line(void *context, const struct mapping_line *line)
{
    const size_t length = strlen(line->text);

    (void)context;
    REQUIRE(length < MAPPING_LINE_CAPACITY);
    for (size_t i = 0; i < length; i++) {
        REQUIRE(line->text[i] >= ' ' && line->text[i] <= '~');
    }
}

/* One line, in plain characters. */
static void require_complaint(const struct complaint *complaint)
{
    const size_t length = strnlen(complaint->text, sizeof complaint->text);

    REQUIRE(length > 0 && length < sizeof complaint->text);
    for (size_t i = 0; i < length; i++) {
        REQUIRE(complaint->text[i] >= ' ' && complaint->text[i] <= '~');
    }
}

/* NULL where it is refused. */
static struct loaded *load(const char *text, size_t length, struct complaint *complaint)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);

    REQUIRE(loaded != NULL);
    memset(complaint, 0, sizeof *complaint);
    if (mapping_file_read(loaded, "input", text, length, complaint)) {
        REQUIRE(loaded_judge(loaded, complaint));
        return loaded;
    }
    loaded_free(loaded);
    free(loaded);
    return NULL;
}

static void unload(struct loaded *loaded)
{
    loaded_free(loaded);
    free(loaded);
}

static struct written write_out(const struct loaded *loaded)
{
    struct written written = {0};

    mapping_json(&loaded->mapping, loaded->findings, &loaded->document, keep, &written);
    return written;
}

static void require_again(const struct loaded *loaded)
{
    struct written once = write_out(loaded);
    struct complaint complaint;
    struct loaded *again = load(once.text, once.length, &complaint);
    struct written twice;

    REQUIRE(again != NULL && again->has_written);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        REQUIRE(again->findings[i].verdict == loaded->findings[i].verdict);
        REQUIRE(again->findings[i].aside == loaded->findings[i].aside);
        REQUIRE(again->findings[i].found == loaded->findings[i].found);
        REQUIRE(again->written[i].verdict == loaded->findings[i].verdict);
        REQUIRE(again->written[i].found == loaded->findings[i].found);
        REQUIRE(again->written[i].checked == loaded->findings[i].checked);
    }
    twice = write_out(again);
    REQUIRE(once.length == twice.length && memcmp(once.text, twice.text, once.length) == 0);
    unload(again);
    free(once.text);
    free(twice.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = require_copy(data, size);
    struct complaint complaint;
    struct loaded *loaded;

    loaded = load(text, size, &complaint);
    free(text);
    if (loaded == NULL) {
        require_complaint(&complaint);
        return 0;
    }
    mapping_text(&loaded->mapping, loaded->findings, see_line, NULL);
    require_again(loaded);
    unload(loaded);
    return 0;
}
