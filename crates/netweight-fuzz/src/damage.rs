//! Files damaged in ways that can be repeated.

/// One way to damage a file: the same number does the same to the same bytes, always.
#[derive(Debug, Clone, Copy)]
pub struct Damage(pub u64);

/// What counts and lengths at their extremes look like, in any width and order of bytes.
const EXTREMES: [u64; 8] = [
    0,
    1,
    0x7F,
    0x7FFF_FFFF,
    0x8000_0000,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
];

/// The longest numbers that protobuf can say: the largest, and one with too many bytes.
const VARINTS: [&[u8]; 3] = [
    b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
    b"\xFF\xFF\xFF\xFF\x07",
    b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
];

/// What stands in texts where a value was.
const WORDS: [&[u8]; 12] = [
    b"0",
    b"-1",
    b"18446744073709551616",
    b"9223372036854775807",
    b"1e309",
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"NaN",
    b"[[[[",
    b"\xED\xA0\x80",
];

impl Damage {
    /// A damaged copy.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut random = Random(self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut copy = bytes.to_vec();
        for _ in 0..=random.below(3) {
            once(&mut copy, &mut random);
        }
        copy
    }
}

fn once(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.place(bytes.len());
    let to = at.saturating_add(random.below(64)).min(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..to)),
        2 => {
            let chunk = bytes.get(at..to).unwrap_or_default().to_vec();
            bytes.splice(at..at, chunk);
        }
        3 => overwrite(bytes, at, VARINTS.get(random.below(VARINTS.len())).copied()),
        4 => word(bytes, at, WORDS.get(random.below(WORDS.len())).copied()),
        5 | 6 => {
            let width = 1usize << random.below(4);
            let number = EXTREMES.get(random.below(EXTREMES.len())).copied().unwrap_or(0);
            let (little, big) = (number.to_le_bytes(), number.to_be_bytes());
            let written = match random.below(2) {
                0 => little.get(..width),
                _ => big.get(8usize.saturating_sub(width)..),
            };
            overwrite(bytes, at, written);
        }
        _ => {
            let bit = 1u8 << random.below(8);
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
        }
    }
}

fn overwrite(bytes: &mut [u8], at: usize, new: Option<&[u8]>) {
    let places = bytes.iter_mut().skip(at);
    places.zip(new.unwrap_or_default()).for_each(|(old, new)| *old = *new);
}

/// Puts a word where the next value of a text stands: behind a colon, up to what ends it.
fn word(bytes: &mut Vec<u8>, at: usize, new: Option<&[u8]>) {
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(colon) = rest.iter().position(|byte| *byte == b':') else { return };
    let value = rest.get(colon.saturating_add(1)..).unwrap_or_default();
    let length = value.iter().position(|byte| b",}]\n".contains(byte)).unwrap_or(value.len());
    let start = at.saturating_add(colon).saturating_add(1);
    bytes.splice(start..start.saturating_add(length), new.unwrap_or_default().to_vec());
}

/// A generator of numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let number = usize::try_from(self.0 >> 33).unwrap_or(0);
        number.checked_rem(bound).unwrap_or(0)
    }

    /// A place in a file; every other one near its beginning, where headers are.
    fn place(&mut self, length: usize) -> usize {
        let near = self.below(2) == 0;
        self.below(if near { length.min(512) } else { length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_does_the_same() {
        let file: Vec<u8> = (0..=255).collect();
        let different = (0..100).filter(|number| Damage(*number).of(&file) != file).count();
        assert!(different > 90, "only {different} of 100 damaged");
        assert!((0..100).all(|number| Damage(number).of(&file) == Damage(number).of(&file)));
        assert!((0..100).all(|number| Damage(number).of(b"").len() < 9));
    }
}
