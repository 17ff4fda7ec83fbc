//! Names with `*` for anything.

/// A pattern for names: `*` stands for anything, the rest for itself, case aside.
///
/// ```
/// let pattern = netweight_core::Pattern::new("layers.*.q_proj");
/// assert!(pattern.is("layers.11.q_proj"));
/// assert!(!pattern.is("layers.11.q_proj.bias"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Self {
        Self { parts: text.to_lowercase().split('*').map(str::to_owned).collect() }
    }

    /// Whether the whole name fits.
    pub fn is(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|only| *only == name);
        };
        let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
            rest = after;
        }
        rest.ends_with(last.as_str())
    }

    /// Whether the name fits, or, without a `*` in the pattern, a part of it does.
    pub fn is_in(&self, name: &str) -> bool {
        match self.parts.as_slice() {
            [only] => name.to_lowercase().contains(only.as_str()),
            _ => self.is(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_stand_for_anything() {
        let cases = [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("*.bias", "fc.bias", true),
            ("fc.*", "fc", false),
            ("a*b*c", "axbxbxc", true),
            ("Conv*", "conv_1", true),
            ("", "x", false),
        ];
        for (pattern, name, fits) in cases {
            assert_eq!(Pattern::new(pattern).is(name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn a_bare_word_is_found_within() {
        assert!(Pattern::new("attn").is_in("h.0.ATTN.q"));
        assert!(!Pattern::new("attn*").is_in("h.0.attn"));
    }
}
