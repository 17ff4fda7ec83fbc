//! Finds format plugins and runs them in a locked-down child; returns their model.
//!
//! [`find`] looks through [`folders`] and gives [`Plugin`]s, each an
//! [`Importer`](netweight_core::Importer). Finding runs no code of theirs: what a plugin reads
//! stands in its manifest. To read a file, the running program is started again, locks itself
//! down ([`Isolation`]) and runs the one plugin; what it sends, and how it ends, is all that
//! comes back. A program that uses plugins calls [`serve`] before anything else:
//!
//! ```no_run
//! netweight_host::serve();
//! let settings = netweight_host::Settings::new()?;
//! let found = netweight_host::find(&netweight_host::folders(&[]), &settings);
//! for plugin in &found.plugins {
//!     println!("{} {}", plugin.manifest.id, plugin.path.display());
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Where the system is no Unix, plugins are found and listed but not run: reading a file says so.

mod check;
#[cfg(unix)]
mod child;
mod install;
mod isolation;
mod limits;
#[cfg(unix)]
mod lock;
mod manifest;
mod mode;
#[cfg(unix)]
mod parent;
mod plugin;
#[cfg_attr(not(unix), path = "elsewhere.rs")]
mod run;
mod scratch;
mod search;
mod skeleton;
#[cfg(unix)]
mod trust;
#[cfg(unix)]
mod verdict;

pub use check::{Checked, check};
pub use install::install;
pub use isolation::Isolation;
pub use limits::Limits;
pub use manifest::manifest_in;
pub use plugin::{Form, Plugin, Settings};
pub use run::serve;
pub use search::{Folder, Found, VARIABLE, find, folders, user_folder};
pub use skeleton::{Language, new_plugin};
