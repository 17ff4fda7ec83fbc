//! Chance that is the same in every run.

/// Marsaglia's xorshift from a fixed seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    pub(crate) fn number(&mut self) -> i64 {
        self.below(2_000) as i64 - 1_000
    }

    pub(crate) fn text(&mut self) -> String {
        format!("t{}", self.below(1_000))
    }
}
