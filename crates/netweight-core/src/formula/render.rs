//! Arithmetic → text.
use std::fmt::Write as _;

use super::syntax::{Bracket, Join, Sign};
use super::tree::{Node, Symbol};

/// Which of its two faces a symbol shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Symbols,
    Numbers,
}

/// Bytes that most formulas do with.
const USUAL: usize = 32;

impl Node {
    pub(super) fn render(&self, view: View) -> String {
        let mut text = String::with_capacity(USUAL);
        self.write(view, &mut text);
        text
    }

    fn write(&self, view: View, text: &mut String) {
        match self {
            Node::Number(value) => number(*value, text),
            Node::Symbol(symbol) => symbol.write(view, text),
            Node::Rest(_) => text.push('…'),
            Node::Sum(terms) if terms.is_empty() => text.push('0'),
            Node::Product(factors) if factors.is_empty() => text.push('1'),
            Node::Sum(terms) => {
                for (position, (sign, node)) in terms.iter().enumerate() {
                    text.push_str(match (position, sign) {
                        (0, Sign::Plus) => "",
                        (0, Sign::Minus) => "-",
                        (_, Sign::Plus) => " + ",
                        (_, Sign::Minus) => " - ",
                    });
                    node.write(view, text);
                }
            }
            Node::Product(factors) => {
                for (position, (join, node)) in factors.iter().enumerate() {
                    text.push_str(match (position, join, node) {
                        (0, ..) | (_, Join::Adjacent, Node::Bracket(..)) => "",
                        (_, Join::Divided, _) => " ÷ ",
                        (_, Join::Times | Join::Adjacent, _) => " × ",
                    });
                    node.write(view, text);
                }
            }
            Node::Bracket(bracket, node) => {
                let (open, close) = match bracket {
                    Bracket::Round => ('(', ')'),
                    Bracket::Square => ('[', ']'),
                };
                text.push(open);
                node.write(view, text);
                text.push(close);
            }
        }
    }
}

impl Symbol {
    fn write(&self, view: View, text: &mut String) {
        match (view, self.value) {
            (View::Numbers, Some(value)) => number(value, text),
            _ => {
                text.push_str(&self.name);
                text.extend(self.index.into_iter().flat_map(subscript));
            }
        }
    }
}

fn number(value: u64, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{value}");
}

/// 12 → `₁₂`.
fn subscript(number: usize) -> Vec<char> {
    let low = |digit: char| char::from_u32(u32::from(digit) - u32::from('0') + u32::from('₀'));
    number.to_string().chars().filter_map(low).collect()
}
