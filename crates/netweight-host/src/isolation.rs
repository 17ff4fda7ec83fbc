//! How far a plugin was kept to itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a plugin's process is kept to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
