# SPDX-License-Identifier: BSD-2-Clause
# hoist-map, a program of the host; and the same with sanitizers, for the tests. Part of the Makefile.

HOIST_MAP := $(BUILD)/hoist-map
HOIST_MAP_CHECKED := $(BUILD)/host/hoist-map
# Of the loader: what reads and judges a mapping and puts it in words, and what that needs.
HOIST_MAP_SOURCES := $(wildcard tools/hoist-map/*.c) $(MAPPING_SOURCES) $(addprefix efi/pure/,memory_kind.c mtrr.c print.c) \
	$(addprefix paging/formats/,format_list.c tree.c tree_walk.c) paging/result.c
# By -iquote, for the system has an elf.h as well.
HOIST_MAP_FLAGS := -std=c17 -D_GNU_SOURCE -O2 -g $(WARNINGS) $(addprefix -iquote ,paging paging/formats protocol efi/pure efi/mapping \
	tools/hoist-map)

HOIST_MAP_OBJECTS := $(patsubst %,$(BUILD)/hoist-map.objects/%.o,$(HOIST_MAP_SOURCES))
HOIST_MAP_CHECKED_OBJECTS := $(patsubst %,$(BUILD)/hoist-map.checked/%.o,$(HOIST_MAP_SOURCES))

$(HOIST_MAP_OBJECTS): $(BUILD)/hoist-map.objects/%.o: % Makefile tools/hoist-map/hoist-map.mk | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(HOIST_MAP_FLAGS) $(PATHS) $(DEPENDENCIES) -c $< -o $@

$(HOIST_MAP_CHECKED_OBJECTS): $(BUILD)/hoist-map.checked/%.o: % Makefile tools/hoist-map/hoist-map.mk | deps
	$(call say,gcc,$<)
	@mkdir -p $(@D)
	$(Q)gcc $(HOIST_MAP_FLAGS) $(SANITIZE) $(DEPENDENCIES) -c $< -o $@

# The style and the script of its page are files of their own.
HOIST_MAP_PAGE := $(BUILD)/hoist-map.objects/page.o
$(HOIST_MAP_PAGE): tools/hoist-map/page.S tools/hoist-map/page.css tools/hoist-map/page.js | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -c $< -o $@

$(HOIST_MAP): $(HOIST_MAP_OBJECTS) $(HOIST_MAP_PAGE)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $^ -o $@

$(HOIST_MAP_CHECKED): $(HOIST_MAP_CHECKED_OBJECTS) $(HOIST_MAP_PAGE)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)gcc $(SANITIZE) $^ -o $@

all: $(HOIST_MAP)
host-tests: $(HOIST_MAP_CHECKED)

-include $(HOIST_MAP_OBJECTS:.o=.d) $(HOIST_MAP_CHECKED_OBJECTS:.o=.d)

# The fuzzer of the core reader: with the system's elf.h, as above.
CORE_FUZZER := $(BUILD)/fuzz/fuzz_core_file
CORE_FUZZER_OBJECTS := $(patsubst %,$(BUILD)/hoist-map.fuzz/tools/hoist-map/%.c.o,core_file physical_memory complaint)

$(CORE_FUZZER_OBJECTS): $(BUILD)/hoist-map.fuzz/%.o: % Makefile tools/hoist-map/hoist-map.mk | deps
	$(call say,FUZZ,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(HOIST_MAP_FLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link $(DEPENDENCIES) -c $< -o $@

$(BUILD)/fuzz/objects/tests/fuzz/fuzz_core_file.c.o: private HOST_FLAGS += -iquote tools/hoist-map
$(CORE_FUZZER): $(CORE_FUZZER_OBJECTS)
-include $(CORE_FUZZER_OBJECTS:.o=.d)
