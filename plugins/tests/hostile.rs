//! Sources that are huge, damaged or both. Each importer's tests include this file.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use netweight_core::{ImportError, ImportOptions, Importer, Model, Source, analyze};

/// A file of any length of which only the beginning is there, as in a sparse one: the rest reads
/// as zeros. Counts what is read.
pub(crate) struct Sparse {
    name: String,
    head: Vec<u8>,
    length: u64,
    read: AtomicU64,
}

impl Sparse {
    pub(crate) fn new(name: &str, head: Vec<u8>, length: u64) -> Self {
        Self { name: name.to_owned(), head, length, read: AtomicU64::new(0) }
    }

    pub(crate) fn whole(name: &str, bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self::new(name, bytes, length)
    }

    /// Bytes that were read so far.
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Source for Sparse {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = buffer.len().min(left);
        let start = usize::try_from(offset).unwrap().min(self.head.len());
        let there = &self.head[start..];
        let there = &there[..there.len().min(count)];
        buffer[..count].fill(0);
        buffer[..there.len()].copy_from_slice(there);
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        Err(io::Error::new(io::ErrorKind::NotFound, name.to_owned()))
    }
}

/// Reads bytes under a name.
pub(crate) fn import(
    importer: &dyn Importer,
    name: &str,
    bytes: &[u8],
) -> Result<Model, ImportError> {
    importer.import(&Sparse::whole(name, bytes.to_vec()), &ImportOptions::default())
}

/// The code of the error, or the codes of the diagnostics, that bytes give.
pub(crate) fn answer(importer: &dyn Importer, name: &str, bytes: &[u8]) -> String {
    match import(importer, name, bytes) {
        Ok(model) => {
            let codes: Vec<&str> =
                model.diagnostics.iter().map(|found| found.code.as_ref()).collect();
            format!("read: {}", codes.join(", "))
        }
        Err(error) => format!("refused: {}", error.problems[0].code),
    }
}

/// The first thing that is said of bytes that are refused.
pub(crate) fn why(importer: &dyn Importer, source: &dyn Source) -> String {
    let error = importer.import(source, &ImportOptions::default()).unwrap_err();
    error.problems[0].message.clone()
}

/// Changes and cuts a file in so many ways, the same on every run; whatever comes of it must be
/// an answer, and one that took few bytes to read.
pub(crate) fn damage(importer: &dyn Importer, name: &str, bytes: &[u8], times: usize) {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..times {
        let mut copy = bytes.to_vec();
        for _ in 0..=random(3) {
            // Most of what is read stands near the beginning.
            let near = random(2) == 0;
            let at = random(if near { copy.len().min(512) } else { copy.len() });
            copy[at] = [0, 1, 0x22, 0x7F, 0x80, 0xFF][random(6)];
        }
        if random(4) == 0 {
            copy.truncate(random(copy.len()).max(1));
        }
        let source = Sparse::whole(name, copy);
        importer.probe(&source);
        if let Ok(model) = importer.import(&source, &ImportOptions::default()) {
            analyze(&model);
        }
        let most = 64 * bytes.len() as u64 + (1 << 20);
        assert!(source.read() < most, "{name}: {} bytes read", source.read());
    }
}
