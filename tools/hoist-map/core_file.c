/* SPDX-License-Identifier: BSD-2-Clause */
/* Offsets and numbers: System V ABI, chapters 4 and 5; ELF-64, and QEMU's format of the note. */
#include "core_file.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* More program headers than QEMU can write for any machine. */
#define HEADERS_LIMIT UINT32_C(1048576)
/* Notes are a few hundred bytes for each CPU. */
#define NOTES_LIMIT_BYTES UINT64_C(16777216)

/* QEMU's note: two numbers of 32 bits, 18 registers, 10 segments of 24 bytes, then CR0 to CR4. */
#define STATE_NAME      "QEMU"
#define STATE_VERSION   1u
#define STATE_CR3       416u
#define STATE_CR4       424u
#define STATE_MIN_BYTES 432u

struct reading {
    struct physical_memory *memory;
    struct cpu_state *state;
    const char *name;
    struct complaint *complaint;
};

bool core_file_is(const struct bytes *bytes)
{
    unsigned char start[SELFMAG];

    return bytes_read(bytes, 0, start, sizeof(start)) && memcmp(start, ELFMAG, SELFMAG) == 0;
}

/* In a core with very many segments their number stands in section header 0. */
static bool count_headers(const struct reading *reading, const Elf64_Ehdr *header, uint64_t *count)
{
    Elf64_Shdr section = {0};

    *count = header->e_phnum;
    if (header->e_phnum == PN_XNUM) {
        if (!bytes_read(&reading->memory->bytes, header->e_shoff, &section, sizeof(section))) {
            return complain(reading->complaint,
                            "%s: the section header that counts the segments is not in the file",
                            reading->name);
        }
        *count = section.sh_info;
    }
    if (*count == 0 || *count > HEADERS_LIMIT) {
        return complain(reading->complaint,
                        "%s: the core has %" PRIu64 " program headers; 1 to %" PRIu32 " are read",
                        reading->name, *count, HEADERS_LIMIT);
    }
    if (header->e_phentsize != sizeof(Elf64_Phdr) ||
        header->e_phoff > reading->memory->bytes.size_bytes ||
        *count * sizeof(Elf64_Phdr) > reading->memory->bytes.size_bytes - header->e_phoff) {
        return complain(reading->complaint,
                        "%s: %" PRIu64 " program headers of %u bytes at 0x%" PRIx64
                        " are not in the file, which has %" PRIu64 " bytes",
                        reading->name, *count, header->e_phentsize, header->e_phoff,
                        reading->memory->bytes.size_bytes);
    }
    return true;
}

static bool read_header(const struct reading *reading, Elf64_Ehdr *header)
{
    if (!bytes_read(&reading->memory->bytes, 0, header, sizeof(*header))) {
        return complain(reading->complaint, "%s: the ELF header is cut off", reading->name);
    }
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64) {
        return complain(reading->complaint,
                        "%s: an ELF file of class %u, byte order %u, machine %u; a core of x86-64 "
                        "has 2, 1 and 62",
                        reading->name, header->e_ident[EI_CLASS], header->e_ident[EI_DATA],
                        header->e_machine);
    }
    if (header->e_type != ET_CORE) {
        return complain(reading->complaint, "%s: an ELF file of type %u; a core has 4",
                        reading->name, header->e_type);
    }
    return true;
}

/* The state in a note of QEMU's: the first CPU counts. */
static void read_state(struct cpu_state *state, const unsigned char *bytes, uint64_t size_bytes)
{
    uint32_t version;

    if (state->is_known || size_bytes < STATE_MIN_BYTES) {
        return;
    }
    memcpy(&version, bytes, sizeof(version));
    if (version == STATE_VERSION) {
        memcpy(&state->cr3, bytes + STATE_CR3, sizeof(state->cr3));
        memcpy(&state->cr4, bytes + STATE_CR4, sizeof(state->cr4));
        state->is_known = true;
    }
}

static uint64_t note_round(uint64_t size_bytes)
{
    return (size_bytes + 3) & ~UINT64_C(3);
}

