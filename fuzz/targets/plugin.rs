//! The C interface of plugins: what an importer makes of a file that comes through pointers is what
//! it makes of the file itself.
#![no_main]

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::slice::from_raw_parts;

use netweight::core::lines;
use netweight::{ImportOptions, Importer, Source};
use netweight_fuzz::Folder;
use netweight_plugin::abi::{ABI, Input, Output};
use netweight_safetensors::Safetensors;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let host = Host::of(Folder::unpack("model.safetensors", input));
    let sent = lines::read(&mut host.run().as_slice());
    let direct = Safetensors.import(&host.folder, &ImportOptions::default());
    assert_eq!(sent.is_ok(), direct.is_ok(), "{:?}", sent.err());
    if let (Ok(sent), Ok(direct)) = (sent, direct) {
        assert!(written(&sent) == written(&direct), "another model came through");
    }
});

fn written(model: &netweight::Model) -> Vec<u8> {
    let mut out = Vec::new();
    lines::write(model, &mut out).unwrap();
    out
}

/// A host in the same process. Each file is a piece of memory of its own, of its exact length.
struct Host {
    folder: Folder,
    model: Box<[u8]>,
    opened: RefCell<Vec<Box<[u8]>>>,
    sent: RefCell<Vec<u8>>,
}

impl Host {
    fn of(folder: Folder) -> Self {
        let model = bytes(&folder);
        Self { folder, model, opened: RefCell::default(), sent: RefCell::default() }
    }

    fn run(&self) -> Vec<u8> {
        let name = self.folder.name();
        let input = Input {
            size: size_of::<Input>().try_into().unwrap(),
            abi: ABI,
            data: self.model.as_ptr(),
            length: self.model.len() as u64,
            name: name.as_ptr().cast(),
            name_length: name.len(),
            options: std::ptr::null(),
            options_length: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            open,
        };
        let output = Output {
            size: size_of::<Output>().try_into().unwrap(),
            reserved: 0,
            context: input.context,
            emit,
            fail,
        };
        // SAFETY: both structures and all that they point to live until it returns, and of what
        // it opens nothing is kept behind.
        unsafe { netweight_plugin::run(&Safetensors, &input, &output) };
        self.sent.take()
    }
}

fn bytes(source: &dyn Source) -> Box<[u8]> {
    source.read_vec(0, usize::MAX).unwrap_or_default().into()
}

unsafe extern "C" fn open(
    context: *mut c_void,
    name: *const c_char,
    name_length: usize,
    data: *mut *const u8,
    length: *mut u64,
) -> i32 {
    // SAFETY: the context is the host, the others are the plugin's own.
    let (host, name) =
        unsafe { (&*context.cast::<Host>(), from_raw_parts(name.cast::<u8>(), name_length)) };
    match host.folder.sibling(&String::from_utf8_lossy(name)) {
        Ok(file) => {
            let file = bytes(&*file);
            // SAFETY: the plugin's to write to.
            unsafe {
                *data = file.as_ptr();
                *length = file.len() as u64;
            }
            host.opened.borrow_mut().push(file);
            0
        }
        Err(_) => 2,
    }
}

unsafe extern "C" fn emit(context: *mut c_void, bytes: *const c_void, length: usize) -> i32 {
    // SAFETY: the context is the host, the bytes are the plugin's own.
    let (host, bytes) =
        unsafe { (&*context.cast::<Host>(), from_raw_parts(bytes.cast::<u8>(), length)) };
    host.sent.borrow_mut().extend(bytes);
    0
}

unsafe extern "C" fn fail(_: *mut c_void, _: *const c_char, _: usize) {}
