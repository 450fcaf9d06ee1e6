/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding, copying and entering the page of enter.S. */
#include "trampoline.h"

#include "hoist.h"
#include "hoist_paging.h"
#include "port.h"

/* UEFI 2.10, section 37.4; gnu-efi does not know it. */
#define MEMORY_ATTRIBUTE_GUID                              \
    {                                                      \
        0xf4560cf6, 0x40ec, 0x4b4a,                        \
        {                                                  \
            0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 \
        }                                                  \
    }

#ifndef EFI_MEMORY_RO
#define EFI_MEMORY_RO UINT64_C(0x20000)
#endif

struct memory_attribute {
    EFI_STATUS(EFIAPI *get)
    (struct memory_attribute *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 *bits);
    EFI_STATUS(EFIAPI *set)
    (struct memory_attribute *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 bits);
    EFI_STATUS(EFIAPI *clear)
    (struct memory_attribute *this, EFI_PHYSICAL_ADDRESS base, UINT64 size_bytes, UINT64 bits);
};

/* The copy whose rights were changed, and what they were; NULL: none. */
static struct {
    struct memory_attribute *protocol;
    uint64_t pa;
    UINT64 old_bits;
} changed;

static uint64_t offset_of(const unsigned char *label)
{
    return (uint64_t)(label - enter_page);
}

/* First read-only, then executable: never both writable and executable. */
static EFI_STATUS make_executable(const struct plan_frames *page)
{
    EFI_GUID guid = MEMORY_ATTRIBUTE_GUID;
    struct memory_attribute *protocol = NULL;
    EFI_STATUS status;

    if (firmware.boot->LocateProtocol(&guid, NULL, (void **)&protocol) != EFI_SUCCESS) {
        return EFI_SUCCESS;
    }
    status = protocol->get(protocol, page->pa, page->size_bytes, &changed.old_bits);
    if (status != EFI_SUCCESS) {
        return status;
    }
    changed.protocol = protocol;
    changed.pa = page->pa;
    status = protocol->set(protocol, page->pa, page->size_bytes, EFI_MEMORY_RO);
    return status != EFI_SUCCESS
               ? status
               : protocol->clear(protocol, page->pa, page->size_bytes, EFI_MEMORY_XP);
}

/*
 * Whether the tables in use let the page be executed: not every firmware that forbids it has the
 * protocol.
 */
static bool is_executable(uint64_t address)
{
    static const struct hoist_hooks no_hooks;
    const struct hoist_cpu cpu = {.levels = (read_cr4() & HOIST_ENTRY_CR4_LA57) != 0 ? 5 : 4,
                                  .physical_bits = 52,
                                  .has_1g_pages = true,
                                  .has_nx = true};
    const struct hoist_frame_4k root = {memory_page_down(read_cr3())};
    struct hoist_translation page;
    struct hoist_space space;

    return hoist_space_init(&space, &cpu, &no_hooks, NULL) == HOIST_OK &&
           hoist_space_open(&space, root) == HOIST_OK &&
           hoist_query(&space, hoist_va_of(address), &page) == HOIST_OK &&
           (page.effective.rights & HOIST_EXECUTE) != 0;
}

/* A copy with its state in it, where that is not NULL. EFI_SUCCESS: it can be executed. */
static EFI_STATUS write_copy(const struct plan_frames *page, const struct enter_state *state)
{
    unsigned char *copy = (unsigned char *)(uintptr_t)page->pa;
    struct enter_state *copied =
        (struct enter_state *)(void *)(copy + offset_of(enter_copied_state));
    EFI_STATUS status;

    __builtin_memcpy(copy, enter_page, sizeof(enter_page));
    if (state != NULL) {
        *copied = *state;
        copied->back = (uint32_t)(page->pa + offset_of(enter_back));
        copied->back_selector = ENTER_SWITCH_CODE;
    }
    status = make_executable(page);
    return status == EFI_SUCCESS && !is_executable(page->pa) ? EFI_ACCESS_DENIED : status;
}

bool trampoline_take(struct pages_map *pages, bool changes_depth, struct plan_frames *page,
                     struct problem *problem)
{
    struct memory_request request = {
        .size_bytes = sizeof(enter_page),
        .alignment_bytes = MEMORY_PAGE_BYTES,
        .lowest = MEMORY_LOWEST_BYTES,
        .end = TRAMPOLINE_END_BYTES,
        .from_top = true,
    };

    page->size_bytes = sizeof(enter_page);
    if (!memory_map_pick(&pages->map, &request, &page->pa)) {
        if (changes_depth) {
            return problem_set(problem, PROBLEM_DEPTH_NO_LOW, text_of("trampoline"),
                               request.size_bytes, request.end);
        }
        request.end = MEMORY_END_BYTES;
    }
    if (!pages_take_code(pages, &request, "trampoline", &page->pa, problem)) {
        return false;
    }
    if (!changes_depth && write_copy(page, NULL) != EFI_SUCCESS) {
        trampoline_give_back();
        page->pa = (uint64_t)(uintptr_t)enter_page;
    }
    return true;
}

bool trampoline_prepare(const struct plan_frames *page, const struct enter_state *state,
                        struct problem *problem)
{
    const EFI_STATUS status = state->new_cr4 != 0 ? write_copy(page, state) : EFI_SUCCESS;

    return status == EFI_SUCCESS ||
           problem_set(problem, PROBLEM_DEPTH_NOT_EXECUTABLE, text_of(""), page->pa, status);
}

void trampoline_give_back(void)
{
    struct memory_attribute *protocol = changed.protocol;
    const UINT64 bits = EFI_MEMORY_XP | EFI_MEMORY_RO;

    if (protocol != NULL) {
        protocol->set(protocol, changed.pa, sizeof(enter_page), changed.old_bits & bits);
        protocol->clear(protocol, changed.pa, sizeof(enter_page), ~changed.old_bits & bits);
        changed.protocol = NULL;
    }
}

_Noreturn void trampoline_enter(const struct plan_frames *page, const struct enter_state *state)
{
    void (*const enter)(const struct enter_state *) =
        (void (*)(const struct enter_state *))(uintptr_t)page->pa;

    if (state->new_cr4 != 0) {
        state = (const struct enter_state *)(uintptr_t)(page->pa + offset_of(enter_copied_state));
    }
    enter(state);
    __builtin_unreachable();
}
