# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: BOOTX64.EFI, which carries the loader packed (docs/decisions/0010).

LOADER := $(BUILD)/esp/EFI/BOOT/BOOTX64.EFI
UNPACKER := $(BUILD)/unpacker
UNPACKER_SOURCES := efi/pure/unpack.c $(wildcard efi/unpacker/*.c efi/unpacker/*.S)
UNPACKER_OBJECTS := $(patsubst %,$(UNPACKER)/%.o,$(UNPACKER_SOURCES))
# What goes wrong is told by the loader's own code, of which the linker takes what is needed.
UNPACKER_LIBRARY := $(UNPACKER)/loader.lib

$(UNPACKER)/loader.packed: $(UNPACKED) $(PACK)
	$(call say,PACK,$@)
	@mkdir -p $(@D)
	$(Q)$(PACK) file $< $@

# Unpacking takes most of its time: no calls for the sake of size.
$(UNPACKER_OBJECTS): private ROOM_OPTIMISE = -Os
$(UNPACKER_OBJECTS): private ROOM = -Iprotocol -Iefi/pure -Iefi/firmware $(filter-out -I%,$(ROOM_FIRMWARE)) -I$(UNPACKER)
$(UNPACKER_OBJECTS): $(UNPACKER)/%.o: % Makefile efi/unpacker/unpacker.mk | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(EFI_FLAGS) $(ROOM) $(DEPENDENCIES) -c $< -o $@

$(UNPACKER)/efi/unpacker/packed.S.o: $(UNPACKER)/loader.packed

$(UNPACKER_LIBRARY): $(filter-out %/firmware/main.c.o %/pure/unpack.c.o,$(EFI_OBJECTS))
	$(Q)rm -f $@ && llvm-ar rcsD $@ $^

$(UNPACKER)/unpacker.debug.efi: private OPTIMISE_WHOLE := inline-threshold=-50 enable-merge-functions
$(UNPACKER)/unpacker.debug.efi: $(UNPACKER_OBJECTS) $(UNPACKER_LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK_EFI) -out:$@ $^

$(LOADER): $(UNPACKER)/unpacker.debug.efi
	$(call say,STRIP,$@)
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) --strip-all $< $@

-include $(UNPACKER_OBJECTS:.o=.d)
