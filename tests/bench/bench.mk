# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: the programs, kernels and the loader that measure.

# ---- what the page tables cost ---------------------------------------------------------------------------------

# The library is built as a kernel would, plainly, and small; the program that measures it by one compiler alone, so
# that the bounds are the same for all.
BENCH_COMMON := -std=gnu17 -Ipaging -Itests/bench $(WARNINGS)
BENCH_general := -O2 -mgeneral-regs-only
BENCH_plain := -O2
BENCH_small := -Os -mgeneral-regs-only

BENCH_WORKLOADS := $(patsubst tests/bench/%.c,$(BUILD)/bench/%.o,$(wildcard tests/bench/*.c))

$(BENCH_WORKLOADS): $(BUILD)/bench/%.o: tests/bench/%.c Makefile | deps
	$(call say,BENCH,$<)
	@mkdir -p $(@D)
	$(Q)gcc $(BENCH_COMMON) -O2 -fno-tree-vectorize -fno-tree-slp-vectorize $(DEPENDENCIES) -c $< -o $@

# $(1): a compiler; $(2): the options, by name.
define bench_rules
BENCH_OBJECTS_$(1)-$(2) := $$(patsubst %,$(BUILD)/bench/$(1)-$(2)/%.o,$(PAGING_SOURCES))

$(BUILD)/bench/$(1)-$(2)/%.o: % Makefile | deps
	$$(call say,BENCH,$$<)
	@mkdir -p $$(@D)
	$$(Q)$(1) $$(BENCH_COMMON) $$(BENCH_$(2)) $$(DEPENDENCIES) -c $$< -o $$@

$(BUILD)/bench/$(1)-$(2)/workloads: $$(BENCH_OBJECTS_$(1)-$(2)) $(BENCH_WORKLOADS)
	$$(Q)gcc $$^ -o $$@

-include $$(BENCH_OBJECTS_$(1)-$(2):.o=.d)
endef
$(foreach compiler,gcc clang,$(foreach options,general plain small,$(eval $(call bench_rules,$(compiler),$(options)))))
-include $(BENCH_WORKLOADS:.o=.d)

BENCH_GATED := $(foreach compiler,gcc clang,$(BUILD)/bench/$(compiler)-general/workloads)
BENCH_PROGRAMS := $(foreach variant,gcc-general clang-general gcc-plain clang-plain gcc-small clang-small,\
	$(BUILD)/bench/$(variant)/workloads)

# The same with the library as one header: what runs may not depend on how it is taken. What measures includes that
# header too.
BENCH_SINGLE := $(foreach compiler,gcc clang,$(BUILD)/bench/$(compiler)-single/workloads)
BENCH_SINGLE_WORKLOADS := $(patsubst tests/bench/%.c,$(BUILD)/bench/single/%.o,$(wildcard tests/bench/*.c))

$(BENCH_SINGLE_WORKLOADS): $(BUILD)/bench/single/%.o: tests/bench/%.c $(SINGLE) $(wildcard tests/bench/*.h) Makefile | deps
	$(call say,BENCH,$@)
	@mkdir -p $(@D)
	$(Q)gcc $(subst -Ipaging,-I$(BUILD),$(BENCH_COMMON)) -O2 -fno-tree-vectorize -fno-tree-slp-vectorize -c $< -o $@

$(BENCH_SINGLE): $(BUILD)/bench/%-single/workloads: $(SINGLE) $(BENCH_SINGLE_WORKLOADS)
	$(call say,BENCH,$@)
	@mkdir -p $(@D)
	$(Q)printf '#define HOIST_PAGING_IMPLEMENTATION\n#include "hoist_paging.h"\n' >$(@D)/library.c
	$(Q)$* -std=gnu17 -I$(BUILD) $(WARNINGS) $(BENCH_general) -c $(@D)/library.c -o $(@D)/library.o
	$(Q)gcc $(BENCH_SINGLE_WORKLOADS) $(@D)/library.o -o $@

BENCH_GATED += $(BENCH_SINGLE)

# ---- what it costs to read tables back -------------------------------------------------------------------------

# As hoist-map is built, and with what the mapping needs of the loader's pure files.
BENCH_MAPPING := $(foreach compiler,gcc clang,$(BUILD)/bench/$(compiler)-mapping/workloads)
BENCH_MAPPING_SOURCES := tests/bench/mapping/mapping.c $(MAPPING_SOURCES) \
	$(addprefix efi/pure/,print.c mtrr.c memory_kind.c)

$(BENCH_MAPPING): $(BUILD)/bench/%-mapping/workloads: $(BENCH_MAPPING_SOURCES) \
	$(wildcard efi/mapping/*.h efi/pure/*.h) Makefile | deps
	$(call say,BENCH,$@)
	@mkdir -p $(@D)
	$(Q)$* -std=gnu17 -O2 $(WARNINGS) $(ROOM_MAPPING) -o $@ $(BENCH_MAPPING_SOURCES)

BENCH_GATED += $(BENCH_MAPPING)
BENCH_PROGRAMS += $(BENCH_MAPPING)

# ---- what a boot costs -----------------------------------------------------------------------------------------

# Kernels that read the clock by their first instruction, as long as their names say, and a loader that does only what
# the firmware forces on it, to hold the real one against.
BENCH_BOOT := $(BUILD)/bench/boot
BENCH_KERNELS := $(BENCH_BOOT)/18k.elf $(BENCH_BOOT)/16m.elf $(BENCH_BOOT)/64m.elf
BENCH_FLOOR := $(BENCH_BOOT)/floor.efi
BENCH_GATED += $(BENCH_KERNELS) $(BENCH_FLOOR)

# The first two pages are code and constants.
$(BENCH_BOOT)/18k.o: private PAYLOAD = 0x4800-0x2000
$(BENCH_BOOT)/16m.o: private PAYLOAD = 0x1000000-0x2000
$(BENCH_BOOT)/64m.o: private PAYLOAD = 0x4000000-0x2000
$(BENCH_KERNELS:.elf=.o): tests/bench/boot/entry.S Makefile | deps
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(STUB_FLAGS) '-DPAYLOAD_BYTES=($(PAYLOAD))' -c $< -o $@

$(BENCH_BOOT)/kernel.o: tests/bench/boot/kernel.c Makefile | deps
	$(call say,BENCH,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(STUB_FLAGS) $(ROOM_STUB) $(DEPENDENCIES) -c $< -o $@

$(BENCH_KERNELS): %.elf: %.o $(BENCH_BOOT)/kernel.o tests/bench/boot/kernel.ld
	$(call say,LINK,$@)
	$(Q)ld.lld -static -T tests/bench/boot/kernel.ld -z max-page-size=0x1000 -o $@ $< $(BENCH_BOOT)/kernel.o
	$(Q)$(OBJCOPY) --strip-all --strip-sections $@

$(BENCH_BOOT)/floor.o: private ROOM = $(ROOM_FIRMWARE)
$(BENCH_BOOT)/floor.o: tests/bench/boot/floor.c Makefile | deps
	$(call say,BENCH,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(EFI_FLAGS) $(ROOM) $(DEPENDENCIES) -c $< -o $@

$(BENCH_FLOOR): $(BENCH_BOOT)/floor.o
	$(call say,LINK,$@)
	$(Q)lld-link -subsystem:efi_application -entry:efi_main -nodefaultlib -Brepro -out:$@ $^

-include $(BENCH_BOOT)/kernel.d $(BENCH_BOOT)/floor.d

# ---- beside Limine ---------------------------------------------------------------------------------------------

BENCH_LIMINE := $(BENCH_BOOT)/limine.elf

$(BENCH_BOOT)/limine-kernel.o: tests/bench/limine/kernel.c Makefile | deps
	$(call say,BENCH,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(STUB_FLAGS) $(ROOM_STUB) $(DEPENDENCIES) -c $< -o $@

$(BENCH_LIMINE): $(BENCH_BOOT)/18k.o $(BENCH_BOOT)/limine-kernel.o tests/bench/boot/kernel.ld
	$(call say,LINK,$@)
	$(Q)ld.lld -static -T tests/bench/boot/kernel.ld -z max-page-size=0x1000 -o $@ $(filter %.o,$^)
	$(Q)$(OBJCOPY) --strip-all --strip-sections $@

.PHONY: bench-limine
bench-limine: $(LOADER) $(BENCH_LIMINE) ## measure a boot here and on Limine, whose BOOTX64.EFI the caller has: LIMINE=FILE
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/bench/limine/run $(call quote,$(value LIMINE))

-include $(BENCH_BOOT)/limine-kernel.d
