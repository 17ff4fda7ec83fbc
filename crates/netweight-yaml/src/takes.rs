//! What a key takes.

/// The values that a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `true` or `false`.
    Flag,
    /// A whole number from 1.
    Size,
    /// A size or a list of them.
    Sizes,
    /// A size for all spatial dimensions, or one for each, of a kernel: it says how many.
    Kernel,
    /// A size for all spatial dimensions, or one for each.
    PerAxis,
    /// A whole number or a list of them.
    Wholes,
    /// A size or sizes for the spatial dimensions, both their ends, or a rule's name.
    Padding,
    /// A size or sizes for the spatial dimensions, both their ends.
    Amounts,
    /// Text.
    Text,
    /// Any one value; it changes nothing.
    Scalar,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A flag, a number, a list of numbers, or text.
    Any,
}

/// The rules that padding knows by name.
pub(crate) const PADDINGS: &[&str] = &["valid", "same", "causal", "same_upper", "same_lower"];

impl Takes {
    /// In words, as an error or a table says it.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Size => "a whole number from 1".to_owned(),
            Self::Sizes => "a whole number from 1, or a list of them".to_owned(),
            Self::Kernel | Self::PerAxis => {
                "a whole number from 1, or one for each dimension".to_owned()
            }
            Self::Wholes => "a whole number, or a list of them".to_owned(),
            Self::Padding => {
                format!("a whole number, one for each dimension, or {}", one_of(PADDINGS))
            }
            Self::Amounts => "a whole number, one for each dimension, or two".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Scalar => "a number, text or a truth value".to_owned(),
            Self::OneOf(words) => one_of(words),
            Self::Any => "a truth value, a number, a list or text".to_owned(),
        }
    }
}

/// `` `a`, `b` or `c` ``
pub(crate) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => format!("`{word}`"),
        [rest @ .., last] => format!("`{}` or `{last}`", rest.join("`, `")),
    }
}
