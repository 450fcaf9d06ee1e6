# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: the kernel of tests/limine, all of it but what differs between its variants (requests.c, which
# the tests compile). It is built for any address, and sees no file of the loader.

LIMINE_SOURCES := $(filter-out %/requests.c,$(wildcard tests/limine/kernel/*.c)) tests/limine/kernel/start.S
LIMINE_OBJECTS := $(patsubst tests/limine/kernel/%,$(BUILD)/limine/%.o,$(LIMINE_SOURCES))

$(LIMINE_OBJECTS): $(BUILD)/limine/%.o: tests/limine/kernel/% tests/limine/limine.mk | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) --target=x86_64-unknown-none-elf -std=gnu17 -O2 -g -gdwarf-4 $(FREESTANDING) -fno-builtin -fpie \
		-fdirect-access-external-data $(WARNINGS) $(PATHS) -Itests/limine/kernel $(DEPENDENCIES) -c $< -o $@

host-tests: $(LIMINE_OBJECTS)

-include $(LIMINE_OBJECTS:.o=.d)
