//! The model and the files beside it, opened before anything is locked.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString, c_char, c_void};
use std::fs::{self, DirEntry, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use memmap2::MmapOptions;
use netweight_core::limits::plugin::SIBLINGS;

/// Bytes that stay mapped until the process ends.
pub(super) type Mapped = &'static [u8];

/// The files beside the model, by name.
pub(super) struct Siblings {
    files: HashMap<OsString, RefCell<Sibling>>,
    /// Whether the folder holds more than are opened.
    has_more: bool,
}

enum Sibling {
    Open(File),
    Mapped(Mapped),
    /// A link that leads out of the folder.
    Outside,
}

/// Opens a file for reading; never waits for one that is not a regular file.
pub(super) fn open(path: &Path) -> io::Result<File> {
    open_with(path, 0)
}

fn open_with(path: &Path, flags: i32) -> io::Result<File> {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | flags;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    }
}

/// Maps a file, to be read here and there.
pub(super) fn map(file: &File) -> io::Result<Mapped> {
    if file.metadata()?.len() == 0 {
        return Ok(&[]);
    }
    // SAFETY: a private mapping that is never written to and never unmapped. If somebody else
    // cuts the file off, reading ends this process with a signal, which the parent tells.
    let mapping = unsafe { MmapOptions::new().map_copy_read_only(file)? };
    // Advice only: without it the mapping works as well.
    let _ = mapping.advise(memmap2::Advice::Random);
    Ok(Box::leak(Box::new(mapping)))
}

/// The folder's regular files, the model's own among them, with their paths. Links are followed
/// within the folder, and as download caches lay them out. Also, whether there are more.
pub(super) fn beside(model: &Path) -> (Vec<(OsString, Option<PathBuf>)>, bool) {
    let folder = match model.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().unwrap_or_default();
    // A folder that cannot be listed has nothing beside the model.
    let mut entries = fs::read_dir(&folder).into_iter().flatten();
    let file = |entry: DirEntry| {
        let (name, path) = (entry.file_name(), entry.path());
        match entry.file_type().ok()? {
            kind if kind.is_file() => Some((name, Some(path))),
            kind if kind.is_symlink() => {
                let target = path.canonicalize().ok();
                Some((name, target.filter(|target| is_inside(&folder, target))))
            }
            _ => None,
        }
    };
    let first = entries.by_ref().take(SIBLINGS).filter_map(Result::ok);
    (first.filter_map(file).collect(), entries.next().is_some())
}

/// Whether a link's target lies in the folder, or, from `snapshots/<revision>` of a download
/// cache, in the `blobs` of the same entry.
fn is_inside(folder: &Path, target: &Path) -> bool {
    let home = target.parent();
    let snapshots = folder.parent().filter(|above| above.ends_with("snapshots"));
    let blobs = snapshots.and_then(Path::parent).map(|entry| entry.join("blobs"));
    home == Some(folder) || (blobs.is_some() && home == blobs.as_deref())
}

impl Siblings {
    /// Opens every file beside the model; those that cannot be opened are not there.
    pub(super) fn open(model: &Path) -> Self {
        let (files, has_more) = beside(model);
        let opened = files.into_iter().filter_map(|(name, path)| {
            let sibling = match path {
                Some(path) => Sibling::Open(open_with(&path, libc::O_NOFOLLOW).ok()?),
                None => Sibling::Outside,
            };
            Some((name, RefCell::new(sibling)))
        });
        Self { files: opened.collect(), has_more }
    }

    /// The bytes of all files together.
    pub(super) fn bytes(&self) -> u64 {
        let lengths = self.files.values().filter_map(|sibling| match &*sibling.borrow() {
            Sibling::Open(file) => Some(file.metadata().ok()?.len()),
            Sibling::Mapped(_) | Sibling::Outside => None,
        });
        lengths.fold(0, u64::saturating_add)
    }

    /// A file's bytes, or the error's number.
    fn map(&self, name: &OsStr) -> Result<Mapped, i32> {
        if name.is_empty()
            || name.as_bytes().iter().any(|byte| [b'/', 0].contains(byte))
            || name == ".."
            || name == "."
        {
            return Err(libc::EINVAL);
        }
        let missing = if self.has_more { libc::EMFILE } else { libc::ENOENT };
        let sibling = self.files.get(name).ok_or(missing)?;
        let mapped = match &*sibling.borrow() {
            Sibling::Mapped(mapped) => return Ok(mapped),
            Sibling::Outside => return Err(libc::ELOOP),
            Sibling::Open(file) => map(file),
        };
        let mapped = mapped.map_err(|error| error.raw_os_error().unwrap_or(libc::EIO))?;
        sibling.replace(Sibling::Mapped(mapped));
        Ok(mapped)
    }
}

/// The `open` of `nw_input`: its context is the siblings.
pub(super) unsafe extern "C" fn open_sibling(
    context: *mut c_void,
    name: *const c_char,
    length: usize,
    data: *mut *const u8,
    bytes: *mut u64,
) -> i32 {
    if name.is_null() || data.is_null() || bytes.is_null() {
        return libc::EINVAL;
    }
    // SAFETY: the context is what this program gave with the function; the plugin's pointers
    // are its own, and where they are wrong, only its own process ends.
    let (siblings, name) = unsafe {
        (&*context.cast::<Siblings>(), std::slice::from_raw_parts(name.cast::<u8>(), length))
    };
    match siblings.map(OsStr::from_bytes(name)) {
        Ok(mapped) => {
            let start = if mapped.is_empty() { std::ptr::null() } else { mapped.as_ptr() };
            // SAFETY: not null, and the plugin's to write to.
            unsafe {
                *data = start;
                *bytes = mapped.len() as u64;
            }
            0
        }
        Err(error) => error,
    }
}
