// SPDX-License-Identifier: BSD-2-Clause
//! The page-table library from Rust without `std` and without an allocator, as a kernel has it: a
//! space in memory that the caller hands over, mapped, protected, asked and printed through a
//! function of the caller's (main.c).
#![no_std]

mod hoist_paging;

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::{addr_of, null_mut};
use hoist_paging as hoist;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const RAM: u64 = 0xffff_8000_0000_0000;
const DEVICES: u64 = 0xffff_9000_0000_0000;

/// Frames for tables: the frame at physical address 4096 * n is the n-th of the memory.
struct Frames {
    memory: *mut u8,
    count: u64,
    used: u64, // frame 0 is never handed out
}

unsafe extern "C" fn allocate(context: *mut c_void, frame: *mut hoist::Frame4K) -> bool {
    let frames = &mut *(context as *mut Frames);
    if frames.used + 1 >= frames.count {
        return false;
    }
    frames.used += 1;
    (*frame).pa = frames.used * hoist::SIZE_4K;
    true
}

unsafe extern "C" fn give_back(_: *mut c_void, _: hoist::Frame4K) {}

unsafe extern "C" fn reach(context: *mut c_void, frame: hoist::Frame4K) -> *mut c_void {
    (*(context as *const Frames)).memory.add(frame.pa as usize) as *mut c_void
}

static HOOKS: hoist::Hooks = hoist::Hooks {
    allocate_table: Some(allocate),
    free_table: Some(give_back),
    table_at: Some(reach),
    flush: None, // no CPU uses the tables; a kernel gives layout_flush_this_cpu
    read_entry: None,
    is_root_in_use: None,
};

/// What main.c prints with: text, and three numbers.
type Print = unsafe extern "C" fn(*const u8, u64, u64, u64);

unsafe extern "C" fn print_run(context: *mut c_void, run: *const hoist::Run) -> hoist::Answer {
    let rights = (*run).effective.rights & (hoist::WRITE | hoist::EXECUTE);
    let text = match rights {
        0 => "r--\0",
        hoist::WRITE => "rw-\0",
        hoist::EXECUTE => "r-x\0",
        _ => "rwx\0",
    };
    (*(context as *const Print))(
        text.as_ptr(),
        (*run).va.value,
        (*run).pa.value,
        (*run).size_bytes / 1024,
    );
    hoist::OK
}

fn checked(answer: hoist::Answer) -> Result<(), hoist::Answer> {
    if answer == hoist::OK {
        Ok(())
    } else {
        Err(answer)
    }
}

unsafe fn map_and_protect(space: *mut hoist::Space) -> Result<(), hoist::Answer> {
    let (va, pa) = (hoist::Va { value: RAM }, hoist::Pa { value: 0 });
    let ram = hoist::Extent {
        va,
        pa,
        size_bytes: 2 * hoist::SIZE_1G,
    };
    let text = hoist::Range {
        va: hoist::Va {
            value: RAM + 0x4020_1000,
        },
        size_bytes: 0x3000,
    };
    checked(hoist::hoist_map(
        space,
        &ram,
        hoist::kernel_data(),
        hoist::LEAF_1G,
    ))?;
    checked(hoist::hoist_protect(space, &text, hoist::kernel_text()))?;

    // Single pages: checked once, and then of a type that cannot be mixed up.
    let mut cursor = hoist::layout_cursor_of(space);
    for number in 0..4 {
        let (mut page, mut frame) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        let va = hoist::Va {
            value: DEVICES + number * 2 * hoist::SIZE_4K,
        };
        let pa = hoist::Pa {
            value: 0xfee0_0000 + number * hoist::SIZE_4K,
        };
        checked(hoist::hoist_page_4k_at(space, va, page.as_mut_ptr()))?;
        checked(hoist::hoist_frame_4k_at(space, pa, frame.as_mut_ptr()))?;
        let access = hoist::access_of(hoist::READ, hoist::UNCACHED);
        checked(hoist::hoist_cursor_map(
            &mut cursor,
            page.assume_init(),
            frame.assume_init(),
            access,
        ))?;
    }
    Ok(())
}

