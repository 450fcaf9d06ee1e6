/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space that a C++ program owns: its tables are freed with it, errors are exceptions. */
#ifndef SPACE_HPP
#define SPACE_HPP

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include "hoist_paging.h"

class paging_error : public std::runtime_error
{
  public:
    explicit paging_error(hoist_result result)
        : std::runtime_error(hoist_result_text(result)), result_(result)
    {
    }

    hoist_result result() const noexcept
    {
        return result_;
    }

  private:
    hoist_result result_;
};

inline void require(hoist_result result)
{
    if (result != HOIST_OK) {
        throw paging_error(result);
    }
}

/* Movable, not copyable. A physical address is a pointer here: frames come from the heap. */
class address_space
{
  public:
    explicit address_space(const hoist_cpu &cpu) : state_(std::make_unique<state>())
    {
        require(hoist_space_init(&state_->space, &cpu, &hooks(), state_.get()));
    }

    address_space(address_space &&) noexcept = default;

    address_space &operator=(address_space &&other) noexcept
    {
        std::swap(state_, other.state_);
        return *this;
    }

    ~address_space()
    {
        /* No CPU runs on the tables (is_root_in_use) and none are lent, so nothing is refused. */
        if (state_ != nullptr && hoist_destroy(&state_->space, nullptr) != HOIST_OK) {
            std::terminate();
        }
    }

    void map(const hoist_extent &extent, hoist_access access, hoist_leaf_size largest)
    {
        require(hoist_map(&state_->space, &extent, access, largest));
    }

    void protect(const hoist_range &range, hoist_access access)
    {
        require(hoist_protect(&state_->space, &range, access));
    }

    void unmap(const hoist_range &range)
    {
        require(hoist_unmap(&state_->space, &range, HOIST_DROP_TABLES));
    }

    /* Empty where nothing is mapped; any other answer is an exception. */
    std::optional<hoist_translation> query(std::uint64_t va) const
    {
        hoist_translation found;
        const hoist_result result = hoist_query(&state_->space, hoist_va_of(va), &found);

        if (result == HOIST_NOT_MAPPED) {
            return std::nullopt;
        }
        require(result);
        return found;
    }

    /* Calls see(const hoist_run &) for each run. What it throws does not go through the C code. */
    template <typename See> void for_each_run(See see) const
    {
        struct call {
            See &see;
            std::exception_ptr thrown;
        } one{see, nullptr};
        hoist_visitor visitor{};

        visitor.context = &one;
        visitor.run = [](void *context, const hoist_run *run) noexcept {
            auto &to = *static_cast<call *>(context);

            try {
                to.see(*run);
            } catch (...) {
                to.thrown = std::current_exception();
                return HOIST_STOPPED;
            }
            return HOIST_OK;
        };
        const hoist_result result =
            hoist_visit(&state_->space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor);

        if (one.thrown != nullptr) {
            std::rethrow_exception(one.thrown);
        }
        require(result);
    }

    std::uint64_t table_count() const noexcept
    {
        return state_->table_count;
    }

  private:
    /* On the heap, for the library keeps the context's address: moving the owner moves no state. */
    struct state {
        hoist_space space{};
        std::uint64_t table_count = 0;
    };

    static bool allocate(void *context, hoist_frame_4k *frame) noexcept
    {
        void *const page = std::aligned_alloc(HOIST_SIZE_4K, HOIST_SIZE_4K);

        static_cast<state *>(context)->table_count += page != nullptr;
        frame->pa = reinterpret_cast<std::uintptr_t>(page);
        return page != nullptr;
    }

    static void give_back(void *context, hoist_frame_4k frame) noexcept
    {
        static_cast<state *>(context)->table_count--;
        std::free(reinterpret_cast<void *>(static_cast<std::uintptr_t>(frame.pa)));
    }

    static const hoist_hooks &hooks() noexcept
    {
        static const hoist_hooks all = [] {
            hoist_hooks made{};

            made.allocate_table = allocate;
            made.free_table = give_back;
            return made;
        }();

        return all;
    }

    std::unique_ptr<state> state_;
};

#endif
