/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words. No table of pointers to strings: their addresses would have to be relocated.
 *
 * Exceptions are those of SDM volume 3, table 6-1 and APM volume 2, table 8-1; error codes those of
 * SDM volume 3, sections 4.7 and 6.13.
 */
#include "words.h"

#define PAGE_BYTES UINT64_C(4096)

#define CR4_LA57 (UINT64_C(1) << 12)

enum vector {
    VECTOR_DIVIDE = 0,
    VECTOR_NMI = 2,
    VECTOR_INVALID_OPCODE = 6,
    VECTOR_NO_DEVICE = 7,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_INVALID_TASK = 10,
    VECTOR_NOT_PRESENT = 11,
    VECTOR_STACK = 12,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_ALIGNMENT = 17,
    VECTOR_MACHINE_CHECK = 18,
};

/* Bit n: the processor pushes an error code for vector n. */
#define WITH_ERROR_CODE                                                        \
    (UINT32_C(1) << VECTOR_DOUBLE_FAULT | UINT32_C(1) << VECTOR_INVALID_TASK | \
     UINT32_C(1) << VECTOR_NOT_PRESENT | UINT32_C(1) << VECTOR_STACK |         \
     UINT32_C(1) << VECTOR_PROTECTION | UINT32_C(1) << VECTOR_PAGE_FAULT |     \
     UINT32_C(1) << VECTOR_ALIGNMENT)

#define PAGE_FAULT_PRESENT  UINT64_C(0x01)
#define PAGE_FAULT_WRITE    UINT64_C(0x02)
#define PAGE_FAULT_USER     UINT64_C(0x04)
#define PAGE_FAULT_RESERVED UINT64_C(0x08)
#define PAGE_FAULT_FETCH    UINT64_C(0x10)
#define PAGE_FAULT_KEY      UINT64_C(0x20)
#define PAGE_FAULT_SHADOW   UINT64_C(0x40)

#define SELECTOR_EXTERNAL UINT64_C(1)
#define SELECTOR_IDT      UINT64_C(2)
#define SELECTOR_LDT      UINT64_C(4)

/* One behind the other, in the order of the vectors. */
static const char exceptions[] =
    "divide error (#DE)\0debug exception (#DB)\0non-maskable interrupt (NMI)\0breakpoint (#BP)\0"
    "overflow (#OF)\0bound range exceeded (#BR)\0invalid opcode (#UD)\0"
    "device not available (#NM)\0double fault (#DF)\0coprocessor overrun\0invalid TSS (#TS)\0"
    "segment not present (#NP)\0stack fault (#SS)\0general protection fault (#GP)\0"
    "page fault (#PF)\0reserved exception\0x87 error (#MF)\0alignment check (#AC)\0"
    "machine check (#MC)\0SIMD error (#XM)\0virtualization exception (#VE)\0"
    "control protection fault (#CP)\0";
#define EXCEPTION_COUNT    22u
#define EXCEPTION_RESERVED 15u

static const char registers[WORDS_REGISTER_COUNT][7] = {
    "RAX", "RBX", "RCX", "RDX", "RSI", "RDI",    "RBP", "R8",  "R9",  "R10", "R11",
    "R12", "R13", "R14", "R15", "RSP", "RFLAGS", "CR0", "CR3", "CR4", "EFER"};

static bool is_canonical(uint64_t address, const struct words_fault *fault)
{
    const unsigned unused = (fault->registers[WORDS_CR4] & CR4_LA57) != 0 ? 64u - 57u : 64u - 48u;

    return (uint64_t)((int64_t)(address << unused) >> unused) == address;
}

static void add_mapping(struct line *line, const struct hoist_mapped_range *mapping)
{
    char rights[] = {' ', '(', 'r', '-', '-', ')', '\0'};

    if ((mapping->rights & HOIST_MAPPING_WRITE) != 0) {
        rights[3] = 'w';
    }
    if ((mapping->rights & HOIST_MAPPING_EXECUTE) != 0) {
        rights[4] = 'x';
    }
    line_add(line, mapping->name);
    line_add(line, rights);
}

