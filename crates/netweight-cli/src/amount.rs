//! Amounts as people type them: 25M, 100MiB, 2.5%.

/// Units of counts, by what they multiply with.
const COUNTS: [(&str, u64); 5] =
    [("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("B", 1_000_000_000)];

/// Units of bytes. `K`, `M` and `G` alone could be either, so they are none.
const BYTES: [(&str, u64); 8] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Parts of a per cent that a growth is exact to.
const PARTS: u64 = 10_000;

/// `25000000`, `25_000_000`, `25,000,000`, `25M`.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    scaled(text, &COUNTS).ok_or_else(|| format!("`{text}` is no count; write 25000000 or 25M"))
}

/// `104857600`, `100MiB`, `104.8MB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    scaled(text, &BYTES)
        .ok_or_else(|| format!("`{text}` is no amount of bytes; write 104857600, 100MiB or 105MB"))
}

/// A share in ten-thousandths of a per cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Percent(u64);

impl Percent {
    /// Whether `now` is more than `before` by a larger share than this.
    pub(crate) fn is_exceeded(self, before: u64, now: u64) -> bool {
        let whole = u128::from(PARTS) * 100;
        u128::from(now) * whole > u128::from(before) * (whole + u128::from(self.0))
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, parts) = (self.0 / PARTS, self.0 % PARTS);
        let decimals = format!("{parts:04}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            decimals => write!(f, "{whole}.{decimals}%"),
        }
    }
}

/// `2%`, `0.5`.
pub(crate) fn percent(text: &str) -> Result<Percent, String> {
    let parts = scaled(text.trim_end_matches('%'), &[("", PARTS)]);
    parts.map(Percent).ok_or_else(|| format!("`{text}` is no percentage; write 2% or 0.5%"))
}

/// A decimal number with a unit, exact; none where it is no whole amount or too large.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim().replace(['_', ','], "");
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = units.iter().find(|(name, _)| *name == unit.trim())?.1;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits: u128 = format!("{whole}{decimals}").parse().ok()?;
    let divisor = 10u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    // A part of a byte or parameter is rounded away: the limit is the stricter for it.
    u64::try_from(digits.checked_mul(factor.into())? / divisor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_bytes_have_units() {
        assert_eq!(count("25M"), Ok(25_000_000));
        assert_eq!(count("1.5 k"), Ok(1_500));
        assert_eq!(count("25,557,032"), Ok(25_557_032));
        assert_eq!(count("8B"), Ok(8_000_000_000));
        assert_eq!(bytes("100MiB"), Ok(104_857_600));
        assert_eq!(bytes("0.5 KiB"), Ok(512));
        assert_eq!(bytes("25_240"), Ok(25_240));
        for wrong in ["", "M", "1.2.3", "-5", "5 apples", "99999999999999999999"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
        assert!(bytes("100M").is_err(), "MB or MiB?");
        assert!(
            bytes(&"9".repeat(1000)).is_err() && bytes(&format!("1.{}", "0".repeat(99))).is_err()
        );
    }

    #[test]
    fn growth_is_exact() {
        let two = percent("2%").unwrap();
        assert!(!two.is_exceeded(1_000, 1_020));
        assert!(two.is_exceeded(1_000, 1_021));
        assert!(!two.is_exceeded(u64::MAX, u64::MAX));
        assert!(Percent::default().is_exceeded(0, 1));
        assert_eq!(percent("0.25").unwrap().to_string(), "0.25%");
        assert_eq!(two.to_string(), "2%");
        assert!(percent("two").is_err());
    }
}