unsafe fn ask(space: *const hoist::Space, print: Print) -> Result<(), hoist::Answer> {
    let va = hoist::Va {
        value: RAM + 0x4020_1123,
    };
    let (mut found, mut pa) = (
        MaybeUninit::<hoist::Translation>::uninit(),
        hoist::Pa { value: 0 },
    );
    checked(hoist::hoist_query(space, va, found.as_mut_ptr()))?;
    checked(hoist::hoist_translate_any(space, va, &mut pa))?;
    let found = found.assume_init();
    if found.pa.value != pa.value || found.size != hoist::LEAF_4K {
        return Err(hoist::NOT_MAPPED);
    }
    print("is\0".as_ptr(), va.value, pa.value, 4);
    let hole = hoist::Va {
        value: DEVICES + hoist::SIZE_4K,
    };
    let answer = hoist::hoist_translate_any(space, hole, &mut pa);
    print(hoist::hoist_result_text(answer), hole.value, 0, 0);
    if hoist::layout_is_canonical(space, 1 << 47) {
        return Err(hoist::NOT_CANONICAL);
    }
    let visitor = hoist::Visitor {
        leaf: None,
        table: None,
        context: &print as *const Print as *mut c_void,
        budget_entries: 0,
        run: Some(print_run),
    };
    checked(hoist::hoist_visit(
        space,
        hoist::Va { value: 0 },
        hoist::Va { value: u64::MAX },
        &visitor,
    ))
}

/// Whether each member lies where C has it, asked in the order of layout.c.
fn layout_is_that_of_c() -> bool {
    macro_rules! places {
        ($($type:ident . $member:ident),* $(,)?) => {
            [$({
                let value = MaybeUninit::<hoist::$type>::uninit();
                let start = value.as_ptr();
                unsafe { addr_of!((*start).$member) as usize - start as usize }
            }),*]
        };
    }
    let ours = places![
        Hooks.allocate_table,
        Hooks.free_table,
        Hooks.table_at,
        Hooks.flush,
        Hooks.read_entry,
        Hooks.is_root_in_use,
        Cpu.has_1g_pages,
        Cpu.has_nx,
        Space.hooks,
        Space.context,
        Space.flush,
        Space.frames,
        Space.keep_links,
        Space.upper_half,
        Translation.leaf,
        Translation.effective,
        Run.effective,
        Run.leaf_count,
        Visitor.context,
        Visitor.run,
    ];
    let same = |(number, place): (usize, &usize)| unsafe { hoist::layout_place(number) } == *place;
    ours.iter().enumerate().all(same) && unsafe { hoist::layout_place(ours.len()) } == usize::MAX
}

/// Does it all in this memory, `count` frames that begin at a multiple of 4096. NULL, or what went
/// wrong, as text that ends with a zero.
#[no_mangle]
pub unsafe extern "C" fn rust_main(memory: *mut u8, count: u64, print: Print) -> *const u8 {
    let mut frames = Frames {
        memory,
        count,
        used: 0,
    };
    let mut space = MaybeUninit::<hoist::Space>::uninit();
    let cpu = hoist::Cpu {
        levels: 4,
        physical_bits: 40,
        has_1g_pages: true,
        has_nx: true,
        accept_missing_nx: false,
    };
    if !layout_is_that_of_c() {
        return "the layout is not that of C\0".as_ptr();
    }
    let context = &mut frames as *mut Frames as *mut c_void;
    let mut work = || {
        checked(hoist::hoist_space_init(
            space.as_mut_ptr(),
            &cpu,
            &HOOKS,
            context,
        ))?;
        map_and_protect(space.as_mut_ptr())?;
        ask(space.as_ptr(), print)?;
        checked(hoist::hoist_destroy(space.as_mut_ptr(), None))
    };
    match work() {
        Ok(()) => null_mut(),
        Err(answer) => hoist::hoist_result_text(answer),
    }
}
