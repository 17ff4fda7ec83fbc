//! Tensors gathered into the modules that their names tell of.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use crate::header::Tensor;

/// A module and its tensors by their names inside it.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    pub(crate) path: &'a str,
    pub(crate) tensors: Vec<(&'a str, &'a Tensor)>,
}

/// The modules of a checkpoint in the natural order of their paths: a header's own order goes
/// by element type and by letters, so that layer 10 stands before layer 2.
pub(crate) fn gather(tensors: &[Tensor]) -> Vec<Module<'_>> {
    let names: HashSet<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    let mut modules: BTreeMap<Path, Vec<(&str, &Tensor)>> = BTreeMap::new();
    for tensor in tensors {
        let (path, parameter) = split(&tensor.name, &names);
        modules.entry(Path(path)).or_default().push((parameter, tensor));
    }
    modules
        .into_iter()
        .map(|(Path(path), mut tensors)| {
            tensors.sort_by_key(|(name, _)| *name);
            Module { path, tensors }
        })
        .collect()
}

/// A tensor's name as module and parameter. Quantizers hang their tensors on a weight's name
/// (`fc.weight.absmax`, `fc.weight._data`): these belong to the weight's module.
fn split<'a>(name: &'a str, names: &HashSet<&str>) -> (&'a str, &'a str) {
    const WEIGHT: &str = ".weight";
    let hung = name.rmatch_indices(".weight.").next().and_then(|(at, _)| {
        let weight = name.get(..at.checked_add(WEIGHT.len())?)?;
        let rest = name.get(weight.len()..)?;
        let belongs = names.contains(weight) || rest.starts_with("._");
        belongs.then(|| name.split_at_checked(at)).flatten()
    });
    let (path, dotted) =
        match hung.or_else(|| name.rfind('.').and_then(|at| name.split_at_checked(at))) {
            Some(parts) => parts,
            None => return ("", name),
        };
    (path, dotted.strip_prefix('.').unwrap_or(dotted))
}

/// A module path, compared part by part, numbers as numbers.
#[derive(PartialEq, Eq)]
struct Path<'a>(&'a str);

impl Ord for Path<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut ours, mut theirs) = (self.0.split('.'), other.0.split('.'));
        loop {
            let order = match (ours.next(), theirs.next()) {
                (Some(a), Some(b)) => part(a).cmp(&part(b)),
                (None, None) => return self.0.cmp(other.0),
                (a, b) => a.cmp(&b),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
    }
}

impl PartialOrd for Path<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Numbers before words.
fn part(text: &str) -> (bool, u64, &str) {
    match text.parse() {
        Ok(number) => (false, number, ""),
        Err(_) => (true, 0, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_paths_are_numbers() {
        let mut paths = ["h.10.mlp", "h.2.mlp", "h", "h.2", "a"].map(Path);
        paths.sort();
        assert_eq!(paths.map(|path| path.0), ["a", "h", "h.2", "h.2.mlp", "h.10.mlp"]);
    }

    #[test]
    fn what_hangs_on_a_weight_belongs_to_its_module() {
        let names = HashSet::from(["fc.weight"]);
        assert_eq!(split("fc.weight", &names), ("fc", "weight"));
        assert_eq!(split("fc.weight.absmax", &names), ("fc", "weight.absmax"));
        let state = "fc.weight.quant_state.bitsandbytes__nf4";
        assert_eq!(split(state, &names), ("fc", "weight.quant_state.bitsandbytes__nf4"));
        assert_eq!(split("fc.weight._data", &names), ("fc", "weight._data"));
        let normed = "conv.parametrizations.weight.original0";
        assert_eq!(split(normed, &names), ("conv.parametrizations.weight", "original0"));
        assert_eq!(split("logit_scale", &names), ("", "logit_scale"));
    }
}
