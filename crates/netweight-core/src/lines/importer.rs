//! The importer for models that `netweight export` wrote.

use std::io::{self, BufReader, Read};

use super::read;
use crate::{Confidence, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source};

/// Bytes looked at to know the first line.
const HEAD: usize = 4_096;

/// What the first line holds, in any version.
const MARK: &[u8] = b"\"netweight-model/";

/// Reads exported models. The model keeps the format of the file that it was exported from.
#[derive(Debug)]
pub struct ModelLines;

static INFO: ImporterInfo = ImporterInfo {
    id: "netweight",
    name: "netweight model",
    summary: "models as JSON lines, as `netweight export` writes them",
    extensions: &["netweight", "jsonl"],
};

impl Importer for ModelLines {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        let head = source.read_vec(0, HEAD).unwrap_or_default();
        let line = head.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let told = line.windows(MARK.len()).any(|window| window == MARK);
        if line.starts_with(b"{") && told { Confidence::Certain } else { Confidence::No }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        Ok(read(&mut BufReader::new(Positioned { source, offset: 0 }))?)
    }
}

/// A source read from front to back.
struct Positioned<'a> {
    source: &'a dyn Source,
    offset: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read_at(self.offset, buffer)?;
        self.offset = self.offset.saturating_add(length as u64);
        Ok(length)
    }
}
