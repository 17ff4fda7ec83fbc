//! What can be wrong with a formula, and with the sizes it is given.
use std::fmt;

/// A formula's text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaError {
    /// Where, in bytes from the start of the text.
    pub offset: usize,
    /// Where, in characters from 1.
    pub column: usize,
    /// What was found there, and what was expected.
    pub message: String,
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.message)
    }
}

impl std::error::Error for FormulaError {}

/// Why a formula has no value for these sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unresolved {
    /// Sizes that are not known: all of them, in order of appearance.
    Missing(Vec<String>),
    /// A list or a flag where one size is needed.
    NotASize {
        /// The symbol.
        symbol: String,
        /// What it stands for: `a flag`, `a list of 3`.
        found: String,
    },
    /// A division that leaves a remainder, or by zero.
    Uneven {
        /// What is divided.
        numerator: u128,
        /// The same in symbols.
        numerator_symbols: String,
        /// What it is divided by.
        denominator: u64,
        /// The same in symbols.
        denominator_symbols: String,
    },
    /// More than 2⁶⁴ − 1, in this part of the formula.
    Overflow(String),
    /// Less than zero, in this part of the formula.
    Negative(String),
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(symbols) => {
                let are = if symbols.len() == 1 { "is" } else { "are" };
                write!(f, "`{}` {are} not known", symbols.join("`, `"))
            }
            Self::NotASize { symbol, found } => {
                write!(f, "`{symbol}` is {found}, expected one size")
            }
            Self::Uneven { numerator, numerator_symbols, denominator, denominator_symbols } => {
                write!(
                    f,
                    "`{numerator_symbols}` = {numerator} does not divide into \
                     `{denominator_symbols}` = {denominator} equal parts"
                )
            }
            Self::Overflow(part) => write!(f, "`{part}` is larger than 64 bits can count"),
            Self::Negative(part) => write!(f, "`{part}` is less than zero"),
        }
    }
}

impl std::error::Error for Unresolved {}
