//! Text → syntax.
use std::iter::Peekable;
use std::sync::Arc;

use super::error::FormulaError;
use super::shape::Item;
use super::syntax::{Bracket, Condition, Factor, Fold, Join, Operand, Sign, Sum, Term};
use crate::limits;

/// Reads a whole formula.
pub(super) fn formula(text: &str) -> Result<Sum, FormulaError> {
    let mut parser = Parser::new(text)?;
    let sum = parser.sum()?;
    parser.end("`+`, `-`, `×`, `÷` or the end")?;
    Ok(sum)
}

/// Reads a whole shape: `[o, i ÷ n, f...]`.
pub(super) fn shape(text: &str) -> Result<Vec<Item>, FormulaError> {
    let mut parser = Parser::new(text)?;
    parser.expect(Token::Mark('['), "`[`")?;
    let mut items = Vec::new();
    while !parser.take(Token::Mark(']')) {
        if !items.is_empty() {
            parser.expect(Token::Mark(','), "`,` or `]`")?;
        }
        items.push(parser.item()?);
    }
    parser.end("the end")?;
    Ok(items)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Number(&'t str),
    Mark(char),
}

/// The tokens of a text and where each begins. Each is one mark, or a run of letters and
/// digits; `...` reads as `…`, and what a keyboard has for `×`, `÷` and `-` as these.
struct Tokens<'t> {
    text: &'t str,
    offset: usize,
}

impl<'t> Tokens<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn run(&mut self, belongs: fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (usize, Token<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.run(char::is_whitespace);
        let start = self.offset;
        let first = self.rest().chars().next()?;
        if first.is_ascii_digit() {
            return Some((start, Token::Number(self.run(|c| c.is_ascii_digit()))));
        }
        if in_word(first) {
            return Some((start, Token::Word(self.run(in_word))));
        }
        let dots = self.rest().starts_with("...");
        self.offset += if dots { 3 } else { first.len_utf8() };
        let mark = match first {
            '*' => '×',
            '/' => '÷',
            '−' => '-',
            '.' if dots => '…',
            other => other,
        };
        Some((start, Token::Mark(mark)))
    }
}

fn in_word(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || c == '_'
}

