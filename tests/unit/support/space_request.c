/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do to an address space next. */
#include "space_request.h"

#include "property.h"

static struct hoist_access random_access(void)
{
    struct hoist_access access = hoist_access_of(HOIST_READ, HOIST_WRITE_BACK);

    access.rights |= (uint8_t)(random_below(0x20) & ~(uint64_t)HOIST_READ);
    if (one_in(3)) {
        access.cache = (uint8_t)random_below(8);
    }
    if (one_in(8)) {
        access.protection_key = (uint8_t)random_below(16);
    }
    if (one_in(8)) {
        access.software = (uint16_t)random_below(0x400);
    }
    if (!model.cpu.has_nx && !model.cpu.accept_missing_nx) {
        access.rights |= HOIST_EXECUTE;
    }
    return access;
}

uint64_t request_va(void)
{
    const uint64_t jitter = model_bytes_of((unsigned)random_below(4)) * random_below(5);
    uint64_t va;

    if (model.stretch_count != 0 && !one_in(3)) {
        const struct stretch *near = &model.stretches[random_below(model.stretch_count)];

        switch (random_below(4)) {
        case 0: va = near->first; break;
        case 1: va = near->last + 1; break;
        case 2: va = near->first - jitter; break;
        default: va = near->first + random_below(near->last - near->first + 1); break;
        }
        if (near->level > 1 && one_in(2)) {
            va = near->first + random_below(near->last - near->first + 1);
        }
    } else {
        switch (random_below(6)) {
        case 0: va = jitter; break;
        case 1: va = model_lower_end() - KIB4 - jitter; break;
        case 2: va = model_upper_start() + jitter; break;
        case 3: va = -KIB4 - jitter; break;
        case 4:
            va = model_upper_start() + random_below(8) * GIB1 * 512 + jitter -
                 KIB4 * random_below(3);
            break;
        default: va = random_number() % model_lower_end(); break;
        }
    }
    va &= ~(KIB4 - 1);
    if (va >= model_lower_end() && va < model_upper_start()) {
        va = one_in(2) ? model_lower_end() - KIB4 : model_upper_start();
    }
    return va;
}

uint64_t request_room_above(uint64_t va)
{
    return va < model_lower_end() ? model_lower_end() - va : -va;
}

uint64_t request_pa_end(void)
{
    return UINT64_C(1) << model.cpu.physical_bits;
}

static uint64_t random_size(void)
{
    switch (random_below(10)) {
    case 0:
    case 1:
    case 2:
    case 3: return (1 + random_below(8)) * KIB4;
    case 4: return (1 + random_below(1100)) * KIB4;
    case 5:
    case 6: return (1 + random_below(6)) * MIB2 + random_below(3) * KIB4;
    case 7: return (1 + random_below(3)) * GIB1 + random_below(2) * MIB2 + random_below(2) * KIB4;
    case 8: return (1 + random_below(3)) * GIB1;
    default: return one_in(20) ? (1 + random_below(600)) * GIB1 : (1 + random_below(30)) * MIB2;
    }
}

uint64_t request_pa(uint64_t va, uint64_t size)
{
    const struct stretch *old = model_stretch_at(va);
    const unsigned near = model_stretch_from(va);
    uint64_t pa;

    if (old != NULL && !one_in(6)) {
        pa = old->pa + (va - old->first) + (one_in(8) ? KIB4 : 0);
    } else if (near < model.stretch_count && !one_in(3)) {
        pa = model.stretches[near].pa - (model.stretches[near].first - va);
    } else if (!one_in(3)) {
        pa = va + random_below(4) * GIB1;
    } else {
        pa = random_number();
    }
    pa = pa & (request_pa_end() - 1) & ~(KIB4 - 1);
    return pa > request_pa_end() - size ? (request_pa_end() - size) & ~(GIB1 - 1) : pa;
}

struct hoist_access request_access(uint64_t va)
{
    const unsigned near = model_stretch_from(va);

    return near < model.stretch_count && !one_in(4) ? model.stretches[near].access
                                                    : random_access();
}

struct request request_make(void)
{
    struct request request;
    const uint64_t va = request_va();
    uint64_t size = random_size();

    if (size > request_room_above(va)) {
        size = request_room_above(va);
    }
    if (size > request_pa_end()) {
        size = request_pa_end();
    }
    request.extent = hoist_extent_of(hoist_va_of(va), hoist_pa_of(request_pa(va, size)), size);
    request.access = request_access(va);
    request.largest = (unsigned)random_below(6) + 1;
    if (request.largest > 3) {
        request.largest = 3;
    }
    return request;
}

enum hoist_result request_spoil(struct request *request)
{
    switch (random_below(9)) {
    case 0: request->extent.va.value += 1 + random_below(KIB4 - 1); return HOIST_UNALIGNED_PAGE;
    case 1: request->extent.pa.value += 1 + random_below(KIB4 - 1); return HOIST_UNALIGNED_FRAME;
    case 2:
        request->extent.size_bytes =
            one_in(2) ? 0 : request->extent.size_bytes + 1 + random_below(KIB4 - 1);
        return HOIST_UNALIGNED_SIZE;
    case 3:
        request->extent.size_bytes =
            request_room_above(request->extent.va.value) + KIB4 * (1 + random_below(3));
        return HOIST_NOT_CANONICAL;
    case 4:
        request->extent.pa.value = request_pa_end() - request->extent.size_bytes + KIB4;
        return HOIST_PA_TOO_WIDE;
    case 5: request->largest = one_in(2) ? 0 : 4; return HOIST_BAD_LEAF_SIZE;
    case 6: request->access.rights &= (uint8_t)~HOIST_READ; return HOIST_NO_READ;
    case 7: request->access.cache = 8; return HOIST_BAD_ACCESS;
    default:
        if (model.cpu.has_nx || model.cpu.accept_missing_nx) {
            return HOIST_OK;
        }
        request->access.rights &= (uint8_t)~HOIST_EXECUTE;
        return HOIST_NO_NX;
    }
}
