/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's memory map, and pages out of it. */
#include "pages.h"

#define TRY_LIMIT 16u

/* Buffers for the map, each for the size that the firmware asked for last. */
#define BUFFER_TRY_LIMIT 4u

/* Descriptors that the map may grow by between its first reading and the last. */
#define GROWTH_DESCRIPTORS 64u

struct taken {
    EFI_PHYSICAL_ADDRESS pa;
    UINTN page_count;
};

/*
 * What was taken, the latest page of the list first. An entry may have any number of modules, so the
 * list grows by pages, each of which is the first thing that it lists.
 */
#define TAKEN_LIMIT ((MEMORY_PAGE_BYTES - 2 * sizeof(uint64_t)) / sizeof(struct taken))

struct taken_page {
    struct taken_page *older;
    uint64_t count;
    struct taken taken[TAKEN_LIMIT];
};

_Static_assert(sizeof(struct taken_page) == MEMORY_PAGE_BYTES, "one page for the firmware to give");

static struct taken_page *latest;

static const struct text no_name = {NULL, 0};

static UINTN page_count_of(uint64_t size_bytes)
{
    return (size_bytes + MEMORY_PAGE_BYTES - 1) / MEMORY_PAGE_BYTES;
}

/* Makes room for one more in the list. */
static EFI_STATUS extend_list(void)
{
    EFI_PHYSICAL_ADDRESS pa = 0;
    EFI_STATUS status;
    struct taken_page *page;

    if (latest != NULL && latest->count < TAKEN_LIMIT) {
        return EFI_SUCCESS;
    }
    status = firmware.boot->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, &pa);
    if (status != EFI_SUCCESS) {
        return status;
    }
    page = (struct taken_page *)(uintptr_t)pa;
    page->older = latest;
    page->count = 1;
    page->taken[0] = (struct taken){pa, 1};
    latest = page;
    return EFI_SUCCESS;
}

static EFI_STATUS allocate(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE kind, uint64_t size_bytes,
                           EFI_PHYSICAL_ADDRESS *pa)
{
    const UINTN page_count = page_count_of(size_bytes);
    EFI_STATUS status = extend_list();

    if (status == EFI_SUCCESS) {
        status = firmware.boot->AllocatePages(type, kind, page_count, pa);
    }
    if (status == EFI_SUCCESS) {
        latest->taken[latest->count++] = (struct taken){*pa, page_count};
    }
    return status;
}

bool pages_take_anywhere(uint64_t size_bytes, const char *what, void **memory,
                         struct problem *problem)
{
    EFI_PHYSICAL_ADDRESS pa = 0;
    const EFI_STATUS status = allocate(AllocateAnyPages, EfiLoaderData, size_bytes, &pa);

    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_ALLOCATE, text_of(what), size_bytes, status);
    }
    *memory = (void *)(uintptr_t)pa;
    return true;
}

static void return_taken(uint64_t pa)
{
    for (struct taken_page *page = latest; page != NULL; page = page->older) {
        for (uint64_t i = 0; i < page->count; i++) {
            if (page->taken[i].pa == pa) {
                firmware.boot->FreePages(pa, page->taken[i].page_count);
                page->taken[i] = page->taken[--page->count];
                return;
            }
        }
    }
}

void pages_return(struct pages_map *pages, uint64_t pa)
{
    return_taken(pa);
    for (size_t i = 0; i < pages->claim_count; i++) {
        if (pages->claims[i].base == pa) {
            pages->claims[i] = pages->claims[--pages->claim_count];
        }
    }
    for (size_t i = 0; i < pages->map.count; i++) {
        if (pages->map.ranges[i].base == pa) {
            pages->map.ranges[i].kind = MEMORY_FREE;
        }
    }
}

void pages_give_back(void)
{
    while (latest != NULL) {
        struct taken_page *page = latest;

        latest = page->older;
        /* The page of the list goes last: nothing reads it any more. */
        for (uint64_t i = page->count; i-- != 0;) {
            const struct taken taken = page->taken[i];

            firmware.boot->FreePages(taken.pa, taken.page_count);
        }
    }
}

/* One allocation for the raw map and both lists of ranges. */
static bool allocate_buffers(struct pages_map *pages, uint64_t map_size_bytes,
                             struct problem *problem)
{
    const uint64_t descriptor_count =
        map_size_bytes / pages->descriptor_size_bytes + GROWTH_DESCRIPTORS;
    const uint64_t range_capacity = memory_map_capacity(descriptor_count + pages->claim_capacity);
    const uint64_t raw_bytes =
        page_count_of(descriptor_count * pages->descriptor_size_bytes) * MEMORY_PAGE_BYTES;
    const uint64_t range_count = 2 * range_capacity + pages->claim_capacity;
    void *memory = NULL;

    if (!pages_take_anywhere(raw_bytes + range_count * sizeof(struct memory_range), "memory map",
                             &memory, problem)) {
        return false;
    }
    pages->raw = memory;
    pages->raw_capacity_bytes = descriptor_count * pages->descriptor_size_bytes;
    pages->map.ranges = (struct memory_range *)(void *)((uint8_t *)memory + raw_bytes);
    pages->map.capacity = range_capacity;
    pages->scratch.ranges = pages->map.ranges + range_capacity;
    pages->scratch.capacity = range_capacity;
    pages->claims = pages->scratch.ranges + range_capacity;
    return true;
}

