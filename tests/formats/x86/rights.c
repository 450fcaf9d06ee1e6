/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what: what the access asks for, what the CPU does, and what the library reads. */
#include "check.h"
#include "judge.h"

#define SMALL    UINT32_C(0x40000000)
#define LARGE    UINT32_C(0x50000000)
#define LINKED   UINT32_C(0x60000000)
#define STATE    UINT32_C(0x70000000)
#define RESERVED UINT32_C(0x71000000)
#define LINK_RW  2u
#define LINK_US  4u
#define NO_EXEC  (UINT64_C(1) << 63)

/* What an access allows, by hand: SDM volume 3, section 4.6.1; CR0.WP is set. */
static bool is_allowed(uint8_t rights, enum who who, enum deed deed)
{
    if (who == USER && (rights & HOIST_USER) == 0) {
        return false;
    }
    return deed == READS || (rights & (deed == WRITES ? HOIST_WRITE : HOIST_EXECUTE)) != 0;
}

static void check_deed(uint8_t rights, enum who who, enum deed deed, uint32_t page)
{
    const uint32_t va = page + (deed == EXECUTES ? PLACE_CODE : PLACE_WRITE);
    const struct ending ending = try_access(who, deed, va, 0);

    if (is_allowed(rights, who, deed)) {
        check_quietly("it is allowed", ending.vector, CAME_THROUGH);
        return;
    }
    check_quietly("it faults", ending.vector, PAGE_FAULT);
    check_quietly("the error code", ending.error,
                  FAULT_PRESENT | (deed == WRITES ? FAULT_WRITE : 0) |
                      (who == USER ? FAULT_USER : 0) |
                      (deed == EXECUTES && is_pae() ? FAULT_FETCH : 0));
    check_quietly("the address that faulted", ending.address, va);
}

/* Every deed; and the library reads the same from the tables. */
static void check_page(uint8_t rights, uint32_t page)
{
    struct hoist_tree_entry entry = {0};
    uint8_t expected = 0;

    for (unsigned who = KERNEL; who <= USER; who++) {
        for (unsigned deed = READS; deed <= EXECUTES; deed++) {
            check_deed(rights, who, deed, page);
            if (is_allowed(rights, who, deed)) {
                expected |= (uint8_t)(1u << (3 * who + deed));
            }
        }
    }
    check_quietly("looking up", hoist_tree_look_up(&tree, hoist_va_of(page), &entry), HOIST_OK);
    check_quietly("the rights that the library reads", entry.rights, expected);
}

static void check_size(const char *what, uint32_t base, uint32_t size_bytes)
{
    unsigned refused = 0;

    for (uint8_t rights = 0; rights < 32; rights++) {
        const uint32_t va = base + rights * size_bytes;
        const enum hoist_result result =
            map_as(va, FRAMES + size_bytes, size_bytes, hoist_access_of(rights, HOIST_WRITE_BACK));

        if (result == HOIST_NOT_EXPRESSIBLE) {
            refused++;
        } else {
            check_quietly("mapping", result, HOIST_OK);
            check_page(rights, va + size_bytes - PAGE_BYTES);
            check_quietly("the global bit", raw(va, size_bytes == PAGE_BYTES ? 1 : 2) >> 8 & 1,
                          rights / HOIST_GLOBAL);
        }
    }
    check_equal(what, refused, is_pae() ? 16 : 24);
}

void check_rights(void)
{
    about("rights");
    check_size("pages: the combinations that there are not", SMALL, PAGE_BYTES);
    check_size("large leaves: the combinations that there are not", LARGE, large_bytes());
}

