//! Whether a plugin is where only its user, or the system's administrator, can put it.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Bits of a file's mode.
const STICKY: u32 = 0o1000;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;

/// What makes a file unfit to run, in a sentence; none if nothing does. The file must be the
/// user's own or the administrator's, and nobody else may be able to change or replace it.
pub(crate) fn distrust(path: &Path) -> io::Result<Option<String>> {
    let path = path.canonicalize()?;
    // SAFETY: takes no pointer and cannot fail.
    let user = unsafe { libc::geteuid() };
    for (depth, place) in path.ancestors().enumerate() {
        let metadata = place.metadata()?;
        if let Some(why) = unfit(&metadata, user, depth > 1) {
            return Ok(Some(format!("{} {why}", place.display())));
        }
    }
    Ok(None)
}

/// Why others could change what lies here. Above the plugin's own folder a sticky folder such
/// as `/tmp` will do: others may add to it but not replace what they do not own.
fn unfit(metadata: &Metadata, user: u32, above: bool) -> Option<&'static str> {
    let (mode, owner) = (metadata.mode(), metadata.uid());
    if owner != user && owner != 0 {
        return Some("belongs to another user");
    }
    if above && metadata.is_dir() && mode & STICKY != 0 {
        return None;
    }
    if mode & OTHERS_WRITE != 0 {
        return Some("can be changed by everybody; take the right away with chmod o-w");
    }
    // Where every user has a group of the same number, the group is the user.
    let own_group = metadata.gid() == owner;
    if mode & GROUP_WRITES != 0 && !own_group {
        return Some("can be changed by its group; take the right away with chmod g-w");
    }
    None
}
