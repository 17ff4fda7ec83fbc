//! The C interface of `include/netweight_plugin.h`, as Rust sees it.

use std::ffi::{c_char, c_void};

/// The version of the interface. It changes only when old plugins would break.
pub const ABI: u32 = 1;

/// The name of the data symbol that holds the manifest.
pub const MANIFEST_SYMBOL: &str = "netweight_manifest";

/// The name of the function that reads a file.
pub const IMPORT_SYMBOL: &str = "netweight_import";

/// Maps another file of the model's folder; returns 0 or an errno value.
pub type Open = unsafe extern "C" fn(
    context: *mut c_void,
    name: *const c_char,
    name_length: usize,
    data: *mut *const u8,
    length: *mut u64,
) -> i32;

/// What the host gives (`nw_input`). All memory is read-only and stays valid until the process
/// ends.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// The size of this structure as the host knows it: newer hosts append fields.
    pub size: u32,
    /// The host's [`ABI`].
    pub abi: u32,
    /// The whole model file; null if there are no bytes.
    pub data: *const u8,
    /// Its length.
    pub length: u64,
    /// The file's name without its folder, UTF-8.
    pub name: *const c_char,
    /// The name's length.
    pub name_length: usize,
    /// What the user adds, as JSON.
    pub options: *const c_char,
    /// Its length.
    pub options_length: usize,
    /// First argument of `open`.
    pub context: *mut c_void,
    /// Maps another file of the model's folder.
    pub open: Open,
}

/// What the plugin gives back (`nw_output`).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// The size of this structure as the host knows it.
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// First argument of `emit` and `fail`.
    pub context: *mut c_void,
    /// Takes the next bytes of the JSON lines; not 0 when the host has had enough.
    pub emit:
        unsafe extern "C" fn(context: *mut c_void, bytes: *const c_void, length: usize) -> i32,
    /// Takes one sentence on why there is no model.
    pub fail: unsafe extern "C" fn(context: *mut c_void, message: *const c_char, length: usize),
}

/// The function that a plugin exports as [`IMPORT_SYMBOL`].
pub type Import = unsafe extern "C" fn(input: *const Input, output: *const Output) -> i32;
