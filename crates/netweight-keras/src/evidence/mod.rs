//! What stored weights tell of their layers where there is no config: kinds and sizes.
//!
//! A layer's tensors are a tree ([`part`]), whose names tell classes ([`words`]). Variables
//! make a kind by their names and shapes ([`kinds`]), and parts one by theirs ([`parts`]).

mod kinds;
mod part;
mod parts;
mod row;
mod words;

use netweight_core::{Args, Layer};

pub(crate) use self::words::kind_in;

use self::kinds::ROWS;
use self::part::{Part, Variable};
use self::row::{Row, Variables};
use crate::hdf5::{Dataset, Tree};
use crate::limits;
use crate::stored::{Layout, Stored};

/// A stored layer, and how its kind is known.
pub(crate) struct Told<'t> {
    /// Its class or kind, sizes and parts; its path, and no weights.
    pub(crate) layer: Layer,
    pub(crate) tensors: Vec<&'t Dataset>,
    /// Whether only the shapes tell the kind.
    pub(crate) is_guess: bool,
}

/// A stored layer under a path; a model inside as its own layers.
pub(crate) fn layers<'t>(
    stored: &'t Stored,
    path: &str,
    layout: Layout,
    tree: &'t Tree,
) -> Vec<Told<'t>> {
    let root = Part::of(stored, layout, tree);
    let mut told = Vec::new();
    place(&root, path, 0, &mut told);
    told
}

fn place<'t>(part: &Part<'t>, path: &str, depth: usize, told: &mut Vec<Told<'t>>) {
    if part.is_model() && depth < limits::HDF5_DEPTH {
        for inner in &part.parts {
            place(inner, &format!("{path}/{}", inner.name()), depth + 1, told);
        }
        return;
    }
    let (layer, is_guess) = match kind(part, path, 0) {
        Some(Kind { layer, is_guess }) => (layer, is_guess),
        None => {
            let class = part.class().map_or(words::without_number(part.name()), |(name, _)| name);
            let layer = Layer { type_name: class.into(), ..Layer::default() };
            (Layer { path: path.to_owned(), ..layer }, false)
        }
    };
    told.push(Told { layer, tensors: part.tensors(), is_guess });
}

/// A kind that was found.
struct Kind {
    layer: Layer,
    is_guess: bool,
}

impl Kind {
    fn new(part: &Part, path: &str, kind: &'static str, measured: Args) -> Self {
        let class = part.class().filter(|(_, class)| class.kind == kind);
        let type_name = class.map_or(kind, |(name, _)| name);
        let layer = Layer { measured, ..Layer::new(path, type_name, kind) };
        Self { layer, is_guess: false }
    }

    fn wrapped(self, part: &Part, path: &str) -> Self {
        let mut around = Self::new(part, path, "time_distributed", Args::default());
        around.layer.inner.push(self.layer);
        Self { is_guess: self.is_guess, ..around }
    }
}

/// What kind a part is, if it tells.
fn kind(part: &Part, path: &str, depth: usize) -> Option<Kind> {
    if depth >= limits::WRAPPERS {
        return None;
    }
    match (part.variables.as_slice(), part.parts.as_slice(), part.cell()) {
        ([], [], _) => weightless(part, path),
        (_, [], _) => variables(part, part, path),
        (_, _, Some(cell)) => variables(part, cell, path),
        _ => parts::kind(part, path, depth),
    }
}

/// A class without weights; a class that has some, and stores none, tells nothing.
fn weightless(part: &Part, path: &str) -> Option<Kind> {
    let (_, class) = part.class()?;
    let kind = netweight_core::kind::find(class.kind)?;
    let is_input = kind.name == "input";
    (!kind.has_parameters() && !is_input).then(|| Kind::new(part, path, kind.name, Args::default()))
}

/// The kind of a layer without parts: that of its class, else the one that a name of it ends
/// in, else the first that its variables can be. A recurrent layer's variables are its cell's.
fn variables(part: &Part, cell: &Part, path: &str) -> Option<Kind> {
    let variables = cell.variables.as_slice();
    let of_kind = |kind: &str| {
        let args = |row: &'static Row| Some((row, row.args(variables, |_| true)?));
        rows(kind).find_map(args)
    };
    let class = part.class().map(|(_, class)| class.kind);
    if let Some((row, args)) = class.and_then(of_kind) {
        return Some(Kind::new(part, path, row.kind, args));
    }
    let is_named = variables.iter().all(|variable| variable.name.is_some());
    let by_shape = |row: &'static Row| {
        Some((row, row.args(variables, |found| is_named || (row.is_plain)(found))?))
    };
    let mut names = part.names.iter().chain(&cell.names);
    let by_word = names.find_map(|name| of_kind(words::kind_in(name)?));
    let is_guess = by_word.is_none() && !is_named;
    let (row, args) = by_word.or_else(|| ROWS.iter().find_map(by_shape))?;
    let found = Kind { is_guess, ..Kind::new(part, path, row.kind, args) };
    // Early versions keep a wrapped layer's variables as the wrapper's own.
    Some(if class == Some("time_distributed") { found.wrapped(part, path) } else { found })
}

/// The rows of a kind. A dense layer of Keras may be kept as a quantized one, or turn out to
/// be one by an equation.
fn rows(kind: &str) -> impl Iterator<Item = &'static Row> {
    let others = match kind {
        "dense" => ["dense", "quantized_dense", "einsum_dense"],
        "embedding" => ["embedding", "quantized_embedding", "embedding"],
        kind => [kind; 3],
    };
    others.into_iter().flat_map(|kind| ROWS.iter().filter(move |row| row.kind == kind))
}

impl Row {
    /// The sizes, if the variables are those of the row.
    fn args(&self, variables: &[Variable], accepts: impl Fn(&Variables) -> bool) -> Option<Args> {
        self.names.iter().find_map(|names| {
            let found = Variables::named(variables, names)?;
            accepts(&found).then(|| (self.measure)(&found)).flatten()
        })
    }
}
