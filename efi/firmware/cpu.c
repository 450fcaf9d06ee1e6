/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading CPUID (SDM volume 2, CPUID instruction; AMD APM volume 3, appendix E). */
#include "firmware.h"

#include "cpu.h"

#include "port.h"

#define LEAF_FEATURES          UINT32_C(0x00000001)
#define FEATURE_EDX_MTRR       (UINT32_C(1) << 12)
#define FEATURE_EDX_PAT        (UINT32_C(1) << 16)
#define LEAF_STRUCTURED        UINT32_C(0x00000007)
#define STRUCTURED_ECX_LA57    (UINT32_C(1) << 16)
#define LEAF_TSC               UINT32_C(0x00000015)
#define LEAF_EXTENDED_LIMIT    UINT32_C(0x80000000)
#define LEAF_EXTENDED_FEATURES UINT32_C(0x80000001)
#define EXTENDED_EDX_NX        (UINT32_C(1) << 20)
#define EXTENDED_EDX_1G_PAGES  (UINT32_C(1) << 26)
#define LEAF_ADDRESS_SIZES     UINT32_C(0x80000008)
#define PHYSICAL_BITS_DEFAULT  36u /* SDM volume 3, section 4.1.4: with PAE and no leaf 80000008 */

#define MSR_MTRRCAP         UINT32_C(0xfe)
#define MSR_MTRR_PHYSBASE_0 UINT32_C(0x200)
#define MSR_MTRR_DEF_TYPE   UINT32_C(0x2ff)
#define MTRRCAP_COUNT_MASK  UINT64_C(0xff)
#define MTRRCAP_FIX         (UINT64_C(1) << 8)

#define CR4_LA57 (UINT64_C(1) << 12)

/* Long enough for some tenths of a percent, short enough not to be noticed. */
#define CALIBRATION_US UINT64_C(100)
#define US_PER_SECOND  UINT64_C(1000000)

/* For who wants it exactly: whatever comes in between makes a time longer, never shorter. */
#define REFINED_US    UINT64_C(5000)
#define REFINED_TRIES 3u

static uint64_t measure_tsc(uint64_t time_us)
{
    const uint64_t start = read_tsc();

    firmware.boot->Stall(time_us);
    return (read_tsc() - start) * (US_PER_SECOND / time_us);
}

/* 0: the CPU does not say. */
static uint64_t tell_tsc_hz(void)
{
    struct cpuid_result ratio = {0};

    if (cpuid(0).eax >= LEAF_TSC) {
        ratio = cpuid(LEAF_TSC);
    }
    if (ratio.eax != 0 && ratio.ebx != 0 && ratio.ecx != 0) {
        return (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
    }
    return 0;
}

static uint64_t find_tsc_hz(void)
{
    const uint64_t told = tell_tsc_hz();

    return told != 0 ? told : measure_tsc(CALIBRATION_US);
}

void cpu_refine_tsc(struct cpu *cpu)
{
    for (unsigned i = 0; i < REFINED_TRIES && tell_tsc_hz() == 0; i++) {
        const uint64_t measured = measure_tsc(REFINED_US);

        cpu->tsc_hz = i == 0 || measured < cpu->tsc_hz ? measured : cpu->tsc_hz;
    }
}

/* SDM volume 3, section 12.11; the addresses of the fixed ones by table 12-9. */
static void read_mtrrs(struct mtrr *mtrr, unsigned physical_bits)
{
    static const uint16_t fixed[MTRR_FIXED_COUNT] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                                     0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
    const uint64_t capabilities = read_msr(MSR_MTRRCAP);

    mtrr->physical_bits = physical_bits;
    mtrr->default_type = read_msr(MSR_MTRR_DEF_TYPE);
    mtrr->has_fixed = (capabilities & MTRRCAP_FIX) != 0;
    for (unsigned i = 0; mtrr->has_fixed && i < MTRR_FIXED_COUNT; i++) {
        mtrr->fixed[i] = read_msr(fixed[i]);
    }
    mtrr->count = capabilities & MTRRCAP_COUNT_MASK;
    for (uint32_t i = 0; i < mtrr->count; i++) {
        mtrr->registers[i] = (struct mtrr_register){read_msr(MSR_MTRR_PHYSBASE_0 + 2 * i),
                                                    read_msr(MSR_MTRR_PHYSBASE_0 + 2 * i + 1)};
    }
}

void cpu_probe(struct cpu *cpu)
{
    const uint32_t features = cpuid(LEAF_FEATURES).edx;
    const uint32_t extended_limit = cpuid(LEAF_EXTENDED_LIMIT).eax;
    const uint32_t extended =
        extended_limit >= LEAF_EXTENDED_FEATURES ? cpuid(LEAF_EXTENDED_FEATURES).edx : 0;
    const uint32_t sizes = extended_limit >= LEAF_ADDRESS_SIZES ? cpuid(LEAF_ADDRESS_SIZES).eax
                                                                : PHYSICAL_BITS_DEFAULT;

    *cpu = (struct cpu){
        .paging = {.levels = (read_cr4() & CR4_LA57) != 0 ? 5 : 4,
                   .physical_bits = (uint8_t)sizes,
                   .has_1g_pages = (extended & EXTENDED_EDX_1G_PAGES) != 0,
                   .has_nx = (extended & EXTENDED_EDX_NX) != 0,
                   .accept_missing_nx = true},
        .has_five_levels = cpuid(0).eax >= LEAF_STRUCTURED &&
                           (cpuid(LEAF_STRUCTURED).ecx & STRUCTURED_ECX_LA57) != 0,
        .has_pat = (features & FEATURE_EDX_PAT) != 0,
        .has_mtrrs = (features & FEATURE_EDX_MTRR) != 0,
        .tsc_hz = find_tsc_hz(),
    };
    if (cpu->has_mtrrs) {
        read_mtrrs(&cpu->mtrr, cpu->paging.physical_bits);
    }
}
