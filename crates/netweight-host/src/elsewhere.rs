//! In the place of `run` on systems where plugins are not run yet.

use std::io;
use std::path::Path;

use netweight_core::{ImportError, ImportOptions, Model};

use crate::{Isolation, Plugin, Settings};

/// Runs as a plugin's process if the program was started as one, which no program is here.
pub fn serve() {}

/// What does not run needs no trust.
pub(crate) fn distrust(_: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// Says that plugins do not run here.
pub(crate) fn run(
    plugin: &Plugin,
    _: &Settings,
    _: &Path,
    _: &ImportOptions,
) -> Result<(Model, Isolation), ImportError> {
    let what = format!("plugin {}: plugins do not run on this system yet", plugin.file_name());
    Err(ImportError::unsupported("plugin/unsupported-system", what).help(
        "`netweight export FILE > model.jsonl` on Linux or macOS writes a model that is read here",
    ))
}
