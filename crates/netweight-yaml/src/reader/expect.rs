//! `expect`: what a count must be.

use std::ops::Range;

use netweight_core::Expectation;
use netweight_markup::{Node, Value};

use super::Reader;
use crate::key;

impl<'d> Reader<'d> {
    /// Notes what the rows must come to: a map, or the number of parameters alone.
    pub(super) fn expect(&mut self, node: &'d Node, place: Option<String>, rows: Range<usize>) {
        let mut expectation = Expectation { place, rows, ..Expectation::default() };
        if let Value::Map(entries) = &node.value {
            self.known_keys(entries, " of `expect`", key::EXPECT);
            for (key, node) in entries {
                let count = match key.text.as_str() {
                    "parameters" => &mut expectation.parameters,
                    "trainable" => &mut expectation.trainable,
                    "non_trainable" => &mut expectation.non_trainable,
                    _ => continue,
                };
                *count = self.count(node);
            }
        } else {
            expectation.parameters = self.count(node);
        }
        self.model.expectations.push(expectation);
    }

    /// A number of parameters; 0 is one.
    fn count(&mut self, node: &Node) -> Option<u64> {
        let node = self.settled(node)?;
        let count = node.as_int().and_then(|count| u64::try_from(count).ok());
        if count.is_none() {
            self.problem(node.mismatch("a number of parameters"));
        }
        count
    }
}
