//! Texts damaged here and there, in the same way on every run.

/// Numbers that look random.
pub(crate) struct Damage(u64);

impl Default for Damage {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

/// What the notation gives a meaning to, and what it cannot have.
const MARKS: &[u8] = b" \n:-{}[]$#&*\"'0\t\xff,";

impl Damage {
    /// A copy with a few bytes changed, taken out or put in, or cut off.
    pub(crate) fn to(&mut self, text: &[u8]) -> Vec<u8> {
        let mut damaged = text.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(damaged.len());
            match self.below(4) {
                0 => damaged[at] = MARKS[self.below(MARKS.len())],
                1 => damaged.truncate(at + 1),
                2 => drop(damaged.remove(at)),
                _ => damaged.insert(at, MARKS[self.below(MARKS.len())]),
            }
            if damaged.is_empty() {
                damaged.push(b'a');
            }
        }
        damaged
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
