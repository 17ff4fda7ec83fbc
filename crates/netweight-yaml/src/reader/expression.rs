//! `$name` and `${4 * d_model}`: values by name, and arithmetic with them in the language of
//! formulas.

use std::borrow::Cow;

use netweight_core::Arg;
use netweight_core::formula::{self, Env, Formula};
use netweight_markup::{Node, Problem, Span, Value, nearest, quoted};

use super::Reader;

/// The expression in a text that is one; the place of `${` in a text that merely holds one.
pub(super) enum Found<'t> {
    None,
    Whole(&'t str),
    Inside,
}

pub(super) fn find(text: &str) -> Found<'_> {
    if let Some(inside) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
        && !inside.contains("${")
    {
        return Found::Whole(inside);
    }
    match text.strip_prefix('$') {
        Some(name) if is_name(name) => Found::Whole(name),
        _ if text.contains("${") => Found::Inside,
        _ => Found::None,
    }
}

/// Whether a text is a name in an expression.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The names that the expressions of a node use.
pub(super) fn names(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Str(text) => match find(text) {
            Found::Whole(expression) => match Formula::parse(expression) {
                Ok(formula) => formula.symbols_used().into_iter().map(str::to_owned).collect(),
                Err(_) => Vec::new(),
            },
            Found::None | Found::Inside => Vec::new(),
        },
        Value::Seq(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

impl<'d> Reader<'d> {
    /// The node with the value of its expression in place of the text; none where there is no
    /// value, which is told.
    pub(super) fn settled<'n>(&mut self, node: &'n Node) -> Option<Cow<'n, Node>> {
        let Value::Str(text) = &node.value else {
            return (node.value != Value::Invalid).then_some(Cow::Borrowed(node));
        };
        let expression = match find(text) {
            Found::None => return Some(Cow::Borrowed(node)),
            Found::Whole(expression) => expression,
            Found::Inside => {
                let message = format!("{} is text with `${{…}}` in it", quoted(text));
                let problem = Problem::new("spec/expression", node.span, message);
                self.problem(problem.help("`${…}` must be all of a value"));
                return None;
            }
        };
        let value = match is_name(expression.trim()) {
            true => self.value(expression.trim(), expression, node)?,
            false => Arg::Int(self.arithmetic(expression, node)?),
        };
        Some(Cow::Owned(Node { value: as_markup(&value), span: node.span, tag: None }))
    }

    /// The value of that name, at the place where an expression says it.
    fn value(&mut self, name: &str, expression: &str, node: &Node) -> Option<Arg> {
        if let Some(value) = self.lookup(name) {
            return value.clone();
        }
        let span = self.within(node, expression, name);
        let message = format!("no value is called {}", quoted(name));
        let problem = Problem::new("spec/unknown-value", span, message);
        let near = nearest(name, self.value_names()).map(str::to_owned);
        self.problem(match near {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("values are given under `vars`"),
        });
        None
    }

    fn arithmetic(&mut self, expression: &str, node: &Node) -> Option<i64> {
        let formula = match Formula::parse(expression) {
            Ok(formula) => formula,
            Err(error) => {
                let inside = self.expression_span(node, expression);
                let place = inside.start.saturating_add(error.offset);
                let span = match inside.contains(Span::new(place, place)) {
                    true => Span::new(place, place.saturating_add(1)),
                    false => node.span,
                };
                self.problem(Problem::new("spec/expression", span, error.message));
                return None;
            }
        };
        let mut values = Vec::new();
        for name in formula.symbols_used() {
            let value = self.value(name, expression, node)?;
            let Some(number) = number(&value) else {
                let span = self.within(node, expression, name);
                let message = format!("{} is {value}, expected whole numbers", quoted(name));
                self.problem(Problem::new("spec/expression", span, message));
                return None;
            };
            values.push((name.to_owned(), number));
        }
        let result = formula.expand(&Values(values)).map_err(|why| why.to_string());
        let result = result.and_then(|tree| {
            i64::try_from(tree.value()).map_err(|_| "the result is too large".to_owned())
        });
        match result {
            Ok(value) => Some(value),
            Err(why) => {
                self.problem(Problem::new("spec/expression", node.span, why));
                None
            }
        }
    }

    /// The place of an expression's text in its node.
    fn expression_span(&self, node: &Node, expression: &str) -> Span {
        let start = self.document.text.slice(node.span).find(expression);
        match start.map(|offset| node.span.start.saturating_add(offset)) {
            Some(start) => Span::new(start, start.saturating_add(expression.len())),
            None => node.span,
        }
    }

    /// The place of a name in an expression.
    fn within(&self, node: &Node, expression: &str, name: &str) -> Span {
        let inside = self.expression_span(node, expression);
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let stands_alone = |at: &usize| {
            let before = expression.get(..*at).and_then(|text| text.chars().next_back());
            let behind = expression.get(at.saturating_add(name.len())..);
            let behind = behind.and_then(|text| text.chars().next());
            !before.is_some_and(word) && !behind.is_some_and(word)
        };
        let at = expression.match_indices(name).map(|(at, _)| at).find(stands_alone);
        match at.filter(|_| inside != node.span) {
            Some(at) => {
                let start = inside.start.saturating_add(at);
                Span::new(start, start.saturating_add(name.len()))
            }
            None => node.span,
        }
    }
}

/// A value as it would have been written.
fn as_markup(value: &Arg) -> Value {
    let number = |value: &i64| Value::Int(i128::from(*value));
    match value {
        Arg::Flag(flag) => Value::Bool(*flag),
        Arg::Int(value) => number(value),
        Arg::Text(text) => Value::Str(text.to_string()),
        Arg::List(list) => Value::Seq(
            list.iter()
                .map(|item| Node { value: number(item), span: Span::new(0, 0), tag: None })
                .collect(),
        ),
    }
}

enum Number {
    Size(u64),
    List(Vec<u64>),
}

fn number(value: &Arg) -> Option<Number> {
    let size = |value: &i64| u64::try_from(*value).ok();
    match value {
        Arg::Int(value) => size(value).map(Number::Size),
        Arg::List(list) => list.iter().map(size).collect::<Option<_>>().map(Number::List),
        Arg::Flag(_) | Arg::Text(_) => None,
    }
}

struct Values(Vec<(String, Number)>);

impl Env for Values {
    fn value(&self, symbol: &str) -> Option<formula::Value<'_>> {
        let (_, number) = self.0.iter().find(|(name, _)| name == symbol)?;
        Some(match number {
            Number::Size(size) => formula::Value::Int(*size),
            Number::List(list) => formula::Value::List(list),
        })
    }
}
