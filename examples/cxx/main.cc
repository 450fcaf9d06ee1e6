// SPDX-License-Identifier: BSD-2-Clause
// The page-table library from C++17: a space that is owned (space.hpp), mapped, protected, asked and
// printed.
#include <cinttypes>
#include <cstdio>
#include <utility>

#include "space.hpp"

namespace
{

constexpr std::uint64_t RAM = 0xffff800000000000;

hoist_cpu newest_cpu()
{
    hoist_cpu cpu{};

    cpu.levels = 4;
    cpu.physical_bits = 48;
    cpu.has_1g_pages = true;
    cpu.has_nx = true;
    return cpu;
}

void print(const address_space &space)
{
    std::uint64_t runs = 0;

    space.for_each_run([&runs](const hoist_run &run) {
        runs++;
        std::printf("%016" PRIx64 " -> %09" PRIx64 " %8" PRIu64 " KiB %s\n", run.va.value,
                    run.pa.value, run.size_bytes / 1024,
                    (run.effective.rights & HOIST_EXECUTE) != 0 ? "r-x" : "rw-");
    });
    std::printf("%" PRIu64 " runs, %" PRIu64 " tables\n", runs, space.table_count());
}

void use(address_space space)
{
    const auto text = hoist_range_of(hoist_va_of(RAM + 0x40201000), 3 * HOIST_SIZE_4K);

    space.map(hoist_extent_of(hoist_va_of(RAM), hoist_pa_of(0), 2 * HOIST_SIZE_1G),
              hoist_kernel_data(), HOIST_LEAF_1G);
    space.protect(text, hoist_kernel_text());
    print(space);
    if (const auto found = space.query(text.va.value + 0x123)) {
        std::printf("%016" PRIx64 " is %09" PRIx64 "\n", text.va.value + 0x123, found->pa.value);
    }
    space.unmap(text);
    if (!space.query(text.va.value)) {
        std::printf("%016" PRIx64 " is not mapped any more\n", text.va.value);
    }
    try {
        space.map(hoist_extent_of(hoist_va_of(RAM), hoist_pa_of(HOIST_SIZE_2M), HOIST_SIZE_2M),
                  hoist_kernel_data(), HOIST_LEAF_2M);
    } catch (const paging_error &error) {
        std::printf("refused (%#x): %s\n", static_cast<unsigned>(error.result()), error.what());
    }
}

} // namespace

int main()
{
    try {
        address_space space(newest_cpu());

        use(std::move(space));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "space: %s\n", error.what());
        return 1;
    }
    return 0;
}
