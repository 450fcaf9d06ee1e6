// SPDX-License-Identifier: BSD-2-Clause
//! The page-table library, declared by hand: what this program needs of paging/*.h, in the order of
//! those headers. layout.c holds the sizes and places against C, and makes functions of what is
//! `static inline` there.

use core::ffi::c_void;
use core::mem::size_of;

// address.h

pub const SIZE_4K: u64 = 0x1000;
pub const SIZE_1G: u64 = 0x4000_0000;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Va {
    pub value: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pa {
    pub value: u64,
}

/// Made by hoist_page_4k_at alone, which checks it: its member is nobody's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Page4K {
    va: u64,
}

/// From hoist_frame_4k_at, which checks it, or from the allocator's hook.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Frame4K {
    pub pa: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Extent {
    pub va: Va,
    pub pa: Pa,
    pub size_bytes: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Range {
    pub va: Va,
    pub size_bytes: u64,
}

// access.h

pub const READ: u8 = 0x01;
pub const WRITE: u8 = 0x02;
pub const EXECUTE: u8 = 0x08;
pub const WRITE_BACK: u8 = 0;
pub const UNCACHED: u8 = 3;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Access {
    pub rights: u8,
    pub cache: u8,
    pub protection_key: u16,
    pub software: u32,
}

// `static inline` in access.h; so short that they are simply said again.
pub const fn access_of(rights: u8, cache: u8) -> Access {
    Access {
        rights,
        cache,
        protection_key: 0,
        software: 0,
    }
}

pub const fn kernel_text() -> Access {
    access_of(READ | EXECUTE, WRITE_BACK)
}

pub const fn kernel_data() -> Access {
    access_of(READ | WRITE, WRITE_BACK)
}

// result.h

/// An `enum hoist_result`. A number and no Rust enum: one that is not listed here does no harm.
#[must_use]
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Answer(pub u32);

pub const OK: Answer = Answer(0);
pub const NOT_CANONICAL: Answer = Answer(0x13);
pub const NOT_MAPPED: Answer = Answer(0x33);

// space.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cpu {
    pub levels: u8,
    pub physical_bits: u8,
    pub has_1g_pages: bool,
    pub has_nx: bool,
    pub accept_missing_nx: bool,
}

/// A `struct hoist_flush`, which this program only passes on.
#[repr(C)]
pub struct Flush {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct Hooks {
    pub allocate_table: Option<unsafe extern "C" fn(*mut c_void, *mut Frame4K) -> bool>,
    pub free_table: Option<unsafe extern "C" fn(*mut c_void, Frame4K)>,
    pub table_at: Option<unsafe extern "C" fn(*mut c_void, Frame4K) -> *mut c_void>,
    pub flush: Option<unsafe extern "C" fn(*mut c_void, *const Flush)>,
    pub read_entry: Option<unsafe extern "C" fn(*mut c_void, Pa, *mut u64) -> Answer>,
    pub is_root_in_use: Option<unsafe extern "C" fn(*mut c_void, Frame4K) -> bool>,
}

#[repr(C)]
pub struct Space {
    pub root: u64,
    pub cpu: Cpu,
    pub hooks: *const Hooks,
    pub context: *mut c_void,
    pub root_flags: u64,
    pub flush: *mut Flush,
    pub frames: *mut c_void,
    pub keep_links: bool,
    pub upper_half: u32,
    pub flush_number: u64,
    pub change_number: u64,
}

// range.h, enum hoist_leaf_size

pub const LEAF_4K: u32 = 1;
pub const LEAF_1G: u32 = 3;

// cursor.h

#[repr(C)]
pub struct Cursor {
    space: *mut Space,
    entries: *mut u64,
    first_va: u64,
    grants: u64,
    change_number: u64,
    access: u64,
    flags: u64,
}

// query.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Translation {
    pub pa: Pa,
    pub size: u32,
    pub leaf: Access,
    pub effective: Access,
    pub entry: u64,
}

// visit.h

#[repr(C)]
pub struct Run {
    pub va: Va,
    pub pa: Pa,
    pub size_bytes: u64,
    pub leaf: Access,
    pub effective: Access,
    pub leaf_count: [u64; 4],
}

#[repr(C)]
pub struct Visitor {
    pub leaf: Option<unsafe extern "C" fn(*mut c_void, *const c_void) -> Answer>,
    pub table: Option<unsafe extern "C" fn(*mut c_void, Frame4K, u32) -> Answer>,
    pub context: *mut c_void,
    pub budget_entries: u64,
    pub run: Option<unsafe extern "C" fn(*mut c_void, *const Run) -> Answer>,
}

// The same numbers as in layout.c.
const _: () = assert!(size_of::<Extent>() == 24 && size_of::<Range>() == 16);
const _: () = assert!(size_of::<Access>() == 8 && size_of::<Cpu>() == 5);
const _: () = assert!(size_of::<Hooks>() == 48 && size_of::<Space>() == 80);
const _: () = assert!(size_of::<Cursor>() == 56 && size_of::<Translation>() == 40);
const _: () = assert!(size_of::<Run>() == 72 && size_of::<Visitor>() == 40);

extern "C" {
    pub fn hoist_result_text(result: Answer) -> *const u8;
    pub fn hoist_space_init(
        space: *mut Space,
        cpu: *const Cpu,
        hooks: *const Hooks,
        context: *mut c_void,
    ) -> Answer;
    pub fn hoist_page_4k_at(space: *const Space, va: Va, page: *mut Page4K) -> Answer;
    pub fn hoist_frame_4k_at(space: *const Space, pa: Pa, frame: *mut Frame4K) -> Answer;
    pub fn hoist_map(
        space: *mut Space,
        extent: *const Extent,
        access: Access,
        largest: u32,
    ) -> Answer;
    pub fn hoist_protect(space: *mut Space, range: *const Range, access: Access) -> Answer;
    pub fn hoist_cursor_map(
        cursor: *mut Cursor,
        page: Page4K,
        frame: Frame4K,
        access: Access,
    ) -> Answer;
    pub fn hoist_query(space: *const Space, va: Va, translation: *mut Translation) -> Answer;
    pub fn hoist_translate_any(space: *const Space, va: Va, pa: *mut Pa) -> Answer;
    pub fn hoist_visit(space: *const Space, first: Va, last: Va, visitor: *const Visitor)
        -> Answer;
    pub fn hoist_destroy(
        space: *mut Space,
        free_page: Option<unsafe extern "C" fn(*mut c_void, Pa, u32)>,
    ) -> Answer;

    // layout.c
    pub fn layout_cursor_of(space: *mut Space) -> Cursor;
    pub fn layout_is_canonical(space: *const Space, va: u64) -> bool;
    pub fn layout_place(number: usize) -> usize;
}
