//! From an analysis to a layer's arithmetic as a teacher would write it.

use netweight_core::formula::Tree;
use netweight_core::kind::Fallback;
use netweight_core::{
    Analysis, Check, Convention, Evaluated, Layer, LayerAnalysis, Model, Tensor, counted_under,
    elements,
};

use crate::explanation::{Explanation, Part, Stored, Symbol};

impl Explanation {
    /// The arithmetic of the layer at an index; none for a layer that is not there.
    pub fn new(analysis: &Analysis<'_>, index: usize) -> Option<Self> {
        let layer = analysis.model.layers.get(index)?;
        let found = analysis.layers.get(index)?;
        let tree = found.evaluated.tree.as_ref();
        Some(Self {
            path: layer.path.clone(),
            headline: headline(layer, &found.evaluated),
            quantity: "parameters".to_owned(),
            formula: tree.map(Tree::symbols).or_else(|| found.evaluated.symbols.clone()),
            symbols: symbols(analysis.model, layer, &found.evaluated),
            steps: tree.map(Tree::steps).unwrap_or_default(),
            weights: parts(found),
            notes: notes(analysis, layer, found),
            stored: stored(layer, found),
        })
    }
}

/// `LSTM, 2 units on 3 features`, by the kind's phrase; the kind alone where a size is missing.
fn headline(layer: &Layer, evaluated: &Evaluated) -> String {
    let Some(kind) = evaluated.kind else { return layer.type_name.to_string() };
    let title = match kind.title {
        title if evaluated.inner.is_empty() => title.to_owned(),
        title => format!("{title} over {}", inner_titles(evaluated)),
    };
    let Some(tree) = &evaluated.tree else { return title };
    let mut phrase = kind.phrase.to_owned();
    for (symbol, values) in tree.sizes_shown() {
        phrase = phrase.replace(&format!("{{{symbol}}}"), &joined(&values, " × "));
    }
    match phrase.is_empty() || phrase.contains('{') {
        true => title,
        false => format!("{title}, {phrase}"),
    }
}

fn inner_titles(evaluated: &Evaluated) -> String {
    let mut titles: Vec<&str> =
        evaluated.inner.iter().filter_map(|inner| Some(inner.kind?.title)).collect();
    titles.dedup();
    titles.join(" and ")
}

/// What the letters that show stand for; where sizes are missing, the known ones.
fn symbols(model: &Model, layer: &Layer, evaluated: &Evaluated) -> Vec<Symbol> {
    let Some(tree) = &evaluated.tree else { return open_symbols(evaluated) };
    let symbol = |(symbol, values): (&str, Vec<u64>)| Symbol {
        symbol: symbol.to_owned(),
        value: joined(&values, ", "),
        meaning: meaning(model, layer, evaluated, symbol).unwrap_or_default().to_owned(),
    };
    tree.sizes_shown().into_iter().map(symbol).collect()
}

fn open_symbols(evaluated: &Evaluated) -> Vec<Symbol> {
    let missing = evaluated.missing.iter();
    missing
        .map(|missing| Symbol {
            symbol: missing.symbol.clone().into_owned(),
            value: "?".to_owned(),
            meaning: missing.meaning.clone().into_owned(),
        })
        .collect()
}

/// What a letter means in the layer's kind, or in that of a layer that it wraps.
fn meaning<'m>(
    model: &'m Model,
    layer: &'m Layer,
    evaluated: &Evaluated,
    symbol: &str,
) -> Option<&'m str> {
    let of_kind = evaluated.kind.and_then(|kind| kind.arg(symbol)).map(|row| row.meaning);
    let of_own = || {
        let arg = model.own_kind(layer)?.args.iter().find(|arg| arg.symbol == symbol)?;
        Some(arg.meaning.as_str())
    };
    let mut inner = layer.inner.iter().zip(&evaluated.inner);
    of_kind
        .or_else(of_own)
        .or_else(|| inner.find_map(|(layer, evaluated)| meaning(model, layer, evaluated, symbol)))
}

/// The tensors that the kind has under the layer's arguments.
fn parts(found: &LayerAnalysis) -> Vec<Part> {
    let weights = found.evaluated.weights.iter();
    weights
        .filter_map(|weight| {
            let shape = weight.shape.as_ref()?;
            Some(Part {
                name: weight.name.replace('_', " "),
                shape: shape_text(shape),
                elements: elements(shape)?,
            })
        })
        .collect()
}

fn shape_text(shape: &[u64]) -> String {
    if shape.is_empty() { "1".to_owned() } else { joined(shape, " × ") }
}

fn joined(numbers: &[u64], by: &str) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(by)
}

fn notes(analysis: &Analysis<'_>, layer: &Layer, found: &LayerAnalysis) -> Vec<String> {
    let own = found.shared_with.and_then(|owner| analysis.model.layers.get(owner));
    let mut notes: Vec<String> = own
        .map(|owner| format!("The weights are those of {}; they count there.", owner.path))
        .into_iter()
        .collect();
    notes.extend(other_conventions(analysis.model.convention, layer, &found.evaluated));
    notes.extend(found.evaluated.problems.iter().cloned());
    notes
}

/// What other conventions would count, those of one count together.
fn other_conventions(own: Convention, layer: &Layer, evaluated: &Evaluated) -> Vec<String> {
    let Some(tree) = &evaluated.tree else { return Vec::new() };
    let mut counts: Vec<(u64, Vec<&str>)> = Vec::new();
    for convention in Convention::ALL.into_iter().filter(|convention| *convention != own) {
        let Some(count) = counted_under(layer, evaluated, convention) else { continue };
        if count == tree.value() {
            continue;
        }
        match counts.iter_mut().find(|(known, _)| *known == count) {
            Some((_, names)) => names.push(convention.title()),
            None => counts.push((count, vec![convention.title()])),
        }
    }
    let differing = conventional(evaluated);
    counts
        .into_iter()
        .map(|(count, names)| {
            let whose = names.join(" and ");
            let verb = if names.len() == 1 { "counts" } else { "count" };
            format!("{whose} {verb} {count}: they differ in {differing}.")
        })
        .collect()
}

/// What the conventions decide for a kind, in words.
fn conventional(evaluated: &Evaluated) -> &'static str {
    let rows = evaluated.kind.into_iter().flat_map(|kind| kind.args);
    let mut by_convention =
        rows.filter(|row| matches!(row.default, Fallback::By(_)) && row.symbol != row.name);
    let own = by_convention.next().map(|row| row.meaning);
    own.or_else(|| evaluated.inner.first().map(conventional)).unwrap_or("their defaults")
}

fn stored(layer: &Layer, found: &LayerAnalysis) -> Option<Stored> {
    if layer.weights.is_empty() || found.check == Check::None {
        return None;
    }
    let parameters: Vec<&Tensor> =
        found.tensors.iter().filter(|tensor| tensor.category.is_parameter()).collect();
    let weights = parameters.iter().map(|tensor| Part {
        name: tensor.role.name().replace('_', " "),
        shape: shape_text(tensor.shape.as_deref().unwrap_or_default()),
        elements: tensor.elements.unwrap_or(0),
    });
    let elements =
        parameters.iter().filter_map(|tensor| tensor.elements).fold(0u64, u64::saturating_add);
    Some(Stored { elements, weights: weights.collect(), check: found.check })
}
