/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for requests. */
#include "requests.h"

#define WORD_BYTES sizeof(uint64_t)

/* The third and fourth word of each id, and the members behind the common ones. */
static const struct {
    uint64_t id[2];
    uint8_t more_bytes;  /* of revision 0 */
    uint8_t newer_bytes; /* of revision 1 */
    const char name[22];
} features[LIMINE_FEATURE_COUNT] = {
#define FEATURE(feature, more, newer, text) \
    [feature] = {{feature##_2, feature##_3}, 8 * (more), 8 * (newer), text}
    FEATURE(LIMINE_BOOTLOADER_INFO, 0, 0, "bootloader info"),
    FEATURE(LIMINE_EXECUTABLE_CMDLINE, 0, 0, "command line"),
    FEATURE(LIMINE_FIRMWARE_TYPE, 0, 0, "firmware type"),
    FEATURE(LIMINE_STACK_SIZE, 1, 0, "stack size"),
    FEATURE(LIMINE_HHDM, 0, 0, "HHDM"),
    FEATURE(LIMINE_FRAMEBUFFER, 0, 0, "framebuffer"),
    FEATURE(LIMINE_PAGING_MODE, 1, 2, "paging mode"),
    FEATURE(LIMINE_MP, 1, 0, "multiprocessor"),
    FEATURE(LIMINE_MEMMAP, 0, 0, "memory map"),
    FEATURE(LIMINE_ENTRY_POINT, 1, 0, "entry point"),
    FEATURE(LIMINE_EXECUTABLE_FILE, 0, 0, "executable file"),
    FEATURE(LIMINE_MODULE, 0, 2, "module"),
    FEATURE(LIMINE_RSDP, 0, 0, "RSDP"),
    FEATURE(LIMINE_SMBIOS, 0, 0, "SMBIOS"),
    FEATURE(LIMINE_EFI_SYSTEM_TABLE, 0, 0, "EFI system table"),
    FEATURE(LIMINE_EFI_MEMMAP, 0, 0, "EFI memory map"),
    FEATURE(LIMINE_DATE_AT_BOOT, 0, 0, "date at boot"),
    FEATURE(LIMINE_EXECUTABLE_ADDRESS, 0, 0, "executable address"),
    FEATURE(LIMINE_PERFORMANCE, 0, 0, "bootloader performance"),
    FEATURE(LIMINE_KEEP_IOMMU, 0, 0, "keep IOMMU"),
    FEATURE(LIMINE_TSC_FREQUENCY, 0, 0, "TSC frequency"),
    FEATURE(LIMINE_ENTROPY, 1, 0, "entropy"),
#undef FEATURE
};

const char *limine_feature_name(enum limine_feature feature)
{
    return features[feature].name;
}

void *limine_at(const struct limine_image *image, uint64_t va, uint64_t size_bytes)
{
    const uint64_t offset = va - image->elf->va_base;

    if (va % WORD_BYTES != 0 || offset > image->elf->size_bytes ||
        size_bytes > image->elf->size_bytes - offset) {
        return NULL;
    }
    return image->memory + offset;
}

bool limine_text_at(const struct limine_image *image, uint64_t va, struct text *text)
{
    const uint64_t offset = va - image->elf->va_base;
    const uint64_t room_bytes = image->elf->size_bytes;

    if (offset >= room_bytes) {
        return false;
    }
    *text = (struct text){(const char *)image->memory + offset, 0};
    while (offset + text->length < room_bytes && text->start[text->length] != '\0') {
        text->length++;
    }
    return offset + text->length < room_bytes;
}

static uint64_t va_of(const struct limine_image *image, const void *place)
{
    return image->elf->va_base + (uint64_t)((const unsigned char *)place - image->memory);
}

static bool refuse(const struct limine_image *image, enum problem_kind kind, const char *what,
                   const uint64_t numbers[2], struct problem *problem)
{
    return problem_set_all(problem, &(struct problem){.kind = kind,
                                                      .name = image->name,
                                                      .other = text_of(what),
                                                      .numbers = {numbers[0], numbers[1]}});
}

struct search {
    const struct limine_image *image;
    struct limine_requests *found;
    bool is_over; /* behind the end marker */
    bool is_for_tag;
    bool is_refused; /* *problem says why; what a later start marker leaves behind is none */
    struct problem *problem;
};

/* The first reason stays. */
static void refuse_in(struct search *search, enum problem_kind kind, const char *what,
                      const uint64_t numbers[2])
{
    if (!search->is_refused) {
        refuse(search->image, kind, what, numbers, search->problem);
        search->is_refused = true;
    }
}

/* Takes a request where it is one of those known. `room_bytes` are left in the image behind it. */
static void take_request(struct search *search, uint64_t *place, uint64_t room_bytes)
{
    const struct limine_image *image = search->image;
    struct limine_request *request = (struct limine_request *)(void *)place;

    for (enum limine_feature i = 0; i < LIMINE_FEATURE_COUNT && room_bytes >= sizeof(*request);
         i++) {
        const uint64_t needed_bytes = sizeof(*request) + features[i].more_bytes +
                                      (request->revision != 0 ? features[i].newer_bytes : 0);

        if (place[2] != features[i].id[0] || place[3] != features[i].id[1]) {
            continue;
        }
        if (search->found->asked[i] != NULL) {
            refuse_in(search, PROBLEM_LIMINE_TWICE, features[i].name,
                      (uint64_t[2]){va_of(image, search->found->asked[i]), va_of(image, place)});
        } else if (room_bytes < needed_bytes) {
            refuse_in(search, PROBLEM_LIMINE_CUT, features[i].name,
                      (uint64_t[2]){va_of(image, place), needed_bytes});
        } else {
            search->found->asked[i] = request;
        }
    }
}

/* What stands at one multiple of 8. */
static void look_at(struct search *search, uint64_t *place, uint64_t room_bytes)
{
    const uint64_t words = room_bytes / WORD_BYTES;

    if (words >= 4 && place[0] == LIMINE_START_0 && place[1] == LIMINE_START_1 &&
        place[2] == LIMINE_START_2 && place[3] == LIMINE_START_3) {
        *search->found = (struct limine_requests){0};
        search->is_refused = false;
    } else if (words >= 2 && place[0] == LIMINE_END_0 && place[1] == LIMINE_END_1) {
        search->is_over = true;
    } else if (words >= 3 && place[0] == LIMINE_TAG_0 && place[1] == LIMINE_TAG_1) {
        if (search->found->tag != NULL) {
            refuse_in(search, PROBLEM_LIMINE_TWICE, "base revision",
                      (uint64_t[2]){va_of(search->image, search->found->tag),
                                    va_of(search->image, place)});
        }
        search->found->tag = place;
    } else if (words >= 2 && place[0] == LIMINE_COMMON_0 && place[1] == LIMINE_COMMON_1 &&
               !search->is_for_tag) {
        take_request(search, place, room_bytes);
    }
}

/* All that can begin here has its highest bit set, which most of an image has not. */
static bool scan(struct search *search)
{
    const struct elf_image *elf = search->image->elf;

    *search->found = (struct limine_requests){0};
    search->is_over = false;
    for (size_t i = 0; i < elf->segment_count && !search->is_over; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        const uint64_t start = segment->va - elf->va_base;
        const uint64_t end = start + segment->file_size_bytes;

        for (uint64_t at = (start + WORD_BYTES - 1) & ~(WORD_BYTES - 1);
             at + WORD_BYTES <= end && !search->is_over; at += WORD_BYTES) {
            uint64_t *place = (uint64_t *)(void *)(search->image->memory + at);

            if ((int64_t)*place < 0) {
                look_at(search, place, elf->size_bytes - at);
            }
        }
    }
    return !search->is_refused;
}

/* The list ends with a zero, or where its section does. */
static bool read_list(struct search *search)
{
    const struct limine_image *image = search->image;
    const uint64_t *list = limine_at(image, image->list.va, image->list.size_bytes);

    if (list == NULL) {
        return refuse(image, PROBLEM_LIMINE_OUTSIDE, "the section .limine_reqs",
                      (uint64_t[2]){image->list.va, image->list.size_bytes}, search->problem);
    }
    for (uint64_t i = 0; i < image->list.size_bytes / WORD_BYTES && list[i] != 0; i++) {
        uint64_t *place = limine_at(image, list[i], sizeof(struct limine_request));

        if (place == NULL) {
            return refuse(image, PROBLEM_LIMINE_OUTSIDE, "a request of .limine_reqs",
                          (uint64_t[2]){list[i], sizeof(struct limine_request)}, search->problem);
        }
        take_request(search, place, image->elf->size_bytes - (list[i] - image->elf->va_base));
    }
    return !search->is_refused;
}

static bool answer_tag(const struct limine_image *image, struct limine_requests *requests,
                       struct problem *problem)
{
    const uint64_t wanted = requests->tag == NULL ? 0 : requests->tag[2];

    requests->base_revision =
        wanted < LIMINE_NEWEST_BASE_REVISION ? (unsigned)wanted : LIMINE_NEWEST_BASE_REVISION;
    if (wanted > LIMINE_NEWEST_BASE_REVISION && !image->takes_newer) {
        return refuse(image, PROBLEM_LIMINE_REVISION, "base revision",
                      (uint64_t[2]){wanted, LIMINE_NEWEST_BASE_REVISION}, problem);
    }
    if (requests->tag != NULL) {
        requests->tag[1] = requests->base_revision;
        requests->tag[2] = wanted == requests->base_revision ? 0 : wanted;
    }
    return true;
}

/* Base revision 0 may have a list: then nothing but the tag is looked for elsewhere. */
bool limine_find_requests(const struct limine_image *image, struct limine_requests *requests,
                          struct problem *problem)
{
    struct search search = {.image = image,
                            .found = requests,
                            .is_for_tag = image->list.size_bytes != 0,
                            .problem = problem};

    if (!scan(&search)) {
        return false;
    }
    if (search.is_for_tag) {
        search.is_for_tag = false;
        if (requests->tag == NULL || requests->tag[2] == 0 ? !read_list(&search) : !scan(&search)) {
            return false;
        }
    }
    return answer_tag(image, requests, problem);
}