/* Every restriction by the link, with every leaf below it. */
void check_links(void)
{
    const struct hoist_access all =
        hoist_access_of(HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER, HOIST_WRITE_BACK);

    about("links");
    for (unsigned link = 0; link < (is_pae() ? 8 : 4); link++) {
        const uint32_t base = LINKED + link * large_bytes();
        const uint8_t left =
            (uint8_t)(((link & 1) != 0 ? HOIST_WRITE : 0) | ((link & 2) != 0 ? HOIST_USER : 0) |
                      ((link & 4) == 0 ? HOIST_EXECUTE : 0) | HOIST_READ);
        uint64_t value = 0;

        for (uint8_t rights = 0; rights < 16; rights++) {
            map_as(base + rights * PAGE_BYTES, FRAMES + PAGE_BYTES, PAGE_BYTES,
                   hoist_access_of(rights, HOIST_WRITE_BACK));
        }
        check_quietly("the link", hoist_tree_get_entry(&tree, hoist_va_of(base), 2, &value),
                      HOIST_OK);
        check_quietly("it restricts nothing", value & (NO_EXEC | LINK_RW | LINK_US),
                      LINK_RW | LINK_US);
        value = (value & ~(uint64_t)(LINK_RW | LINK_US)) | (link & 3) << 1 |
                ((link & 4) != 0 ? NO_EXEC : 0);
        check_quietly("set", hoist_tree_set_entry(&tree, hoist_va_of(base), 2, value), HOIST_OK);
        reload_cr3();
        for (uint8_t rights = 0; rights < 16; rights++) {
            if (hoist_tree_check_access(&tree, hoist_access_of(rights, HOIST_WRITE_BACK)) ==
                HOIST_OK) {
                check_page(rights & left, base + rights * PAGE_BYTES);
            }
        }
        check_quietly("what it denies is not mapped below it",
                      map_as(base + 0x20000, FRAMES, PAGE_BYTES, all),
                      link == 3 ? HOIST_OK : HOIST_NARROW_LINK);
    }
    check_true("every restriction with every leaf", true);
    if (is_pae()) {
        for (uint32_t i = 0; i < 4; i++) {
            const uint64_t value = raw(i << 30, 3);

            /* A is not one of its bits, but QEMU's CPU sets it there. */
            check_equal("an entry of the root has an address and P alone",
                        value & ~UINT64_C(0xffffff020), value & 1);
        }
    }
}

/* A and D are the CPU's: set by what it does, and not in the way of the library. */
void check_state(void)
{
    about("A and D");
    for (unsigned level = 1; level <= 2; level++) {
        const uint32_t size_bytes = level == 1 ? PAGE_BYTES : large_bytes();
        const uint32_t va = STATE + (level == 1 ? 0 : size_bytes);

        map(va, FRAMES, size_bytes, DATA);
        check_equal("neither at first", raw(va, level) & 0x60, 0);
        check_quietly("a load", load(va), mark_of(FRAMES));
        check_equal("A after a load", raw(va, level) & 0x60, 0x20);
        check_through("a store", KERNEL, WRITES, va + PLACE_WRITE);
        check_equal("A and D after a store", raw(va, level) & 0x60, 0x60);
        map(va, FRAMES, size_bytes, DATA);
        check_equal("the same again changes nothing", raw(va, level) & 0x60, 0x60);
    }
}

/* Bits that the CPU refuses are refused by the library, too. */
static void check_refused(const char *what, uint32_t va, uint64_t bit)
{
    struct hoist_tree_entry entry;
    struct ending ending;

    map(va, FRAMES, large_bytes(), DATA);
    check_quietly("set", hoist_tree_set_entry(&tree, hoist_va_of(va), 2, raw(va, 2) | bit),
                  HOIST_OK);
    flush_page(va);
    ending = try_access(KERNEL, READS, va, 0);
    check_equal(what, ending.vector, PAGE_FAULT);
    /* QEMU leaves the present bit off, which section 4.7 wants beside it. */
    check_quietly("a reserved bit is what is wrong", ending.error & ~FAULT_PRESENT, FAULT_RESERVED);
    check_equal("the library", hoist_tree_look_up(&tree, hoist_va_of(va), &entry), HOIST_BAD_ENTRY);
    check_quietly("back", hoist_tree_set_entry(&tree, hoist_va_of(va), 2, raw(va, 2) & ~bit),
                  HOIST_OK);
    flush_page(va);
}

void check_reserved(void)
{
    about("reserved bits");
    if (!is_pae()) {
        check_refused("bit 21 of a 4 MiB leaf", RESERVED, UINT64_C(1) << 21);
        return;
    }
    for (uint32_t bit = 13; bit < 21; bit++) {
        check_refused("bits 20:13 of a 2 MiB leaf", RESERVED + (bit - 13) * large_bytes(),
                      UINT64_C(1) << bit);
    }
}
