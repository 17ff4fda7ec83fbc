//! Numbers as people read them: grouped, with a unit, rounded only here.

use std::cmp::Ordering;

pub use netweight_core::grouped;

const KIB: u64 = 1024;

/// The units above a byte, each 1024 of the one before.
const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// A sum's text, with a mark where something unknown is to be added: `≥ 25,557,032`.
pub(crate) fn at_least(complete: bool, sum: String) -> String {
    if complete { sum } else { format!("≥ {sum}") }
}

/// `49.3 KiB`: one decimal, in the largest unit of which there is at least one; `500 B` below.
pub fn binary_bytes(bytes: u64) -> String {
    if bytes < KIB {
        return format!("{bytes} B");
    }
    let bytes = u128::from(bytes);
    let mut unit_bytes = u128::from(KIB);
    let mut text = String::new();
    for unit in UNITS {
        let tenths = (bytes * 10 + unit_bytes / 2) / unit_bytes;
        text = one_decimal(tenths);
        text.extend([" ", unit]);
        if tenths < u128::from(KIB) * 10 {
            break;
        }
        unit_bytes *= u128::from(KIB);
    }
    text
}

/// `3.3%`; `<0.1%` for what is there but would round to nothing. `None` of nothing.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    let tenths = (part * 2000 + whole).checked_div(whole * 2)?;
    Some(match tenths {
        0 if part > 0 => "<0.1%".to_owned(),
        _ => one_decimal(tenths) + "%",
    })
}

/// A bar of so many cells for a whole, in eighths of a cell; what is there is never invisible.
pub(crate) fn bar(part: u64, whole: u64, cells: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let part = part.min(whole);
    let eighths = u128::from(part) * u128::from(cells) * 8;
    let eighths = eighths.checked_div(u128::from(whole)).unwrap_or(0);
    let eighths = usize::try_from(eighths).unwrap_or(usize::MAX).max(usize::from(part > 0));
    let last = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    "█".repeat(eighths / 8) + last
}

/// `25.0%` of a ratio of 0.25.
pub fn ratio(ratio: f64) -> String {
    format!("{:.1}%", ratio * 100.0)
}

/// `−4.4%`, `+3.1%`, `0.0%`: how `now` differs from `before`. `None` where nothing was before.
pub fn change(before: u64, now: u64) -> Option<String> {
    Some(signed(before, now, percent(before.abs_diff(now), before)?))
}

/// `−513,000`, `+12`, `0`: the difference to `before`.
pub fn difference(before: u64, now: u64) -> String {
    signed(before, now, grouped(before.abs_diff(now)))
}

fn signed(before: u64, now: u64, difference: String) -> String {
    match now.cmp(&before) {
        Ordering::Less => format!("−{difference}"),
        Ordering::Equal => difference,
        Ordering::Greater => format!("+{difference}"),
    }
}

/// `1 layer`, `1,204 layers`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

fn one_decimal(tenths: u128) -> String {
    let whole = u64::try_from(tenths / 10).unwrap_or(u64::MAX);
    let mut text = grouped(whole);
    text.push('.');
    text.push_str(&(tenths % 10).to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_grouped_by_three() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (25_557_032, "25,557,032")];
        for (n, text) in cases {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    /// By hand: 50,480 / 1024 = 49.296…; 13,604,000 / 1024² = 12.973…; 2^64 / 1024^6 = 16.
    #[test]
    fn bytes_have_a_unit_and_one_decimal() {
        let cases = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (50_480, "49.3 KiB"),
            (13_604_000, "13.0 MiB"),
            (1_048_524, "1,023.9 KiB"),
            (1_048_525, "1.0 MiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(binary_bytes(bytes), text, "{bytes}");
        }
    }

    /// By hand: 420 / 12,620 = 0.03328…; 1 / 2,000 = 0.0005 is rounded up.
    #[test]
    fn shares_are_exact_to_a_decimal() {
        assert_eq!(percent(420, 12_620).as_deref(), Some("3.3%"));
        assert_eq!(percent(1, 2_000).as_deref(), Some("0.1%"));
        assert_eq!(percent(1, 2_001).as_deref(), Some("<0.1%"));
        assert_eq!(percent(0, 5).as_deref(), Some("0.0%"));
        assert_eq!(percent(5, 5).as_deref(), Some("100.0%"));
        assert_eq!(percent(u64::MAX, u64::MAX).as_deref(), Some("100.0%"));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(change(11_689_512, 11_176_512).as_deref(), Some("−4.4%"));
        assert_eq!(change(353, 681).as_deref(), Some("+92.9%"));
        assert_eq!(change(7, 7).as_deref(), Some("0.0%"));
        assert_eq!(change(0, 7), None);
    }

    #[test]
    fn bars_end_on_an_eighth_of_a_cell() {
        assert_eq!(bar(1, 1, 4), "████");
        assert_eq!(bar(1, 2, 3), "█▌");
        assert_eq!(bar(1, 1_000_000, 10), "▏");
        assert_eq!(bar(0, 5, 10), "");
        assert_eq!(bar(5, 0, 1), "");
    }

    #[test]
    fn nouns_agree_with_their_number() {
        assert_eq!(counted(1, "layer"), "1 layer");
        assert_eq!(counted(0, "layer"), "0 layers");
    }
}
