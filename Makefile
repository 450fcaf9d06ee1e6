# SPDX-License-Identifier: BSD-2-Clause
# Hoist. `make help` lists the targets. All output goes to build/.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BUILD := build

# V=1 shows the commands, otherwise a short line for each step.
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),@:,@printf '  %-6s %s\n' '$(1)' '$(2)')

# ---- packages --------------------------------------------------------------------------------------------------

# Build, run and test; the target `deps` installs what is missing of them.
PACKAGES := clang lld llvm gnu-efi ovmf qemu-system-x86 mtools gdisk gcc g++ libc6-dev libcmocka-dev \
	libclang-rt-14-dev python3 gdb binutils git pkgconf
# Counts instructions, for `make bench` and the limits in `make test`.
PACKAGES_BENCH := valgrind
# Proves the primitives free of run-time errors; large, so what only builds and runs does without it.
PACKAGES_PROOF := frama-c-base
# Opens the page that hoist-map writes.
PACKAGES_WEB := chromium
# Makes the API reference out of the headers.
PACKAGES_API := doxygen
# Builds what the guides show for users of CMake and Meson.
PACKAGES_GUIDES := cmake meson
# Emulates the CPUs of other architectures; Clang and LLD build for them.
PACKAGES_CROSS := qemu-system-arm qemu-system-misc
PACKAGES_LINT := clang-format clang-tidy cppcheck shellcheck mandoc

.PHONY: deps deps-lint deps-proof deps-web deps-api deps-guides deps-cross
deps: ## install the packages to build, run and test
	$(Q)tools/install-packages $(PACKAGES) $(PACKAGES_BENCH)

deps-lint: ## install the packages that `make lint` and `make format` need
	$(Q)tools/install-packages $(PACKAGES_LINT)

deps-proof: ## install the package that the proofs in `make test` need; without it they are left out
	$(Q)tools/install-packages $(PACKAGES_PROOF)

deps-web: ## install the browser that the test of the mapping's page needs; without it that test is left out
	$(Q)tools/install-packages $(PACKAGES_WEB)

deps-api: ## install what makes the API reference (`make api`); without it the test of that is left out
	$(Q)tools/install-packages $(PACKAGES_API)

deps-guides: ## install what the guides show beside make; without it those blocks are left out
	$(Q)tools/install-packages $(PACKAGES_GUIDES)

deps-cross: ## install the emulators of other architectures; without them the tests on those are left out
	$(Q)tools/install-packages $(PACKAGES_CROSS)

# ---- compilers and flags ---------------------------------------------------------------------------------------

CLANG := clang
OBJCOPY := llvm-objcopy

# Asked for once, and not before `deps` has had its chance to install clang.
FREESTANDING_INCLUDE = $(eval FREESTANDING_INCLUDE := $$(shell $(CLANG) -print-resource-dir)/include)$(FREESTANDING_INCLUDE)

WARNINGS := -Wall -Wextra -Wshadow -Werror
# Neither the folder of the checkout nor its name may show in what is built.
PATHS := '-ffile-prefix-map=$(CURDIR)=.' -fdebug-compilation-dir=.
DEPENDENCIES = -MMD -MP -MF $(@:.o=.d)

# The freestanding rooms see no header but the compiler's own and those of the rooms named here.
ROOM_PAGING :=
ROOM_FORMATS := -Ipaging -Ipaging/formats
ROOM_PURE := -Ipaging -Iprotocol -Iefi/pure
ROOM_MAPPING := $(ROOM_PURE) -Iefi/mapping
ROOM_REPORTER := -Iprotocol -Iefi/reporter
ROOM_FIRMWARE := $(ROOM_MAPPING) -Iefi/limine -Iefi/firmware -Iefi/reporter -isystem /usr/include/efi -isystem /usr/include/efi/x86_64
ROOM_STUB := -Iprotocol -Ikernel-stub

