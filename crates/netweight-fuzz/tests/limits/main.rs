//! Files that reach a limit, and what is then said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod hdf5;
mod keras;
mod lines;
mod onnx;
mod reached;
mod safetensors;
mod spec;

use std::io;

use netweight::{Bytes, ImportOptions, Source, import};

/// What is said of a file: the first problem, or everything that its model tells.
pub(crate) fn told(source: &dyn Source) -> String {
    match import(source, None, &ImportOptions::default()) {
        Ok(model) => {
            let unknown = model.layers.iter().filter_map(|layer| layer.unknown.as_deref());
            let told: Vec<&str> =
                model.diagnostics.iter().chain(unknown).map(|told| told.message.as_str()).collect();
            told.join("\n")
        }
        Err(error) => error.problems[0].message.clone(),
    }
}

/// Something is said of a file, among other things.
#[track_caller]
pub(crate) fn says(name: &str, bytes: impl Into<Vec<u8>>, expected: &str) {
    let found = told(&Bytes::new(name, bytes));
    assert!(found.contains(expected), "{expected}\nbut {found}");
}

/// One piece over and over, behind a beginning: gigabytes that take no memory.
#[derive(Clone)]
pub(crate) struct Endless {
    pub(crate) name: &'static str,
    pub(crate) head: Vec<u8>,
    pub(crate) piece: Vec<u8>,
    pub(crate) times: u64,
}

impl Source for Endless {
    fn name(&self) -> &str {
        self.name
    }

    fn len(&self) -> u64 {
        self.head.len() as u64 + self.times * self.piece.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let (mut at, mut done) = (offset, 0);
        while at < self.len() && done < buffer.len() {
            let head = self.head.len() as u64;
            let part = match at.checked_sub(head) {
                None => &self.head[usize::try_from(at).unwrap()..],
                Some(at) => &self.piece[usize::try_from(at % self.piece.len() as u64).unwrap()..],
            };
            let length = part.len().min(buffer.len() - done);
            buffer[done..done + length].copy_from_slice(&part[..length]);
            done += length;
            at += length as u64;
        }
        Ok(done)
    }

    fn another(&self) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(self.clone()))
    }

    fn sibling(&self, _: &str) -> io::Result<Box<dyn Source>> {
        Err(io::ErrorKind::NotFound.into())
    }
}
