//! A folder of the user's own for files that are needed for a moment.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use netweight_core::Source;

use crate::mode;

/// Bytes copied at a time.
const PART: usize = 1 << 20;

/// Names tried: a process makes no more folders than a few.
const ATTEMPTS: u32 = 1_000;

/// The folder; gone with everything in it afterwards.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// An empty one, that nobody else can look into.
    pub(crate) fn new() -> io::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let name = format!("netweight-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match mode::private_folder(&path) {
                Ok(()) => return Ok(Self(path)),
                // Left behind by an earlier process of that number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < ATTEMPTS => {
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a source's bytes into a file.
    pub(crate) fn copy(source: &dyn Source, to: &Path) -> io::Result<()> {
        let mut file = File::create(to)?;
        let mut offset = 0;
        while offset < source.len() {
            let part = source.read_vec(offset, PART)?;
            file.write_all(&part)?;
            offset = offset.saturating_add(part.len() as u64);
        }
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in a temporary folder does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
