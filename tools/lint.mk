# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: how clang-tidy reads the rooms.

# clang-tidy reads each file as its room is compiled, once for each change of it or of a header.
TIDY_PAGING := -std=c17 $(ROOM_FORMATS)
TIDY_LOADER := -std=c17 $(ROOM_MAPPING) -Iefi/reporter -Itools/pack
TIDY_FIRMWARE = $(filter-out -flto,$(EFI_FLAGS)) $(ROOM_FIRMWARE)
TIDY_STUB = $(STUB_FLAGS) $(ROOM_STUB)
TIDY_HEADERS := $(wildcard $(addsuffix /*.h,paging paging/formats protocol efi/pure efi/mapping efi/limine efi/reporter \
	efi/firmware efi/unpacker kernel-stub tools/pack tools/hoist-map))

# $(1): sources; $(2): the flags that they are read with.
define tidy_rules
TIDIED += $(patsubst %,$(BUILD)/tidy/%,$(1))
$(patsubst %,$(BUILD)/tidy/%,$(1)): $(BUILD)/tidy/%: % .clang-tidy $(TIDY_HEADERS) | deps deps-lint
	$$(call say,TIDY,$$<)
	@mkdir -p $$(@D)
	$$(Q)clang-tidy --quiet $$< -- $$($(2)) 2>$$@.errors || { cat $$@.errors; exit 1; }
	@mv $$@.errors $$@
endef
$(eval $(call tidy_rules,$(PAGING_SOURCES) $(FORMATS_SOURCES),TIDY_PAGING))
$(eval $(call tidy_rules,$(PURE_SOURCES) $(MAPPING_SOURCES) $(filter %.c,$(REPORTER_SOURCES)) $(PACK_SOURCES),TIDY_LOADER))
$(eval $(call tidy_rules,$(filter %.c,$(FIRMWARE_SOURCES)) $(wildcard efi/unpacker/*.c),TIDY_FIRMWARE))
$(eval $(call tidy_rules,$(filter %.c,$(STUB_SOURCES)),TIDY_STUB))
$(eval $(call tidy_rules,$(wildcard tools/hoist-map/*.c),HOIST_MAP_FLAGS))

.PHONY: tidy
tidy: $(TIDIED) ## clang-tidy alone, for every file as its room is compiled
