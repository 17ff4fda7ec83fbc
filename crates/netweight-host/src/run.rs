//! A plugin run in a process of its own.

use std::io;
use std::path::Path;

use netweight_core::{ImportError, ImportOptions, Model};

use crate::child::Request;
pub use crate::child::serve;
use crate::lock::Prisoner;
pub(crate) use crate::trust::distrust;
use crate::verdict::verdict;
use crate::{Form, Isolation, Plugin, Settings, parent};

/// Reads a file, and tells how far the plugin was kept to itself.
pub(crate) fn run(
    plugin: &Plugin,
    settings: &Settings,
    model: &Path,
    options: &ImportOptions,
) -> Result<(Model, Isolation), ImportError> {
    let request = Request {
        prisoner: match plugin.form {
            Form::Library => Prisoner::Library,
            Form::Program => Prisoner::Program,
        },
        plugin: plugin.path.clone(),
        model: std::path::absolute(model)?,
        options: serde_json::to_string(options).map_err(io::Error::from)?,
        limits: settings.limits,
        unconfined: settings.unconfined,
    };
    let ended = parent::run(&settings.program, &request)?;
    let isolation = ended.isolation.unwrap_or(Isolation::LimitsOnly);
    Ok((verdict(ended, &plugin.file_name(), settings.limits)?, isolation))
}
