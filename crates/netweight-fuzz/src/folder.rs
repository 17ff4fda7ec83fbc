//! A file in memory with others beside it.

use std::io;
use std::sync::Arc;

use netweight::{Bytes, Source};

/// Stands between the files of one input, before the name of the next.
const MARK: &[u8] = b"\n%%% beside: ";

/// A file in memory that may name others beside it (external data, shards, configs).
#[derive(Debug, Clone)]
pub struct Folder {
    file: Bytes,
    beside: Arc<Vec<Bytes>>,
}

impl Folder {
    /// A file and those beside it.
    pub fn new(file: Bytes, beside: Arc<Vec<Bytes>>) -> Self {
        Self { file, beside }
    }

    /// One input of a fuzzer: the file, then as many others as there are marks, each behind its
    /// name on a line.
    pub fn unpack(name: &str, input: &[u8]) -> Self {
        let mut parts = split(input).into_iter();
        let file = Bytes::new(name, parts.next().unwrap_or_default());
        let beside = parts.map(|part| {
            let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            let (name, bytes) = part.split_at(end);
            Bytes::new(String::from_utf8_lossy(name), bytes.get(1..).unwrap_or_default())
        });
        Self::new(file, Arc::new(beside.collect()))
    }

    /// The files beside it, each in the same folder.
    pub fn others(&self) -> impl Iterator<Item = Self> {
        let folder = |file: &Bytes| Self::new(file.clone(), Arc::clone(&self.beside));
        self.beside.iter().map(folder)
    }

    /// The same as one input.
    ///
    /// # Errors
    /// What a source said.
    pub fn pack(&self) -> io::Result<Vec<u8>> {
        let mut input = self.file.read_vec(0, usize::MAX)?;
        for other in self.beside.iter() {
            input.extend_from_slice(MARK);
            input.extend_from_slice(other.name().as_bytes());
            input.push(b'\n');
            input.extend(other.read_vec(0, usize::MAX)?);
        }
        Ok(input)
    }
}

fn split(mut input: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = input.windows(MARK.len()).position(|window| window == MARK) {
        let (part, rest) = input.split_at(at);
        parts.push(part);
        input = rest.get(MARK.len()..).unwrap_or_default();
    }
    parts.push(input);
    parts
}

impl Source for Folder {
    fn name(&self) -> &str {
        self.file.name()
    }

    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }

    fn another(&self) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(self.clone()))
    }

    /// The file itself is beside itself too: one that names itself must not be read without end.
    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        let mut all = std::iter::once(&self.file).chain(self.beside.iter());
        let found = all.find(|file| file.name() == name);
        let file = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, name.to_owned()))?;
        Ok(Box::new(Self { file: file.clone(), beside: Arc::clone(&self.beside) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_input_find_each_other() {
        let input = b"one\n%%% beside: b.bin\ntwo\n%%% beside: c\nthree\n\n";
        let folder = Folder::unpack("a.onnx", input);
        let read = |source: &dyn Source| source.read_vec(0, 99).unwrap_or_default();
        assert_eq!(read(&folder), b"one");
        let beside = |name| folder.sibling(name).map(|other| read(&*other)).ok();
        assert_eq!(beside("b.bin").as_deref(), Some(&b"two"[..]));
        assert_eq!(beside("c").as_deref(), Some(&b"three\n\n"[..]));
        assert_eq!(beside("a.onnx").as_deref(), Some(&b"one"[..]));
        assert_eq!(beside("d"), None);
        assert_eq!(folder.pack().ok().as_deref(), Some(&input[..]));
    }
}