FREESTANDING = -ffreestanding -nostdinc -isystem $(FREESTANDING_INCLUDE) -fno-stack-protector -mno-red-zone \
	-mgeneral-regs-only
# The loop that fills tables is built for speed; the rest of the loader, which waits for the firmware, for size. A
# section for each function and constant: what the loader does not use of the page tables is left out.
EFI_FLAGS = --target=x86_64-unknown-windows -std=c17 $(ROOM_OPTIMISE) -flto -ffunction-sections -fdata-sections -g -gdwarf-4 $(FREESTANDING) \
	-fshort-wchar -mno-stack-arg-probe -DGNU_EFI_USE_MS_ABI $(WARNINGS) $(PATHS)
ROOM_OPTIMISE = $(if $(filter paging/fill.c,$<),-O2,-Oz)
STUB_FLAGS = --target=x86_64-unknown-none-elf -std=gnu17 -O2 -g -gdwarf-4 $(FREESTANDING) -mcmodel=kernel \
	-fno-pic $(WARNINGS) $(PATHS)

# ---- what the loader carries packed ----------------------------------------------------------------------------

include tools/pack/pack.mk

# ---- the loader ------------------------------------------------------------------------------------------------

PAGING_SOURCES := $(wildcard paging/*.c)
# Page tables of other architectures; the loader does without.
FORMATS_SOURCES := $(wildcard paging/formats/*.c)
PURE_SOURCES := $(wildcard efi/pure/*.c efi/limine/*.c)
MAPPING_SOURCES := $(wildcard efi/mapping/*.c)
FIRMWARE_SOURCES := $(wildcard efi/firmware/*.c efi/firmware/*.S)
# What the loader's own last words share with the fault reporter.
LAST_WORDS_SOURCES := efi/reporter/descriptors.c efi/reporter/font.c efi/reporter/screen.c efi/reporter/uart.c
EFI_OBJECTS := $(patsubst %,$(BUILD)/efi/%.o,$(PAGING_SOURCES) $(PURE_SOURCES) $(MAPPING_SOURCES) $(FIRMWARE_SOURCES) \
	$(LAST_WORDS_SOURCES) $(PACKED_TEXTS))

# The loader as it runs. What is booted is BOOTX64.EFI, which unpacks it (docs/decisions/0010).
UNPACKED := $(BUILD)/loader.efi
LOADER_DEBUG := $(BUILD)/loader.debug.efi
# The whole program is optimised at once, for size: equal stretches of code and equal functions are one, nothing is
# inlined that makes it larger, and what is cheap is computed again rather than kept in a register that must be saved.
OPTIMISE_WHOLE := enable-machine-outliner=always machine-outliner-reruns=3 inline-threshold=-50 enable-merge-functions \
	disable-lsr disable-machine-licm
LINK_EFI = lld-link $(addprefix -mllvm:-,$(OPTIMISE_WHOLE)) -opt:lldlto=2 -subsystem:efi_application \
	-entry:efi_main -nodefaultlib -Brepro -include:sbat -WX -opt:ref,noicf -incremental:no -debug:dwarf

$(BUILD)/efi/paging/%.o: private ROOM = $(ROOM_PAGING)
$(BUILD)/efi/efi/pure/%.o: private ROOM = $(ROOM_PURE)
$(BUILD)/efi/$(BUILD)/%.o: private ROOM = $(ROOM_PURE)
$(BUILD)/efi/efi/mapping/%.o: private ROOM = $(ROOM_MAPPING)
$(BUILD)/efi/efi/limine/%.o: private ROOM = $(ROOM_PURE) -Iefi/limine
$(BUILD)/efi/efi/firmware/%.o: private ROOM = $(ROOM_FIRMWARE)
$(BUILD)/efi/efi/reporter/%.o: private ROOM = $(ROOM_REPORTER)
$(EFI_OBJECTS): $(BUILD)/efi/%.o: % Makefile | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(EFI_FLAGS) $(ROOM) $(DEPENDENCIES) -c $< -o $@

# The fault reporter: a program of its own that runs at any address, carried along as bytes. The linker refuses what
# would have to be relocated.
REPORTER_SOURCES := $(wildcard efi/reporter/*.c efi/reporter/*.S)
REPORTER_OBJECTS := $(patsubst %,$(BUILD)/reporter/%.o,$(REPORTER_SOURCES))
REPORTER := $(BUILD)/reporter/reporter.elf
REPORTER_FLAGS = --target=x86_64-unknown-none-elf -std=c17 -Oz -g -gdwarf-4 $(FREESTANDING) -fno-builtin -fpie \
	-fvisibility=hidden -fdirect-access-external-data -fno-jump-tables -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections $(WARNINGS) $(PATHS)

$(REPORTER_OBJECTS): $(BUILD)/reporter/%.o: % Makefile | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(REPORTER_FLAGS) $(ROOM_REPORTER) $(DEPENDENCIES) -c $< -o $@

$(REPORTER): $(REPORTER_OBJECTS) efi/reporter/reporter.ld
	$(call say,LINK,$@)
	$(Q)ld.lld -pie --no-dynamic-linker -z text -z norelro --gc-sections -e reporter_entries \
		-T efi/reporter/reporter.ld -o $@ $(REPORTER_OBJECTS)

$(BUILD)/reporter/text.bin $(BUILD)/reporter/rodata.bin: $(BUILD)/reporter/%.bin: $(REPORTER)
	$(Q)$(OBJCOPY) -O binary -j .$* $< $@

$(BUILD)/efi/efi/firmware/reporter_image.S.o: ROOM = $(ROOM_FIRMWARE) -I$(BUILD)/reporter
$(BUILD)/efi/efi/firmware/reporter_image.S.o: $(BUILD)/reporter/text.bin $(BUILD)/reporter/rodata.bin

# Linked once, with debug information, for gdb. The names of the inputs must not depend on the place: relative paths,
# sorted by wildcard.
$(LOADER_DEBUG): $(EFI_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(LINK_EFI) -out:$@ $^

# The same bytes without it: what gdb shows is what runs.
$(UNPACKED): $(LOADER_DEBUG)
	$(call say,STRIP,$@)
	$(Q)$(OBJCOPY) --strip-all $< $@

include efi/unpacker/unpacker.mk

# ---- the sample kernel -----------------------------------------------------------------------------------------

STUB_SOURCES := $(wildcard kernel-stub/*.c kernel-stub/*.S)
STUB_OBJECTS := $(patsubst %,$(BUILD)/stub/%.o,$(STUB_SOURCES))
STUB := $(BUILD)/kernel-stub.elf

$(STUB_OBJECTS): $(BUILD)/stub/%.o: % Makefile | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(STUB_FLAGS) $(ROOM_STUB) $(DEPENDENCIES) -c $< -o $@

# The symbols stay in build/kernel-stub.debug.elf; what is booted does not carry them.
$(BUILD)/kernel-stub.debug.elf: $(STUB_OBJECTS) kernel-stub/link.ld
	$(call say,LINK,$@)
	$(Q)ld.lld -static -T kernel-stub/link.ld -z max-page-size=0x1000 -o $@ $(STUB_OBJECTS)

$(STUB): $(BUILD)/kernel-stub.debug.elf
	$(call say,STRIP,$@)
	$(Q)$(OBJCOPY) --strip-debug $< $@

# ---- the disk image --------------------------------------------------------------------------------------------

IMAGE := $(BUILD)/hoist.img

$(BUILD)/esp/%: esp/%
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(IMAGE): $(LOADER) $(STUB) $(BUILD)/esp/hoist.conf tools/hoist-image
	$(call say,IMAGE,$@)
	$(Q)tools/hoist-image -o $@ --loader $(LOADER) $(BUILD)/esp/hoist.conf:/hoist.conf $(STUB):/kernel-stub.elf

.PHONY: all image run dump debug
all: $(LOADER) $(LOADER_DEBUG) $(STUB) $(IMAGE) ## build the loader, the sample kernel, the disk image and hoist-map

image: $(IMAGE) ## build build/hoist.img, fit for QEMU and for a USB stick

# A variable as one word of the shell, whatever characters it has; $(2) is the option before it.
quote = '$(subst ','\'',$(1))'
option = $(if $(value $(1)),$(2) $(call quote,$(value $(1))))

RUN_OPTIONS = $(call option,MEM,--mem) $(call option,CPU,--cpu) $(call option,FIRMWARE,--firmware) \
	$(call option,QEMU_ARGS,--qemu-args) $(call option,ACCEL,--accel) $(if $(filter 1,$(SHOW)),--display)

ifdef KERNEL
RUN_KERNEL = --loader $(LOADER) $(call option,TIMEOUT,--timeout) $(call quote,$(value KERNEL))
else
RUN_KERNEL = --timeout $(call quote,$(or $(value TIMEOUT),60)) \
	$(if $(value CMDLINE),--loader $(LOADER) $(STUB),--image $(IMAGE))
endif

# By the environment, for a command line may look like an option.
run debug: export HOIST_CMDLINE = $(value CMDLINE)
run: $(LOADER) $(STUB) $(IMAGE) ## boot it: KERNEL= CMDLINE= MEM= CPU= FIRMWARE= QEMU_ARGS= ACCEL=kvm|tcg SHOW=1 TIMEOUT=
	$(Q)tools/hoist-run $(RUN_OPTIONS) $(RUN_KERNEL)

dump: $(LOADER) $(STUB) $(BUILD)/hoist-map ## what the loader maps, from a boot: build/mapping/mapping.json, .txt, .html
	$(Q)tools/hoist-dump -o $(BUILD)/mapping --loader $(LOADER) $(STUB) -- $(RUN_OPTIONS)
	@echo '  $(BUILD)/mapping/mapping.html'

debug: $(LOADER) $(STUB) $(IMAGE) ## boot with gdb attached, stopped at the kernel's entry: KERNEL= GDB_ARGS=
	$(Q)tools/hoist-debug $(RUN_OPTIONS) --loader $(LOADER) --log $(BUILD)/debug-serial.log --symbols \
		$(call quote,$(or $(value KERNEL),$(BUILD)/kernel-stub.debug.elf)) \
		$(call quote,$(or $(value KERNEL),$(STUB))) -- $(value GDB_ARGS)

include tools/package/package.mk

# ---- tests on the host -----------------------------------------------------------------------------------------

# Of the reporter all that neither needs the machine nor stops it.
HOST_SOURCES := $(PAGING_SOURCES) $(FORMATS_SOURCES) $(PURE_SOURCES) $(MAPPING_SOURCES) $(addprefix efi/reporter/,descriptors.c font.c line.c screen.c words.c)
SUPPORT_SOURCES := $(wildcard tests/unit/support/*.c)
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
PROPERTY_SOURCES := $(wildcard tests/property/*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)

HOST_FLAGS := -std=gnu17 -O2 -g $(WARNINGS) -Ipaging -Ipaging/formats -Iprotocol -Iefi/pure -Iefi/mapping -Iefi/limine -Iefi/reporter -Itools/pack \
	-Itests/unit -Itests/unit/support
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

# $(1): a name for the folder; $(2): a compiler; $(3): its options. Everything is built once by each.
define host_rules
HOST_LIBRARY_$(1) := $$(patsubst %,$(BUILD)/host/$(1)/%.o,$(HOST_SOURCES) $(PACKED_TEXTS) tools/pack/pack.c \
	$$(SUPPORT_SOURCES))
HOST_TESTS_$(1) := $$(patsubst tests/%.c,$(BUILD)/host/$(1)/%,$(UNIT_SOURCES) $(PROPERTY_SOURCES))

$(BUILD)/host/$(1)/%.o: % Makefile | deps
	$$(call say,$(1),$$<)
	@mkdir -p $$(@D)
	$$(Q)$(2) $$(HOST_FLAGS) $(3) $$(DEPENDENCIES) -c $$< -o $$@

$(BUILD)/host/$(1)/libhoist.a: $$(HOST_LIBRARY_$(1))
	$$(Q)rm -f $$@ && ar rcsD $$@ $$^

$$(HOST_TESTS_$(1)): $(BUILD)/host/$(1)/%: $(BUILD)/host/$(1)/tests/%.c.o $(BUILD)/host/$(1)/libhoist.a
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(2) $(3) $$^ -lcmocka -o $$@

-include $$(HOST_LIBRARY_$(1):.o=.d)
endef
$(foreach compiler,gcc clang,$(eval $(call host_rules,$(compiler),$(compiler),$(SANITIZE))))
# Counted line by line, without optimising and without sanitizers.
$(eval $(call host_rules,coverage,$(CLANG),-O0 -fprofile-instr-generate -fcoverage-mapping))

FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SOURCES))
# Chance is what the fuzzers have an input for.
FUZZ_SUPPORT := $(filter-out %/property.c,$(SUPPORT_SOURCES))
# Of hoist-map what reads a mapping's JSON.
FUZZ_MAP_READER := $(wildcard $(addprefix tools/hoist-map/,json*.c loaded.c room.c complaint.c mapping_*.c word_values.c))
FUZZ_LIBRARY := $(patsubst %,$(BUILD)/fuzz/objects/%.o,$(HOST_SOURCES) $(PACKED_TEXTS) $(FUZZ_SUPPORT) $(FUZZ_MAP_READER))

$(BUILD)/fuzz/objects/tools/hoist-map/%.o $(BUILD)/fuzz/objects/tests/fuzz/fuzz_mapping_file.c.o: private HOST_FLAGS += \
	-iquote tools/hoist-map

$(BUILD)/fuzz/objects/%.o: % Makefile | deps
	$(call say,FUZZ,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(HOST_FLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link $(DEPENDENCIES) -c $< -o $@

$(BUILD)/fuzz/libhoist.a: $(FUZZ_LIBRARY)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/fuzz/objects/tests/fuzz/%.c.o $(BUILD)/fuzz/libhoist.a
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer $^ -o $@

# ---- tables of two and of four entries -------------------------------------------------------------------------

# Every sequence of calls, on the library as it is but for the shape of its tables: for speed, without sanitizers.
TINY_SOURCES := $(wildcard tests/tiny/*.c)
TINY_FLAGS := -std=gnu17 -O2 -g $(WARNINGS) -Ipaging -Itests/tiny -include tests/tiny/formats.h

# $(1): a compiler; $(2): the number of entries.
define tiny_rules
TINY_OBJECTS_$(1)-$(2) := $$(patsubst %,$(BUILD)/tiny/$(1)-$(2)/%.o,$(PAGING_SOURCES) $(TINY_SOURCES))

$(BUILD)/tiny/$(1)-$(2)/%.o: % Makefile | deps
	$$(call say,TINY,$$<)
	@mkdir -p $$(@D)
	$$(Q)$(1) $$(TINY_FLAGS) -DHOIST_FORMAT=hoist_tiny_$(2) -DTINY_ENTRIES=$(2)u $$(DEPENDENCIES) -c $$< -o $$@

$(BUILD)/tiny/$(1)-$(2)/tiny: $$(TINY_OBJECTS_$(1)-$(2))
	$$(call say,LINK,$$@)
	$$(Q)$(1) $$^ -o $$@

-include $$(TINY_OBJECTS_$(1)-$(2):.o=.d)
endef
$(foreach compiler,gcc clang,$(foreach entries,2 4,$(eval $(call tiny_rules,$(compiler),$(entries)))))

TINY_PROGRAMS := $(foreach variant,gcc-2 gcc-4 clang-2 clang-4,$(BUILD)/tiny/$(variant)/tiny)

# ---- what page tables and boots cost ---------------------------------------------------------------------------

include tests/bench/bench.mk

.PHONY: bench bench-boot
bench: $(BENCH_PROGRAMS) ## measure the page tables: a table, and build/bench/paging.json
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/bench/run

bench-boot: $(LOADER) $(BENCH_KERNELS) $(BENCH_FLOOR) ## measure a boot, in instructions: a table, and build/bench/boot.json
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/bench/boot/run

# ---- what page tables map, seen from the host -------------------------------------------------------------------

include tools/hoist-map/hoist-map.mk

# ---- page tables of other architectures -----------------------------------------------------------------------

include tests/formats/formats.mk tests/limine/limine.mk

# ---- mutants ---------------------------------------------------------------------------------------------------

.PHONY: mutants
mutants: | deps ## break the page tables on purpose, line by line: who notices, and build/mutants/report.json
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/mutants/run

# ---- running the tests -----------------------------------------------------------------------------------------

.PHONY: test test-long test-matrix host-tests coverage
host-tests: $(HOST_TESTS_gcc) $(HOST_TESTS_clang) $(FUZZERS) $(TINY_PROGRAMS) $(BENCH_GATED) $(TAKEN) $(BARE_PROGRAMS) ## build the tests that run on the host

test: all host-tests ## build and run the tests: ONLY=words (names that contain one), REQUIRE=all (a skip is a failure)
	$(Q)REQUIRE='$(REQUIRE)' ONLY='$(ONLY)' tests/run

test-long: all host-tests ## the same with ten times the fuzzing, and every sequence on tiny tables
	$(Q)REQUIRE='$(REQUIRE)' ONLY='$(ONLY)' LONG=1 FUZZ_SECONDS=300 tests/run

coverage: $(HOST_TESTS_coverage) ## how much of the page tables and of the pure files the tests run: build/coverage
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/coverage/report $(HOST_TESTS_coverage)

test-matrix: all ## boot on all machines of the matrix, and read from outside what is mapped there
	$(Q)HOIST_MATRIX=all ONLY=boot/test_matrix tests/run

# ---- tidiness --------------------------------------------------------------------------------------------------

C_FILES = $(if $(wildcard .git),$(shell git ls-files '*.c' '*.h'),$(shell find . -name build -prune -o -name '*.[ch]' -print))
SHELL_FILES := $(addprefix tools/,hoist-image hoist-run hoist-debug hoist-dump install-packages package/install-files \
	package/source-archive) .ci/run
LINTED_SOURCES = $(HOST_SOURCES) $(PACK_SOURCES) $(wildcard tools/hoist-map/*.c) $(REPORTER_SOURCES) \
	$(FIRMWARE_SOURCES) $(UNPACKER_SOURCES) $(STUB_SOURCES)

include tools/lint.mk

.PHONY: format lint clean help
format: | deps-lint ## lay the C files out by .clang-format
	$(Q)clang-format -i $(C_FILES)

lint: | deps deps-lint ## clang-format, clang-tidy, cppcheck and shellcheck, without changing anything
	$(Q)clang-format --dry-run --Werror $(C_FILES)
	+$(Q)$(MAKE) --no-print-directory -j$(shell nproc) tidy
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,portability --inline-suppr \
		-Ipaging -Ipaging/formats -Iprotocol -Iefi/pure -Iefi/mapping -Iefi/limine -Iefi/reporter -Iefi/firmware \
		-Ikernel-stub -Itools/pack -Itools/hoist-map $(filter %.c,$(LINTED_SOURCES))
	$(Q)shellcheck $(SHELL_FILES)

clean: ## remove build/
	$(Q)rm -rf $(BUILD)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(filter-out %.d,$(MAKEFILE_LIST))

-include $(EFI_OBJECTS:.o=.d) $(REPORTER_OBJECTS:.o=.d) $(STUB_OBJECTS:.o=.d) $(FUZZ_LIBRARY:.o=.d) $(wildcard $(BUILD)/host/*/tests/*/*.d)
