//! The files of a folder of test data, each with those beside it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use netweight::{Bytes, Source};

use crate::Folder;

/// A folder of so few files holds one model.
const ONE_MODEL: usize = 8;

/// A file of the test data.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its path from the folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    beside: Arc<Vec<Bytes>>,
}

impl Seed {
    /// The file's name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// A file of this name and these bytes, with the same files beside it.
    pub fn with(&self, bytes: Vec<u8>) -> Folder {
        Folder::new(Bytes::new(self.name(), bytes), Arc::clone(&self.beside))
    }

    /// The file with those beside it that it may need.
    pub fn needed(&self) -> Folder {
        let named = |other: &Bytes| {
            let name = other.name().as_bytes();
            self.bytes.windows(name.len()).any(|window| window == name)
        };
        let all = self.beside.len() <= ONE_MODEL;
        let needed = self.beside.iter().filter(|other| other.name() != self.name());
        let needed = needed.filter(|other| all || named(other)).cloned().collect();
        Folder::new(Bytes::new(self.name(), self.bytes.clone()), Arc::new(needed))
    }
}

/// Every file below a folder, in the order of their paths.
///
/// # Errors
/// What the system said.
pub fn seeds(folder: &Path) -> io::Result<Vec<Seed>> {
    let mut folders: BTreeMap<PathBuf, Vec<Bytes>> = BTreeMap::new();
    gather(folder, &mut folders)?;
    let mut seeds = Vec::new();
    for (place, files) in folders {
        let beside = Arc::new(files);
        let place =
            place.strip_prefix(folder).unwrap_or(&place).to_string_lossy().replace('\\', "/");
        for file in beside.iter() {
            let path = format!("{place}/{}", file.name()).trim_start_matches('/').to_owned();
            let bytes = file.read_vec(0, usize::MAX)?;
            seeds.push(Seed { path, bytes, beside: Arc::clone(&beside) });
        }
    }
    Ok(seeds)
}

fn gather(folder: &Path, folders: &mut BTreeMap<PathBuf, Vec<Bytes>>) -> io::Result<()> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, folders)?;
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            folders
                .entry(folder.to_owned())
                .or_default()
                .push(Bytes::new(name, std::fs::read(&path)?));
        }
    }
    Ok(())
}
