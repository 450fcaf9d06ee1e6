/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a variant of this kernel asks for. The only file that is compiled for each variant:
 *
 *     BASE_REVISION=n   the revision that the kernel is to be booted by; there is a tag with it
 *     TAG=n             what the tag says, where that is another
 *     WITHOUT_TAG       base revision 0
 *     LIST              a list of the requests in a section of its own
 *     MARKED            markers around the requests, and decoys outside of them
 *     ASKED_NOT=mask    features that are not asked for
 *     DUPLICATE         one request twice
 *     OTHER_ENTRY       the entry point that is asked for is not that of the file; ENTRY_AT: elsewhere
 *     INTERNAL=n        so many modules of its own, with INTERNAL_FLAGS; INTERNAL_PATH: of the first
 *     PAGING=a,b,c      preferred, highest and lowest paging mode; PAGING_REVISION
 *     WRITABLE_TEXT     the data segment may be executed
 */
#include "kernel.h"

#ifndef ASKED_NOT
#define ASKED_NOT (1u << ENTRY_POINT | 1u << PAGING_MODE | 1u << KEEP_IOMMU)
#endif
#ifndef TAG
#define TAG BASE_REVISION
#endif
#ifndef INTERNAL
#define INTERNAL 0
#endif
#ifndef INTERNAL_FLAGS
#define INTERNAL_FLAGS MODULE_REQUIRED
#endif
#ifndef INTERNAL_PATH
#define INTERNAL_PATH "own/first.bin"
#endif
#ifndef PAGING
#define PAGING 0, 0, 0
#endif
#ifndef PAGING_REVISION
#define PAGING_REVISION 1
#endif
#ifndef STACK
#define STACK 0x48000
#endif

#ifndef ENTRY_AT
#define ENTRY_AT kernel_other_entry
#endif

#define IN(name)         __attribute__((used, aligned(8), section(name)))
#define IS_ASKED(number) ((ASKED_NOT >> (number)&1u) == 0)
#define ADDRESS(object)  ((uint64_t) & (object))

const int base_revision = BASE_REVISION;
const bool is_newer = TAG > 6;
const uint64_t stack_bytes = STACK;
const uint64_t entropy_count = 9;
const unsigned internal_modules = INTERNAL;
const bool has_other_entry =
#ifdef OTHER_ENTRY
    true;
#else
    false;
#endif
const bool is_writable_text =
#ifdef WRITABLE_TEXT
    true;
#else
    false;
#endif

#ifdef WITHOUT_TAG
const bool has_tag = false;
volatile uint64_t tag[3];
#else
const bool has_tag = true;
volatile uint64_t tag[3] IN(".requests") = {TAG_0, TAG_1, TAG};
#endif

#ifdef MARKED
static const volatile uint64_t start_marker[4] IN(".requests_start") = {START_0, START_1, START_2,
                                                                        START_3};
static const volatile uint64_t end_marker[2] IN(".requests_end") = {END_0, END_1};
volatile uint64_t decoy_tag[3] IN(".decoys_before") = {TAG_0, TAG_1, 99};
#define DECOYS ".decoys_behind"
#else
volatile uint64_t decoy_tag[3];
#define DECOYS ".requests"
#endif

static const struct internal_module modules[2] = {
    {(uint64_t)INTERNAL_PATH, (uint64_t) "of its own, first", INTERNAL_FLAGS},
    {(uint64_t) "../there/second.bin", (uint64_t) "", INTERNAL_FLAGS},
};
static const uint64_t module_list[2] = {ADDRESS(modules[0]), ADDRESS(modules[1])};

static struct request requests[FEATURE_COUNT] IN(".requests") = {
#define X(name, word_2, word_3) \
    [name].id = {IS_ASKED(name) ? COMMON_0 : 0, COMMON_1, UINT64_C(word_2), UINT64_C(word_3)},
    FACTS_IDS(X)
#undef X
        [STACK_SIZE]
            .more = {STACK},
    [PAGING_MODE].revision = PAGING_REVISION,
    [PAGING_MODE].more = {PAGING},
#ifdef X2APIC
    [MP].more = {MP_X2APIC},
#endif
    /* Newer than anybody knows: to be answered as the newest that is known. */
    [MEMMAP].revision = 99,
    [ENTRY_POINT].more = {(uint64_t)ENTRY_AT},
    [MODULE].revision = 1,
    [MODULE].more = {INTERNAL, ADDRESS(module_list)},
    [ENTROPY].more = {9},
    [TERMINAL_PARAMETERS].response = UNTOUCHED,
    [TPM_EVENT_LOG].response = UNTOUCHED,
    [DTB].response = UNTOUCHED,
};

#ifdef DUPLICATE
static struct request duplicate IN(".requests") = {
    .id =
        {
            COMMON_0,
            COMMON_1,
#define X(name, word_2, word_3) +(name == DUPLICATE ? UINT64_C(word_2) : 0)
            FACTS_IDS(X),
#undef X
#define X(name, word_2, word_3) +(name == DUPLICATE ? UINT64_C(word_3) : 0)
            FACTS_IDS(X),
#undef X
        },
};
#endif

struct request *const asked[FEATURE_COUNT] = {
#define X(name, word_2, word_3) [name] = IS_ASKED(name) ? &requests[name] : NULL,
    FACTS_IDS(X)
#undef X
};

/* None of them is to be answered: an unknown id, half an id, and what the list or the markers leave out. */
struct request decoys[] IN(DECOYS) = {
    {.id = {COMMON_0, COMMON_1, 1, 2}, .response = UNTOUCHED},
    {.id = {COMMON_0, COMMON_1 + 1, UINT64_C(0x48dcf1cb8ad2b852), UINT64_C(0x63984e959a98244b)},
     .response = UNTOUCHED},
#if defined MARKED || defined LIST
    {.id = {COMMON_0, COMMON_1, UINT64_C(0x48dcf1cb8ad2b852), UINT64_C(0x63984e959a98244b)},
     .response = UNTOUCHED},
#endif
};
const unsigned decoy_count = sizeof(decoys) / sizeof(decoys[0]);

/* A request that is not where a request may be. */
struct __attribute__((packed)) misplaced {
    uint32_t padding;
    struct request request;
};
static struct misplaced misplaced IN(".requests") = {
    .request = {.id = {COMMON_0, COMMON_1, UINT64_C(0x48dcf1cb8ad2b852),
                       UINT64_C(0x63984e959a98244b)}},
};

#ifdef LIST
static const struct request *const volatile list[FEATURE_COUNT + 1] IN(".limine_reqs") = {
#define X(name, word_2, word_3) &requests[name],
    FACTS_IDS(X)
#undef X
};
#endif

const void *response_to(enum facts_feature feature)
{
    const struct request *request = asked[feature];

    if (request == NULL) {
        return NULL;
    }
    return (const void *)*(const volatile uint64_t *)&request->response;
}
