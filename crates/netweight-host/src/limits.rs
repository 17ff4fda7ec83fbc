//! What one run of a plugin may use.

use std::time::Duration;

use netweight_core::limits::plugin;

/// What one run of a plugin may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processor time in seconds. Fair on a busy machine, where the clock on the wall is not.
    pub seconds: u64,
    /// Memory that the plugin may write to, in MiB; mapped files do not count.
    pub mebibytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: plugin::SECONDS, mebibytes: plugin::MEBIBYTES }
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
