//! Layers that hold others: told by what their parts are called.

use netweight_core::{Arg, Args};

use super::part::{Part, Variable};
use super::{Kind, words};
use crate::class::Class;

impl<'t> Part<'t> {
    /// The class that a name of it is made of.
    pub(super) fn class(&self) -> Option<(&'static str, &'static Class)> {
        self.names.iter().find_map(|name| words::class_of(name))
    }

    /// Whether it is a model inside: of no class known, with layers that Keras named by their
    /// classes. Parts of a layer are named by what they do in it.
    pub(super) fn is_model(&self) -> bool {
        let is_layer = |part: &Self| {
            words::class_of(part.name()).is_some_and(|(class, _)| !class.ends_with("Cell"))
        };
        self.variables.is_empty() && self.class().is_none() && self.parts.iter().any(is_layer)
    }

    fn part(&self, names: &[&str]) -> Option<&Self> {
        self.parts.iter().find(|part| names.contains(&part.name()))
    }

    fn side(&self, start: &str) -> Option<&Self> {
        self.parts.iter().find(|part| part.name().starts_with(start))
    }

    /// The cell of a recurrent layer that is nothing but its cell.
    pub(super) fn cell(&self) -> Option<&Self> {
        let [cell] = self.parts.as_slice() else { return None };
        let is_cell =
            cell.name() == "cell" || words::without_number(cell.name()).ends_with("_cell");
        let is_any = self.class().is_some_and(|(_, class)| class.kind == "recurrent_cells");
        (is_cell && !is_any && self.variables.is_empty() && cell.parts.is_empty()).then_some(cell)
    }

    /// The kernel's shape of a projection, and whether it has a bias.
    fn projection(&self) -> Option<(&'t [u64], bool)> {
        match self.variables.as_slice() {
            [kernel] => Some((kernel.shape, false)),
            [kernel, _] => Some((kernel.shape, true)),
            _ => None,
        }
    }

    fn has_vector(&self) -> bool {
        let is_vector = |variable: &Variable| match variable.name {
            Some(name) => name == "vector_u" || name == "sn_u",
            None => matches!(variable.shape, [1, _]),
        };
        self.variables.iter().any(is_vector)
    }
}

/// The kind of a layer by its parts.
pub(super) fn kind(part: &Part, path: &str, depth: usize) -> Option<Kind> {
    if let Some(found) = attention(part, path) {
        return Some(found);
    }
    let class = part.class().map(|(_, class)| class.kind);
    let sides = part.side("forward_").zip(part.side("backward_"));
    let (kind, inner): (&str, Vec<&Part>) = match (part.parts.as_slice(), class) {
        ([_, _], _) if let Some((forward, backward)) = sides => {
            ("bidirectional", vec![forward, backward])
        }
        ([layer], Some("spectral_norm")) if part.has_vector() => ("spectral_norm", vec![layer]),
        _ if !part.variables.is_empty() => return None,
        ([layer], Some("time_distributed")) => ("time_distributed", vec![layer]),
        ([cell], Some("recurrent_cells")) if cell.variables.is_empty() => {
            ("recurrent_cells", cell.parts.iter().collect())
        }
        (parts, Some("recurrent_cells")) => ("recurrent_cells", parts.iter().collect()),
        (parts, _) => ("model", parts.iter().collect()),
    };
    let mut found = Kind::new(part, path, kind, Args::default());
    for part in inner {
        let Kind { layer, is_guess } =
            super::kind(part, &format!("{path}/{}", part.name()), depth.saturating_add(1))?;
        found.is_guess |= is_guess;
        found.layer.inner.push(layer);
    }
    Some(found)
}

/// Projections to queries, keys and values, and one back.
fn attention(part: &Part, path: &str) -> Option<Kind> {
    let projection = |names: &[&str]| part.part(names)?.projection();
    let ([query, heads, size], bias) = projection(&["query", "query_dense", "_query_dense"])?
    else {
        return None;
    };
    let ([key, groups, _], _) = projection(&["key", "key_dense", "_key_dense"])? else {
        return None;
    };
    let ([value, _, value_size], _) = projection(&["value", "value_dense", "_value_dense"])? else {
        return None;
    };
    let names = &["attention_output", "output_dense", "_output_dense"];
    let ([_, _, output @ ..], _) = projection(names)? else { return None };
    let gate = part.part(&["gate", "gate_dense", "_gate_dense"]).is_some();
    if part.parts.len() != if gate { 5 } else { 4 } || !part.variables.is_empty() {
        return None;
    }
    let is_grouped = part.class().is_some_and(|(_, class)| class.kind == "grouped_query_attention");
    let is_grouped = is_grouped || groups != heads;
    let kind = if is_grouped { "grouped_query_attention" } else { "multi_head_attention" };
    // Of the sizes that others follow from, one alone is measured; those that may differ from
    // what follows are stated.
    let mut found =
        Kind::new(part, path, kind, Args::default().with("query_size", Arg::size(*query)?));
    let stated = [
        ("value_size", value),
        ("key_size", key),
        ("num_heads", heads),
        ("head_size", size),
        if is_grouped { ("num_key_value_heads", groups) } else { ("value_head_size", value_size) },
    ];
    for (name, size) in stated {
        found.layer.args.set(name, Arg::size(*size)?);
    }
    let output = match output {
        [size] => Arg::size(*size)?,
        sizes => Arg::sizes(sizes)?,
    };
    found.layer.args.set("output_size", output);
    found.layer.args.set("bias", bias);
    found.layer.args.set("gate", gate);
    Some(found)
}