struct Parser<'t> {
    text: &'t str,
    tokens: Peekable<Tokens<'t>>,
    nesting: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self, FormulaError> {
        let parser = Self { text, tokens: Tokens { text, offset: 0 }.peekable(), nesting: 0 };
        if text.len() > limits::FORMULA_LENGTH {
            let message = format!(
                "{} bytes of text, expected at most {}",
                text.len(),
                limits::FORMULA_LENGTH
            );
            return Err(parser.error(0, message));
        }
        Ok(parser)
    }

    fn sum(&mut self) -> Result<Sum, FormulaError> {
        let mut terms = vec![self.term(Sign::Plus)?];
        loop {
            let sign = match self.peek() {
                Some(Token::Mark('+')) => Sign::Plus,
                Some(Token::Mark('-')) => Sign::Minus,
                _ => return Ok(Sum(terms)),
            };
            self.tokens.next();
            terms.push(self.term(sign)?);
        }
    }

    fn term(&mut self, sign: Sign) -> Result<Term, FormulaError> {
        let mut factors = vec![self.factor(Join::Times)?];
        loop {
            let join = match self.peek() {
                Some(Token::Mark('×')) => Join::Times,
                Some(Token::Mark('÷')) => Join::Divided,
                Some(Token::Mark('(' | '[')) => Join::Adjacent,
                _ => break,
            };
            if join != Join::Adjacent {
                self.tokens.next();
            }
            factors.push(self.factor(join)?);
        }
        let mut conditions = Vec::new();
        while self.take(Token::Mark('{')) {
            let negated = self.take(Token::Mark('!'));
            let flag = self.word("the name of a flag")?.to_owned();
            self.expect(Token::Mark('}'), "`}`")?;
            conditions.push(Condition { flag, negated });
        }
        Ok(Term { sign, factors, conditions })
    }

    fn factor(&mut self, join: Join) -> Result<Factor, FormulaError> {
        let operand = self.operand()?;
        let optional = self.take(Token::Mark('?'));
        Ok(Factor { join, operand, optional })
    }

    fn operand(&mut self) -> Result<Operand, FormulaError> {
        match self.tokens.peek().copied() {
            Some((at, Token::Number(digits))) => {
                self.tokens.next();
                digits.parse().map(Operand::Number).map_err(|_| {
                    self.error(at, format!("{digits} is larger than 64 bits can count"))
                })
            }
            Some((_, Token::Word(word))) => {
                self.tokens.next();
                self.named(word)
            }
            Some((at, Token::Mark('('))) => {
                self.bracket(at, Bracket::Round, ')', "an operator or `)`")
            }
            Some((at, Token::Mark('['))) => {
                self.bracket(at, Bracket::Square, ']', "an operator or `]`")
            }
            _ => Err(self.expected("a symbol, a number or a bracket")),
        }
    }

    /// A word is a symbol, unless it is one of the language's own.
    fn named(&mut self, word: &str) -> Result<Operand, FormulaError> {
        let fold = match word {
            "inner" => return Ok(Operand::Inner),
            "prod" => Fold::Prod,
            "sum" => Fold::Sum,
            "pairs" => Fold::Pairs,
            _ => return Ok(Operand::Symbol(word.into())),
        };
        self.expect(Token::Mark('('), "`(` and the names of lists")?;
        let mut names: Vec<Arc<str>> = Vec::new();
        loop {
            names.push(self.word("the name of a list")?.into());
            if self.take(Token::Mark(')')) {
                return Ok(Operand::List(fold, names));
            }
            self.expect(Token::Mark(','), "`,` or `)`")?;
        }
    }

    fn bracket(
        &mut self,
        at: usize,
        bracket: Bracket,
        close: char,
        expected: &str,
    ) -> Result<Operand, FormulaError> {
        if self.nesting == limits::FORMULA_NESTING {
            let message =
                format!("expected at most {} brackets inside one another", limits::FORMULA_NESTING);
            return Err(self.error(at, message));
        }
        self.tokens.next();
        self.nesting += 1;
        let sum = self.sum()?;
        self.nesting -= 1;
        self.expect(Token::Mark(close), expected)?;
        Ok(Operand::Bracket(bracket, sum))
    }

    /// One place of a shape: a size, or a list spread out.
    fn item(&mut self) -> Result<Item, FormulaError> {
        let sum = self.sum()?;
        if self.peek() != Some(Token::Mark('…')) {
            return Ok(Item::Size(sum));
        }
        match sum.lone_symbol() {
            Some(name) => {
                self.tokens.next();
                Ok(Item::Spread(name))
            }
            None => Err(self.expected("`,` or `]`; only a list's own name spreads")),
        }
    }

    fn peek(&mut self) -> Option<Token<'t>> {
        self.tokens.peek().map(|(_, token)| *token)
    }

    fn take(&mut self, token: Token<'_>) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.tokens.next();
        }
        found
    }

    fn word(&mut self, what: &str) -> Result<&'t str, FormulaError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.tokens.next();
                Ok(word)
            }
            _ => Err(self.expected(what)),
        }
    }

    fn expect(&mut self, token: Token<'_>, what: &str) -> Result<(), FormulaError> {
        if self.take(token) { Ok(()) } else { Err(self.expected(what)) }
    }

    fn end(&mut self, what: &str) -> Result<(), FormulaError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.expected(what)) }
    }

    /// What was found at the next token, and what was expected.
    fn expected(&mut self, what: &str) -> FormulaError {
        match self.tokens.peek().copied() {
            None => self.error(self.text.len(), format!("the text ends, expected {what}")),
            Some((at, Token::Word(text) | Token::Number(text))) => {
                self.error(at, format!("found `{text}`, expected {what}"))
            }
            Some((at, Token::Mark(mark))) => {
                self.error(at, format!("found `{}`, expected {what}", mark.escape_debug()))
            }
        }
    }

    fn error(&self, offset: usize, message: String) -> FormulaError {
        let before = self.text.get(..offset).unwrap_or_default();
        FormulaError { offset, column: before.chars().count() + 1, message }
    }
}