/* What is to be said of an address that the list does not have. */
static const char *why_absent(uint64_t address, const struct words_fault *fault,
                              const struct reporter_config *config)
{
    if (!is_canonical(address, fault)) {
        return "non-canonical address";
    }
    if (address < PAGE_BYTES) {
        return "null pointer";
    }
    if (config->stack_base - address - 1 < PAGE_BYTES) {
        return "the guard page below the stack";
    }
    if (address - (config->stack_base + config->stack_size_bytes) < PAGE_BYTES) {
        return "the guard page above the stack";
    }
    return "no mapping there";
}

static bool is_fetch(const struct words_fault *fault)
{
    /* A CPU without NX does not tell fetches from reads. */
    return (fault->error_code & PAGE_FAULT_FETCH) != 0 ||
           ((fault->error_code & PAGE_FAULT_WRITE) == 0 && fault->cr2 == fault->rip);
}

/* Why a mapping refused, as one or two pieces around its name. */
static void add_refusal(struct line *line, const struct words_fault *fault,
                        const struct hoist_mapped_range *mapping)
{
    const uint64_t code = fault->error_code;
    const bool write = (code & PAGE_FAULT_WRITE) != 0;
    const bool fetch = is_fetch(fault);
    const bool present = (code & PAGE_FAULT_PRESENT) != 0;
    const char *page = "page of ";
    const char *why = "";

    if (present && write && (mapping->rights & HOIST_MAPPING_WRITE) == 0) {
        page = "read-only page of ";
    } else if (present && fetch && (mapping->rights & HOIST_MAPPING_EXECUTE) == 0) {
        page = "non-executable page of ";
    } else if (!present) {
        why = ", which is mapped no more: the kernel has changed the tables";
    } else if ((code & PAGE_FAULT_RESERVED) != 0) {
        why = ": a reserved bit is set in the tables";
    } else if ((code & PAGE_FAULT_USER) != 0) {
        why = ": user code has no access";
    } else {
        why = ", which allows that: the kernel has changed the tables";
    }
    line_add(line, write ? "write to " : fetch ? "execution of " : "read from ");
    line_add(line, page);
    add_mapping(line, mapping);
    line_add(line, why);
}

static void add_page_fault(struct line *line, const struct words_fault *fault,
                           const struct reporter_config *config)
{
    const struct hoist_mapped_range *mapping = words_find(config, fault->cr2);
    const bool write = (fault->error_code & PAGE_FAULT_WRITE) != 0;

    if (mapping != NULL) {
        add_refusal(line, fault, mapping);
        return;
    }
    line_add(line, write ? "write to " : is_fetch(fault) ? "execution at " : "read from ");
    line_add_hex(line, fault->cr2, 16);
    line_add(line, ": ");
    line_add(line, why_absent(fault->cr2, fault, config));
}

/* The processor does not tell the address: a register that could not be one is the best guess. */
static void add_protection(struct line *line, const struct words_fault *fault)
{
    if (fault->error_code != 0) {
        line_add(line, "a descriptor that cannot be used");
        return;
    }
    if (!is_canonical(fault->rip, fault)) {
        line_add(line, "execution at a non-canonical address");
        return;
    }
    for (unsigned i = 0; i < WORDS_GENERAL_COUNT; i++) {
        if (!is_canonical(fault->registers[i], fault)) {
            line_add(line, "perhaps the non-canonical address ");
            line_add_hex(line, fault->registers[i], 16);
            line_add(line, " in ");
            line_add(line, registers[i]);
            return;
        }
    }
    line_add(line, "an instruction or an operand that is not allowed");
}

/* What there is to say beyond the exception's name. */
static const char *hint(uint32_t vector)
{
    switch (vector) {
    case VECTOR_DIVIDE: return ": division by zero, or a quotient that is too large";
    case VECTOR_NMI: return ": the machine asks for attention; no instruction is to blame";
    case VECTOR_INVALID_OPCODE:
        return ": no instruction, or one that is off (SSE needs CR4.OSFXSR)";
    case VECTOR_NO_DEVICE: return ": x87 or SSE, and CR0.EM or CR0.TS is set";
    case VECTOR_DOUBLE_FAULT: return ": a fault, and another one while it was delivered";
    case VECTOR_MACHINE_CHECK: return ": the hardware has found an error of its own";
    default: return "";
    }
}

