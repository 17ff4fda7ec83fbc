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

/// What kind of plugin is locked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prisoner {
    /// A library in the helper's own process, which needs its loader first.
    Library,
    /// A program that takes the helper's place.
    Program,
}
