//! What stands under a key → the value of an argument.

use netweight_core::Arg;
use netweight_markup::{Node, Problem, Value, nearest};

use super::Reader;
use crate::limits;
use crate::takes::{PADDINGS, Takes};

/// Spatial dimensions of a kind whose word does not say how many: an image has two.
pub(super) const RANK: usize = 2;

impl Reader<'_> {
    /// The value under a key that takes such values; none where it is wrong, which is told.
    /// `rank` is the number of spatial dimensions, where the layer's word says it.
    pub(super) fn arg(&mut self, takes: Takes, node: &Node, rank: Option<usize>) -> Option<Arg> {
        let node = self.settled(node)?;
        match takes {
            Takes::Flag => node.as_bool().map(Arg::Flag).or_else(|| self.wrong(&node, takes)),
            Takes::Size => self.number(&node, takes, 1).map(Arg::Int),
            Takes::Scalar => match &node.value {
                Value::Seq(_) | Value::Map(_) | Value::Null => self.wrong(&node, takes),
                _ => Some(Arg::Flag(true)),
            },
            Takes::Sizes | Takes::PerAxis => self.numbers(&node, takes, 1),
            Takes::Wholes => self.numbers(&node, takes, -limits::SIZE),
            Takes::Kernel => {
                let sizes = self.numbers(&node, takes, 1)?;
                self.spread(sizes, &node, rank)
            }
            Takes::Padding if PADDINGS.iter().any(|word| node.as_str() == Some(word)) => {
                node.as_str().map(|word| Arg::from(word.to_owned()))
            }
            Takes::Padding => match self.numbers(&node, takes, 0)? {
                Arg::List(list) => self.both_ends(&list, &node, rank),
                all => Some(all),
            },
            Takes::Amounts => {
                let sizes = self.amounts(&node)?;
                let sizes = self.spread(sizes, &node, rank.or(Some(RANK)))?;
                match sizes {
                    Arg::List(list) => self.both_ends(&list, &node, rank),
                    _ => None,
                }
            }
            Takes::Text => match &node.value {
                Value::Str(text) => Some(Arg::from(text.clone())),
                _ => self.wrong(&node, takes),
            },
            Takes::OneOf(words) => match node.as_str().filter(|text| words.contains(text)) {
                Some(word) => Some(Arg::from(word.to_owned())),
                None => {
                    let problem = node.mismatch(&takes.words());
                    self.problem_nearest(problem, &node, words.iter().copied());
                    None
                }
            },
            Takes::Any => match &node.value {
                Value::Bool(flag) => Some(Arg::Flag(*flag)),
                Value::Str(text) => Some(Arg::from(text.clone())),
                _ => self.numbers(&node, takes, -limits::SIZE),
            },
        }
    }

    /// A size: a whole number from 1.
    pub(super) fn size(&mut self, node: &Node) -> Option<u64> {
        match self.arg(Takes::Size, node, None)? {
            Arg::Int(size) => u64::try_from(size).ok(),
            _ => None,
        }
    }

    fn wrong<T>(&mut self, node: &Node, takes: Takes) -> Option<T> {
        if node.value != Value::Invalid {
            self.problem(node.mismatch(&takes.words()));
        }
        None
    }

    fn number(&mut self, node: &Node, takes: Takes, least: i128) -> Option<i64> {
        let Some(number) = node.as_int() else { return self.wrong(node, takes) };
        if number < least {
            return self.wrong(node, takes);
        }
        if number > limits::SIZE {
            let message = format!("{number} is larger than any size (10¹²)");
            self.problem(Problem::new("spec/too-large", node.span, message));
            return None;
        }
        i64::try_from(number).ok()
    }

    /// One number or a list of them.
    fn numbers(&mut self, node: &Node, takes: Takes, least: i128) -> Option<Arg> {
        let Some(items) = node.as_seq() else {
            return self.number(node, takes, least).map(Arg::Int);
        };
        if items.is_empty() && takes != Takes::Wholes {
            return self.wrong(node, takes);
        }
        let mut numbers = Vec::with_capacity(items.len());
        for item in items {
            let item = self.settled(item)?;
            numbers.push(self.number(&item, takes, least)?);
        }
        Some(Arg::from(numbers))
    }

    /// One size for each spatial dimension.
    fn spread(&mut self, sizes: Arg, node: &Node, rank: Option<usize>) -> Option<Arg> {
        match sizes {
            Arg::Int(size) => Some(Arg::from(vec![size; rank.unwrap_or(RANK)])),
            Arg::List(list) => match rank {
                Some(rank) if ![rank, rank * 2].contains(&list.len()) => {
                    let message = format!("{} sizes for {rank} dimensions", list.len());
                    self.problem(Problem::new("spec/rank", node.span, message));
                    None
                }
                _ => Some(Arg::List(list)),
            },
            other => Some(other),
        }
    }

    /// Sizes for both ends: all beginnings, then all ends. One for each dimension serves both.
    fn both_ends(&mut self, list: &[i64], node: &Node, rank: Option<usize>) -> Option<Arg> {
        let rank = rank.unwrap_or(RANK);
        if list.len() == rank {
            return Some(Arg::from([list, list].concat()));
        }
        if list.len() == rank * 2 {
            return Some(Arg::from(list.to_vec()));
        }
        let message = format!("{} sizes for both ends of {rank} dimensions", list.len());
        let help = "one for each dimension, or all beginnings, then all ends";
        self.problem(Problem::new("spec/rank", node.span, message).help(help));
        None
    }

    /// Amounts; pairs of beginning and end, as Keras writes them, too.
    fn amounts(&mut self, node: &Node) -> Option<Arg> {
        let pairs = node.as_seq().unwrap_or_default();
        if pairs.first().is_none_or(|pair| pair.as_seq().is_none()) {
            return self.numbers(node, Takes::Amounts, 0);
        }
        let (mut begins, mut ends): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
        for pair in pairs {
            match self.numbers(pair, Takes::Amounts, 0)? {
                Arg::List(pair) if pair.len() == 2 => {
                    begins.extend(pair.first());
                    ends.extend(pair.last());
                }
                _ => return self.wrong(pair, Takes::Amounts),
            }
        }
        begins.extend(ends);
        Some(Arg::from(begins))
    }

    /// Tells a problem with the nearest of some words as help.
    pub(super) fn problem_nearest<'n>(
        &mut self,
        problem: Problem,
        node: &Node,
        words: impl IntoIterator<Item = &'n str>,
    ) {
        let near = node.as_str().and_then(|text| nearest(text, words));
        self.problem(match near {
            Some(word) => problem.help(format!("did you mean `{word}`?")),
            None => problem,
        });
    }
}