const char *words_register_name(unsigned number)
{
    return registers[number];
}

const struct hoist_mapped_range *words_find(const struct reporter_config *config, uint64_t address)
{
    for (uint64_t i = 0; i < config->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &config->mappings[i];

        if (address - mapping->virtual_base < mapping->size_bytes) {
            return mapping;
        }
    }
    return NULL;
}

void words_add_exception(struct line *line, uint32_t vector)
{
    const char *name = exceptions;

    for (uint32_t i = vector < EXCEPTION_COUNT ? vector : EXCEPTION_RESERVED; i != 0; i--) {
        while (*name++ != '\0') {
        }
    }
    line_add(line, name);
}

void words_add_finding(struct line *line, const struct words_fault *fault,
                       const struct reporter_config *config)
{
    words_add_exception(line, fault->vector);
    if (!fault->has_error_code && ((WITH_ERROR_CODE >> fault->vector) & 1) != 0) {
        line_add(line, ": by an INT instruction, for there is no error code");
        return;
    }
    switch (fault->vector) {
    case VECTOR_PAGE_FAULT:
        line_add(line, ": ");
        add_page_fault(line, fault, config);
        break;
    case VECTOR_INVALID_TASK:
    case VECTOR_NOT_PRESENT:
    case VECTOR_STACK:
    case VECTOR_PROTECTION:
        line_add(line, ": ");
        add_protection(line, fault);
        break;
    default: line_add(line, hint(fault->vector)); break;
    }
}

static void add_page_fault_code(struct line *line, uint64_t code)
{
    line_add(line, (code & PAGE_FAULT_PRESENT) != 0 ? ": page present" : ": page not present");
    line_add(line, (code & PAGE_FAULT_WRITE) != 0   ? ", write"
                   : (code & PAGE_FAULT_FETCH) != 0 ? ", instruction fetch"
                                                    : ", read");
    line_add(line, (code & PAGE_FAULT_USER) != 0 ? ", user" : ", supervisor");
    line_add(line, (code & PAGE_FAULT_RESERVED) != 0 ? ", reserved bit set" : "");
    line_add(line, (code & PAGE_FAULT_KEY) != 0 ? ", protection key" : "");
    line_add(line, (code & PAGE_FAULT_SHADOW) != 0 ? ", shadow stack" : "");
}

static void add_selector_code(struct line *line, uint64_t code)
{
    if (code == 0) {
        line_add(line, ": no descriptor");
        return;
    }
    if ((code & SELECTOR_IDT) != 0) {
        line_add(line, ": vector ");
        line_add_hex(line, (code >> 3) & 0x1fff, 1);
        line_add(line, " of the IDT");
    } else {
        line_add(line, ": selector ");
        line_add_hex(line, code & 0xfff8, 1);
        line_add(line, (code & SELECTOR_LDT) != 0 ? " of the LDT" : " of the GDT");
    }
    line_add(line, (code & SELECTOR_EXTERNAL) != 0 ? ", while an event was delivered" : "");
}

void words_add_error_code(struct line *line, const struct words_fault *fault)
{
    if (!fault->has_error_code) {
        line_add(line, "none");
        return;
    }
    line_add_hex(line, fault->error_code, 1);
    switch (fault->vector) {
    case VECTOR_PAGE_FAULT: add_page_fault_code(line, fault->error_code); break;
    case VECTOR_INVALID_TASK:
    case VECTOR_NOT_PRESENT:
    case VECTOR_STACK:
    case VECTOR_PROTECTION: add_selector_code(line, fault->error_code); break;
    default: break;
    }
}

void words_add_place(struct line *line, uint64_t address, const struct words_fault *fault,
                     const struct reporter_config *config)
{
    const struct hoist_mapped_range *mapping = words_find(config, address);

    if (mapping == NULL) {
        line_add(line, why_absent(address, fault, config));
        return;
    }
    add_mapping(line, mapping);
    line_add(line, " + ");
    line_add_hex(line, address - mapping->virtual_base, 1);
}

bool words_has_address(const struct words_fault *fault)
{
    return fault->vector == VECTOR_PAGE_FAULT || fault->vector == VECTOR_DOUBLE_FAULT;
}
