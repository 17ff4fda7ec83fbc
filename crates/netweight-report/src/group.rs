//! Layers that have a word in common, in one row.

use std::collections::HashMap;

use crate::report::Layer;
use crate::row::Row;
use crate::sum::Sum;

/// What stands for a missing word.
const NONE: &str = "(none)";

/// A row for every word, in the order of their first layers.
pub(crate) fn group<'a>(layers: &[&'a Layer], word: impl Fn(&'a Layer) -> &'a str) -> Vec<Row<'a>> {
    let mut groups = Groups::default();
    for layer in layers {
        groups.add(word(layer), Sum::of(layer));
    }
    groups.rows()
}

/// A row for every type of elements that parameters have.
pub(crate) fn by_dtype<'a>(layers: &[&'a Layer]) -> Vec<Row<'a>> {
    let mut groups = Groups::default();
    for layer in layers {
        let parameters = layer.weights.iter().filter(|weight| weight.category.is_parameter());
        let mut seen: Vec<&str> = Vec::new();
        for weight in parameters.filter(|weight| !weight.shared) {
            let first = !seen.contains(&&*weight.dtype);
            seen.push(&weight.dtype);
            groups.add(&weight.dtype, Sum { layers: first.into(), ..Sum::of_weight(weight) });
        }
        // A count without weights, or no count at all: no type is known for it.
        if seen.is_empty() && layer.parameters != Some(0) && layer.shared_with.is_none() {
            groups.add("", Sum::of(layer));
        }
    }
    groups.rows()
}

#[derive(Default)]
struct Groups<'a> {
    sums: Vec<(&'a str, Sum)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, word: &'a str, sum: Sum) {
        let place = *self.places.entry(word).or_insert_with(|| {
            self.sums.push((word, Sum::EMPTY));
            self.sums.len() - 1
        });
        if let Some((_, group)) = self.sums.get_mut(place) {
            *group = group.and(sum);
        }
    }

    fn rows(self) -> Vec<Row<'a>> {
        let name = |word: &str| if word.is_empty() { NONE.to_owned() } else { word.to_owned() };
        let row = |(word, sum)| Row::together(name(word), sum, String::new());
        self.sums.into_iter().map(row).collect()
    }
}
