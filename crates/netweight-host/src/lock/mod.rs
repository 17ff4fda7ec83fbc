//! What a plugin's process may not do, and how it is kept from it.
//!
//! The order matters and is kept by the callers in [`child`](crate::child): limits, then no new
//! privileges, then paths, then calls, and only then the plugin's first instruction.

#[cfg(target_os = "linux")]
pub(crate) mod calls;
#[cfg(target_os = "linux")]
mod filter;
pub(crate) mod limit;
#[cfg(target_os = "linux")]
pub(crate) mod paths;
#[cfg(target_os = "linux")]
pub(crate) mod signal;

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a plugin's process is kept to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// It can read the model and nothing else.
    Full,
    /// The system cannot confine paths: while it is loaded it might read other files.
    WithoutPaths,
    /// Limits on time and memory only.
    LimitsOnly,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full isolation",
            Self::WithoutPaths => {
                "reduced isolation: this system does not confine paths, so that a plugin might \
                 read other files while it is loaded"
            }
            Self::LimitsOnly => {
                "no isolation but limits on time and memory: this system offers no confinement \
                 for plugins"
            }
        })
    }
}

/// What kind of plugin is locked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prisoner {
    /// A library in the helper's own process, which needs its loader first.
    Library,
    /// A program that takes the helper's place.
    Program,
}
