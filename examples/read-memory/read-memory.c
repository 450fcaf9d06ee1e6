/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another machine's memory: a flat dump of it, from physical address 0 on, as QEMU's pmemsave
 * writes it, is walked through the hook read_entry. No table is ever pointed at.
 *
 * Exit status: 0 done, 1 the address is not mapped, 2 wrong arguments, 3 the dump cannot be walked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hoist_paging.h"

#define TABLE_ENTRIES 512u
#define NOWHERE       UINT64_MAX

enum { DONE, NOT_MAPPED, USAGE, BAD_DUMP };

struct dump {
    const char *name;
    FILE *file;
    uint64_t size_bytes;
    uint64_t table_pa; /* of the frame read last, or NOWHERE */
    uint64_t table[TABLE_ENTRIES];
    uint64_t missing_pa; /* of the frame that could not be read */
};

/* The dump's lowest byte of an entry comes first, as it does here. */
static enum hoist_result read_entry(void *context, struct hoist_pa pa, uint64_t *entry)
{
    struct dump *dump = context;
    const uint64_t offset_bytes = pa.value % HOIST_SIZE_4K;
    const uint64_t table_pa = pa.value - offset_bytes;

    if (table_pa != dump->table_pa) {
        dump->table_pa = NOWHERE;
        if (fseek(dump->file, (long)table_pa, SEEK_SET) != 0 ||
            fread(dump->table, sizeof dump->table, 1, dump->file) != 1) {
            dump->missing_pa = table_pa;
            return HOIST_UNREADABLE;
        }
        dump->table_pa = table_pa;
    }
    *entry = dump->table[offset_bytes / sizeof *entry];
    return HOIST_OK;
}

static const char *rights_text(struct hoist_access access, char text[5])
{
    text[0] = 'r';
    text[1] = (access.rights & HOIST_WRITE) != 0 ? 'w' : '-';
    text[2] = (access.rights & HOIST_EXECUTE) != 0 ? 'x' : '-';
    text[3] = (access.rights & HOIST_USER) != 0 ? 'u' : '-';
    text[4] = '\0';
    return text;
}

static enum hoist_result print_run(void *context, const struct hoist_run *run)
{
    static const char *const names[] = {"", "4K", "2M", "1G"};
    char rights[5];

    (void)context;
    printf("%016" PRIx64 " -> %013" PRIx64 " %12" PRIu64 " KiB %s", run->va.value, run->pa.value,
           run->size_bytes / 1024, rights_text(run->effective, rights));
    for (unsigned size = HOIST_LEAF_4K; size <= HOIST_LEAF_1G; size++) {
        if (run->leaf_count[size] != 0) {
            printf(" %" PRIu64 "x%s", run->leaf_count[size], names[size]);
        }
    }
    printf("\n");
    return HOIST_OK;
}

/* A hexadecimal number, and nothing else. */
static bool parse(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 16);
    return end != text && *end == '\0' && errno == 0 && strpbrk(text, "+- \t\n") == NULL;
}

/* Says what ended a walk, and returns the status for it. */
static int tell(const struct dump *dump, enum hoist_result result)
{
    if (result == HOIST_UNREADABLE) {
        fprintf(stderr, "read-memory: %s ends before the end of the table at %#" PRIx64 "\n",
                dump->name, dump->missing_pa);
    } else if (result != HOIST_OK) {
        fprintf(stderr, "read-memory: %s: %s\n", dump->name, hoist_result_text(result));
    }
    return result == HOIST_OK ? DONE : BAD_DUMP;
}

static int translate(const struct hoist_space *space, const struct dump *dump, uint64_t va)
{
    struct hoist_translation found;
    const enum hoist_result result = hoist_query(space, hoist_va_of(va), &found);
    char rights[5];

    if (result == HOIST_NOT_MAPPED || result == HOIST_NOT_CANONICAL) {
        fprintf(stderr, "read-memory: %#" PRIx64 ": %s\n", va, hoist_result_text(result));
        return NOT_MAPPED;
    }
    if (result == HOIST_OK) {
        printf("%016" PRIx64 " is %013" PRIx64 " %s by a leaf of %" PRIu64 " KiB\n", va,
               found.pa.value, rights_text(found.effective, rights),
               hoist_leaf_bytes(found.size) / 1024);
    }
    return tell(dump, result);
}

/* Opens the file and learns its size; false, and says why, where that cannot be. */
static bool open_file(struct dump *dump)
{
    long size_bytes = -1;

    dump->file = fopen(dump->name, "rb");
    if (dump->file != NULL && fseek(dump->file, 0, SEEK_END) == 0) {
        size_bytes = ftell(dump->file);
    }
    if (size_bytes < 0) {
        fprintf(stderr, "read-memory: %s: %s\n", dump->name, strerror(errno));
        return false;
    }
    dump->size_bytes = (uint64_t)size_bytes;
    dump->table_pa = NOWHERE;
    return true;
}

/* The space whose root table is there; says what is wrong with it, and returns the status. */
static int open_space(struct dump *dump, struct hoist_space *space, uint64_t cr3, uint8_t levels)
{
    static const struct hoist_hooks hooks = {.read_entry = read_entry};
    const struct hoist_cpu cpu = {
        .levels = levels, .physical_bits = 52, .has_1g_pages = true, .has_nx = true};
    struct hoist_frame_4k root;
    enum hoist_result result = hoist_space_init(space, &cpu, &hooks, dump);

    if (result == HOIST_OK) {
        result = hoist_frame_4k_at(space, hoist_pa_of(cr3), &root);
    }
    if (result == HOIST_OK) {
        result = hoist_space_open(space, root);
    }
    if (result != HOIST_OK) {
        fprintf(stderr, "read-memory: CR3 %#" PRIx64 ": %s\n", cr3, hoist_result_text(result));
        return USAGE;
    }
    if (cr3 >= dump->size_bytes) {
        fprintf(stderr,
                "read-memory: CR3 %#" PRIx64 " lies outside of %s, which has %" PRIu64 " bytes\n",
                cr3, dump->name, dump->size_bytes);
        return BAD_DUMP;
    }
    return DONE;
}

/*
 * Prints all that is mapped. A tree reads no entry twice, so the dump's size bounds the walk: tables
 * that point at themselves have no end.
 */
static int print_runs(const struct hoist_space *space, const struct dump *dump)
{
    const struct hoist_visitor visitor = {.run = print_run,
                                          .budget_entries = dump->size_bytes / sizeof(uint64_t)};

    return tell(dump, hoist_visit(space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor));
}

int main(int argc, char **argv)
{
    static struct dump dump;
    const int first = argc > 1 && strcmp(argv[1], "-5") == 0 ? 2 : 1;
    const int count = argc - first;
    struct hoist_space space;
    uint64_t cr3;
    uint64_t va = 0;
    int status;

    if ((count != 2 && count != 3) || !parse(argv[first + 1], &cr3) ||
        (count == 3 && !parse(argv[first + 2], &va))) {
        fprintf(stderr, "usage: read-memory [-5] DUMP CR3 [ADDRESS]   (numbers in hexadecimal; -5: "
                        "five levels)\n");
        return USAGE;
    }
    dump.name = argv[first];
    status = open_file(&dump) ? open_space(&dump, &space, cr3, first == 2 ? 5 : 4) : BAD_DUMP;
    if (status == DONE) {
        status = count == 3 ? translate(&space, &dump, va) : print_runs(&space, &dump);
    }
    if (dump.file != NULL) {
        fclose(dump.file);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fprintf(stderr, "read-memory: standard output cannot be written\n");
        return BAD_DUMP;
    }
    return status;
}