bool pages_open_map(struct pages_map *pages, unsigned physical_bits, size_t claim_capacity,
                    struct problem *problem)
{
    UINTN size_bytes = 0;
    UINTN stride = 0;
    UINT32 version = 0;
    EFI_STATUS status;

    *pages = (struct pages_map){.physical_bits = physical_bits, .claim_capacity = claim_capacity};
    status = firmware.boot->GetMemoryMap(&size_bytes, NULL, &pages->key, &stride, &version);
    if (status != EFI_BUFFER_TOO_SMALL) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, no_name, status, 0);
    }
    pages->descriptor_size_bytes = stride;
    if (stride < MEMORY_DESCRIPTOR_BYTES) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_DESCRIPTOR, no_name, stride,
                           MEMORY_DESCRIPTOR_BYTES);
    }
    /* What was too small stays taken until pages_give_back(): giving it back changes the map. */
    status = EFI_BUFFER_TOO_SMALL;
    for (unsigned try = 0; status == EFI_BUFFER_TOO_SMALL && try < BUFFER_TRY_LIMIT; try++) {
        if (!allocate_buffers(pages, size_bytes, problem)) {
            return false;
        }
        status = pages_get_map(pages);
        size_bytes = pages->raw_size_bytes;
    }
    if (status != EFI_SUCCESS) {
        return problem_set(problem, PROBLEM_MEMORY_MAP_UNREADABLE, no_name, status, 0);
    }
    return pages_read_map(pages, problem);
}

EFI_STATUS pages_get_map(struct pages_map *pages)
{
    UINTN size_bytes = pages->raw_capacity_bytes;
    UINTN stride = 0;
    UINT32 version = 0;
    const EFI_STATUS status =
        firmware.boot->GetMemoryMap(&size_bytes, pages->raw, &pages->key, &stride, &version);

    pages->raw_size_bytes = size_bytes;
    if (status == EFI_SUCCESS) {
        pages->descriptor_size_bytes = stride;
        pages->descriptor_version = version;
    }
    return status;
}

bool pages_read_map(struct pages_map *pages, struct problem *problem)
{
    const struct memory_source source = {
        .descriptors = pages->raw,
        .size_bytes = pages->raw_size_bytes,
        .descriptor_size_bytes = pages->descriptor_size_bytes,
        .physical_bits = pages->physical_bits,
        .claims = pages->claims,
        .claim_count = pages->claim_count,
    };

    return memory_map_read(&pages->map, &pages->scratch, &source, problem);
}

void pages_claim(struct pages_map *pages, const struct memory_range *claim)
{
    if (pages->claim_count < pages->claim_capacity) {
        pages->claims[pages->claim_count++] = *claim;
    }
    /* Pages that were taken for it are a range of their own. */
    for (size_t i = 0; i < pages->map.count; i++) {
        struct memory_range *range = &pages->map.ranges[i];

        if (range->base == claim->base && range->size_bytes == claim->size_bytes) {
            range->kind = claim->kind;
        }
    }
}

static bool no_place(const struct pages_map *pages, const struct memory_request *request,
                     const char *what, struct problem *problem)
{
    uint64_t total_bytes;
    uint64_t largest_bytes;

    memory_map_free_bytes(&pages->map, &total_bytes, &largest_bytes);
    if (request->size_bytes > total_bytes) {
        return problem_set_all(problem, &(struct problem){.kind = PROBLEM_MEMORY_OUT,
                                                          .name = text_of(what),
                                                          .numbers = {request->size_bytes,
                                                                      total_bytes, largest_bytes}});
    }
    return problem_set_all(problem,
                           &(struct problem){.kind = PROBLEM_MEMORY_NO_RUN,
                                             .name = text_of(what),
                                             .numbers = {request->size_bytes,
                                                         request->alignment_bytes, largest_bytes}});
}

/* What for, and as which type. */
struct purpose {
    const char *name;
    EFI_MEMORY_TYPE type;
};

static bool take(struct pages_map *pages, const struct memory_request *request,
                 struct purpose purpose, uint64_t *pa, struct problem *problem)
{
    EFI_PHYSICAL_ADDRESS place = 0;
    EFI_STATUS status = EFI_SUCCESS;

    for (unsigned try = 0; try < TRY_LIMIT; try++) {
        if (!memory_map_pick(&pages->map, request, &place)) {
            return no_place(pages, request, purpose.name, problem);
        }
        status = allocate(AllocateAddress, purpose.type, request->size_bytes, &place);
        memory_map_take(&pages->map, place, request->size_bytes);
        if (status == EFI_SUCCESS) {
            *pa = place;
            return true;
        }
    }
    return problem_set_all(
        problem, &(struct problem){.kind = PROBLEM_MEMORY_PLACE_TAKEN,
                                   .name = text_of(purpose.name),
                                   .numbers = {TRY_LIMIT, place, request->size_bytes, status}});
}

bool pages_take(struct pages_map *pages, const struct memory_request *request, const char *what,
                uint64_t *pa, struct problem *problem)
{
    return take(pages, request, (struct purpose){what, EfiLoaderData}, pa, problem);
}

bool pages_take_code(struct pages_map *pages, const struct memory_request *request,
                     const char *what, uint64_t *pa, struct problem *problem)
{
    return take(pages, request, (struct purpose){what, EfiLoaderCode}, pa, problem);
}
