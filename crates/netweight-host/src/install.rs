//! Puts a plugin where every run finds it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::manifest::{self, side_file};
use crate::plugin::Form;
use crate::{Plugin, Settings, mode};

/// Rights of what is installed: the user's to change, everybody's to use.
const PROGRAM: u32 = 0o755;
const TEXT: u32 = 0o644;

/// Copies a plugin, with its side file if it has one, into a folder; gives it back from there.
///
/// # Errors
/// Why it is no plugin, or cannot be copied, or is not trusted there, in a sentence.
pub fn install(plugin: &Path, folder: &Path, settings: &Settings) -> Result<Plugin, String> {
    let (form, _) = manifest::read(plugin)?;
    let told = |error: io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(told)?;
    let name = plugin.file_name().ok_or("not a file's name")?;
    let target = folder.join(name);
    if form == Form::Program {
        copy(&side_file(plugin), &side_file(&target), TEXT).map_err(told)?;
    }
    copy(plugin, &target, PROGRAM).map_err(told)?;
    Plugin::open(&target, settings)
}

/// Copies under another name and then renames, so that nobody finds half a plugin.
fn copy(from: &Path, to: &Path, mode: u32) -> io::Result<()> {
    let mut name = to.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    fs::copy(from, &new)?;
    mode::set(&new, mode)?;
    fs::rename(&new, to)
}
