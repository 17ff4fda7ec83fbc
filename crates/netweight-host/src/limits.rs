//! Every bound on plugins, in one place, each with its reason.

use std::time::Duration;

/// What one run of a plugin may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processor time in seconds. Fair on a busy machine, where the clock on the wall is not.
    pub seconds: u64,
    /// Memory that the plugin may write to, in MiB; mapped files do not count.
    pub mebibytes: u64,
}

impl Default for Limits {
    /// A million tensor names take some seconds and some hundred MiB.
    fn default() -> Self {
        Self { seconds: 30, mebibytes: 1024 }
    }
}

impl Limits {
    /// Time by the clock after which a plugin that sleeps is stopped.
    pub fn deadline(self) -> Duration {
        Duration::from_secs(self.seconds.saturating_mul(4).saturating_add(4))
    }

    /// The memory in bytes.
    pub fn bytes(self) -> u64 {
        self.mebibytes.saturating_mul(1 << 20)
    }
}

/// Files beside the model that a plugin can open. A model is split into some hundred shards at
/// most; each takes a descriptor.
pub const SIBLINGS: usize = 1_000;

/// Descriptors that a plugin's process may have: the siblings and a few more.
pub const DESCRIPTORS: u64 = 1_024;

/// Stack of a plugin's main thread, in bytes; what systems give by default.
pub const STACK: u64 = 8 << 20;

/// Address space beyond mapped files and memory, in bytes: libraries, stacks and what the
/// allocator reserves without using it.
pub const ADDRESSES: u64 = 4 << 30;

/// Bytes kept of the end of a plugin's error output: its last words are in there.
pub const LAST_WORDS: usize = 8 << 10;

/// Letters quoted from a plugin's error output.
pub const QUOTED: usize = 300;

/// Entries looked at in one plugin folder, and plugins known at most.
pub const PLUGINS: usize = 1_000;
