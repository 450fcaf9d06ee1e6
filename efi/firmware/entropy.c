/* SPDX-License-Identifier: BSD-2-Clause */
/* Where random numbers come from, the best source first. */
#include "firmware.h"

#include "entropy.h"

#include "port.h"

#define LEAF_FEATURES      UINT32_C(0x00000001)
#define FEATURE_ECX_RDRAND (UINT32_C(1) << 30)
#define RDRAND_TRIES       10u /* as many as Intel says are enough */

static bool read_firmware(uint64_t *random)
{
    EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
    EFI_RNG_PROTOCOL *generator = NULL;

    return firmware.boot->LocateProtocol(&guid, NULL, (void **)&generator) == EFI_SUCCESS &&
           generator->GetRNG(generator, NULL, sizeof(*random), (uint8_t *)random) == EFI_SUCCESS;
}

/* Some CPUs give all ones, and call it random, after they slept. */
static bool read_cpu(uint64_t *random)
{
    if ((cpuid(LEAF_FEATURES).ecx & FEATURE_ECX_RDRAND) == 0) {
        return false;
    }
    for (unsigned i = 0; i < RDRAND_TRIES; i++) {
        bool done;

        __asm__ volatile("rdrand %0" : "=r"(*random), "=@ccc"(done));
        if (done && *random != 0 && *random != UINT64_MAX) {
            return true;
        }
    }
    return false;
}

/* Every bit of the number counts for the upper ones, which are used (the mix of splitmix64). */
static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

const char *entropy_read(uint64_t *random)
{
    if (read_firmware(random)) {
        return "EFI_RNG_PROTOCOL";
    }
    if (read_cpu(random)) {
        return "RDRAND";
    }
    *random = mix(read_tsc());
    return "TSC";
}