static void find_state(struct cpu_state *state, const unsigned char *notes, uint64_t size_bytes)
{
    uint64_t at = 0;

    while (size_bytes - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        uint64_t name_bytes;
        uint64_t content_bytes;

        memcpy(&note, notes + at, sizeof(note));
        at += sizeof(note);
        name_bytes = note_round(note.n_namesz);
        content_bytes = note_round(note.n_descsz);
        if (name_bytes > size_bytes - at || content_bytes > size_bytes - at - name_bytes) {
            return;
        }
        if (note.n_namesz == sizeof(STATE_NAME) &&
            memcmp(notes + at, STATE_NAME, sizeof(STATE_NAME)) == 0) {
            read_state(state, notes + at + name_bytes, note.n_descsz);
        }
        at += name_bytes + content_bytes;
    }
}

/* Notes that are damaged or too long say nothing: a CR3 can still be given by hand. */
static void read_notes(const struct reading *reading, const Elf64_Phdr *header)
{
    unsigned char *notes;

    if (header->p_filesz == 0 || header->p_filesz > NOTES_LIMIT_BYTES ||
        header->p_filesz > reading->memory->bytes.size_bytes) {
        return;
    }
    notes = malloc(header->p_filesz);
    if (notes != NULL &&
        bytes_read(&reading->memory->bytes, header->p_offset, notes, header->p_filesz)) {
        find_state(reading->state, notes, header->p_filesz);
    }
    free(notes);
}

static bool add_segment(const struct reading *reading, uint64_t index, const Elf64_Phdr *header)
{
    struct physical_memory *memory = reading->memory;

    if (header->p_filesz == 0) {
        return true;
    }
    if (header->p_offset > memory->bytes.size_bytes ||
        header->p_filesz > memory->bytes.size_bytes - header->p_offset) {
        return complain(reading->complaint,
                        "%s: segment %" PRIu64 " has 0x%" PRIx64 " bytes at 0x%" PRIx64
                        ", the file ends at 0x%" PRIx64,
                        reading->name, index, header->p_filesz, header->p_offset,
                        memory->bytes.size_bytes);
    }
    if (header->p_paddr + header->p_filesz < header->p_paddr) {
        return complain(reading->complaint,
                        "%s: segment %" PRIu64 ", 0x%" PRIx64 " bytes at physical address "
                        "0x%" PRIx64 ", has no end",
                        reading->name, index, header->p_filesz, header->p_paddr);
    }
    memory->pieces[memory->count++] =
        (struct memory_piece){header->p_paddr, header->p_offset, header->p_filesz};
    return true;
}

static bool read_headers(const struct reading *reading, uint64_t offset_bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Phdr header;

        if (!bytes_read(&reading->memory->bytes, offset_bytes + i * sizeof(header), &header,
                        sizeof(header))) {
            return complain(reading->complaint, "%s: program header %" PRIu64 " cannot be read",
                            reading->name, i);
        }
        if (header.p_type == PT_NOTE) {
            read_notes(reading, &header);
        } else if (header.p_type == PT_LOAD && !add_segment(reading, i, &header)) {
            return false;
        }
    }
    return reading->memory->count != 0 ||
           complain(reading->complaint, "%s: the core holds no memory", reading->name);
}

bool core_file_read(struct physical_memory *memory, struct cpu_state *state, const char *name,
                    struct complaint *complaint)
{
    const struct reading reading = {memory, state, name, complaint};
    Elf64_Ehdr header = {0};
    uint64_t count;

    *state = (struct cpu_state){0};
    memory->pieces = NULL;
    memory->count = 0;
    if (!read_header(&reading, &header) || !count_headers(&reading, &header, &count)) {
        return false;
    }
    memory->pieces = calloc(count, sizeof(memory->pieces[0]));
    if (memory->pieces == NULL) {
        return complain(complaint, "%s: out of memory", name);
    }
    if (!read_headers(&reading, header.e_phoff, count) ||
        !physical_memory_sort(memory, name, complaint)) {
        physical_memory_free(memory);
        return false;
    }
    return true;
}
