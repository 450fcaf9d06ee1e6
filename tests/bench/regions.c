/* SPDX-License-Identifier: BSD-2-Clause */
/* The regions, by splitmix64 where they are odd ones. */
#include "regions.h"

#define FIRST_VA UINT64_C(0xffff800000000000)

struct hoist_extent regions[REGIONS_MAX];
size_t region_count;

static uint64_t random_state;

static uint64_t random_number(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void one_region(uint64_t va, uint64_t pa, uint64_t size_bytes)
{
    regions[0] = hoist_extent_of(hoist_va_of(va), hoist_pa_of(pa), size_bytes);
    region_count = 1;
}

void regions_4k(void)
{
    one_region(UINT64_C(0xffffffff80000000), UINT64_C(0x100001000), UINT64_C(1) << 30);
}

void regions_2m(void)
{
    one_region(FIRST_VA, UINT64_C(0x200000), UINT64_C(64) << 30);
}

void regions_1g(void)
{
    one_region(FIRST_VA, 0, UINT64_C(4) << 40);
}

void regions_64m(void)
{
    one_region(FIRST_VA, UINT64_C(0x200000), UINT64_C(64) << 20);
}

void regions_odd(void)
{
    uint64_t pa = HOIST_SIZE_4K;

    random_state = 42;
    for (region_count = 0; region_count < REGIONS_MAX; region_count++) {
        const uint64_t kind = random_number() % 10;
        uint64_t pages;

        if (kind < 6) {
            pages = 1 + random_number() % 512;
        } else if (kind < 9) {
            pages = 512 + random_number() % 32256;
        } else {
            pages = 262144 + random_number() % 1310720;
        }
        regions[region_count] =
            hoist_extent_of(hoist_va_of(FIRST_VA + pa), hoist_pa_of(pa), pages * HOIST_SIZE_4K);
        pa += (pages + 1 + random_number() % 256) * HOIST_SIZE_4K;
    }
}

void regions_choose_addresses(uint64_t *addresses, size_t count)
{
    uint64_t total_bytes = 0;

    for (size_t i = 0; i < region_count; i++) {
        total_bytes += regions[i].size_bytes;
    }
    random_state = 7;
    for (size_t i = 0; i < count; i++) {
        uint64_t offset = random_number() % total_bytes;
        size_t region = 0;

        while (offset >= regions[region].size_bytes) {
            offset -= regions[region++].size_bytes;
        }
        addresses[i] = regions[region].va.value + offset;
    }
}
