//! Where plugins are looked for.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use netweight_core::limits::plugin::PLUGINS;

use crate::manifest::side_file;
use crate::{Plugin, Settings};

/// The variable that names folders of plugins, as `PATH` does for programs.
pub const VARIABLE: &str = "NETWEIGHT_PLUGINS";

/// What the names of plugins begin with that lie beside the program, among other files.
const PREFIXES: [&str; 2] = ["libnetweight_", "netweight_"];

/// Endings of shared libraries.
const LIBRARIES: [&str; 3] = ["so", "dylib", "dll"];

/// A folder, and why it is looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// Who named it: an option, the variable, or nobody.
    pub origin: &'static str,
    /// Whether it holds other things than plugins.
    mixed: bool,
}

/// What was found in the folders.
#[derive(Debug, Default)]
pub struct Found {
    /// Plugins, those first that win over later ones of the same id.
    pub plugins: Vec<Plugin>,
    /// Files that are no plugins, or not trusted, and why.
    pub rejected: Vec<(PathBuf, String)>,
}

/// The folders, in the order in which they are looked into: those given, those that the variable
/// names, those beside the program, the user's own. An empty variable leaves only those given.
pub fn folders(given: &[PathBuf]) -> Vec<Folder> {
    let folder = |path: PathBuf, origin| Folder { path, origin, mixed: false };
    let mut folders: Vec<Folder> =
        given.iter().map(|path| folder(path.clone(), "--plugin-dir")).collect();
    if let Some(named) = env::var_os(VARIABLE) {
        if named.is_empty() {
            return folders;
        }
        let named = env::split_paths(&named).filter(|path| path.is_absolute());
        folders.extend(named.map(|path| folder(path, VARIABLE)));
    }
    // Installers put links to the program on the path; its plugins lie where it really is.
    let program = env::current_exe().and_then(fs::canonicalize).ok();
    if let Some(program) = program.as_deref().and_then(Path::parent) {
        let beside = "beside the program";
        folders.push(Folder { path: program.to_owned(), origin: beside, mixed: true });
        folders.extend(program.parent().map(|above| folder(above.join("lib/netweight"), beside)));
    }
    folders.extend(user_folder().map(|path| folder(path, "your own")));
    folders
}

/// Where `plugin install` puts plugins: the user's data folder.
pub fn user_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = set("XDG_DATA_HOME").or_else(|| {
        let home = set("HOME")?;
        Some(home.join(if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".local/share"
        }))
    });
    data.map(|data| data.join("netweight").join("plugins"))
}

/// Every plugin in the folders. Runs none of their code.
pub fn find(folders: &[Folder], settings: &Settings) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for (index, path) in folders.iter().flat_map(candidates).enumerate() {
        if index == PLUGINS {
            found.rejected.push((path, format!("not looked at, like all behind {PLUGINS} others")));
            break;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if !seen.insert(real) {
            continue;
        }
        match Plugin::open(&path, settings) {
            Ok(plugin) => found.plugins.push(plugin),
            Err(why) => found.rejected.push((path, why)),
        }
    }
    found
}

/// Files of a folder that may be plugins: shared libraries, and programs with a side file.
fn candidates(folder: &Folder) -> Vec<PathBuf> {
    let entries = fs::read_dir(&folder.path).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_named_as_plugin(path, folder.mixed))
        .collect();
    paths.sort();
    paths
}

fn is_named_as_plugin(path: &Path, mixed: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if mixed && !PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return false;
    }
    let ending = path.extension().unwrap_or_default();
    LIBRARIES.iter().any(|known| ending == *known) || side_file(path).is_file()
}
