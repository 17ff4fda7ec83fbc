//! Files on disk as sources.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use netweight_core::Source;

/// A file, read at positions; never mapped.
#[derive(Debug)]
pub struct FileSource {
    name: String,
    path: PathBuf,
    file: File,
    length: u64,
}

impl FileSource {
    /// Opens a file.
    ///
    /// # Errors
    /// What the system said; `IsADirectory` for a folder.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let kind = std::fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "a directory, not a file"));
        }
        // Opening a pipe or a device would wait for somebody to write into it.
        if !kind.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, path: path.to_owned(), file, length })
    }

    #[cfg(unix)]
    fn read_some(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_some(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}

impl Source for FileSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read_some(offset.saturating_add(done as u64), rest) {
                Ok(0) => break,
                Ok(count) => done = done.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn another(&self) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(Self {
            name: self.name.clone(),
            path: self.path.clone(),
            file: self.file.try_clone()?,
            length: self.length,
        }))
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    /// The file must lie in the folder of this one, or below it, after every link is followed.
    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let outside = || {
            let why = format!("`{name}` leads outside the model's folder");
            io::Error::new(io::ErrorKind::PermissionDenied, why)
        };
        let folder = folder.canonicalize()?;
        // What is not there cannot be followed, but its name tells as much.
        let target = folder
            .join(name)
            .canonicalize()
            .map_err(|error| if leads_out(Path::new(name)) { outside() } else { error })?;
        if !target.starts_with(&folder) {
            return Err(outside());
        }
        Ok(Box::new(Self::open(target)?))
    }
}

/// Whether a name, read as it stands, leaves the folder that it is relative to.
fn leads_out(name: &Path) -> bool {
    let depth = name.components().try_fold(0usize, |depth, part| match part {
        Component::Normal(_) => Some(depth.saturating_add(1)),
        Component::CurDir => Some(depth),
        Component::ParentDir => depth.checked_sub(1),
        Component::RootDir | Component::Prefix(_) => None,
    });
    depth.is_none()
}
