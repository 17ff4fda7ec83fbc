//! Counts that a person states for layers whose own cannot be known.

use netweight_core::{Diagnostic, Layer, Model, Pattern, analyze};
use netweight_markup::{nearest, quoted};

/// What a person says that some layers count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// A type as the file writes it, or layers by path, `*` standing for anything and case aside;
    /// where none has such a path, layers of such a type.
    pub name: String,
    /// The parameters of each.
    pub parameters: u64,
}

/// Layers that are named where there are more.
const NAMED: usize = 3;

/// Gives layers whose count cannot be known the one that is assumed, and says so in the model's
/// diagnostics. A count that is known stays, and of several assumptions the first holds.
///
/// ```
/// use netweight::{Assumption, ImportOptions, analyze, assume};
/// # use netweight::Bytes;
/// # let config = br#"{"class_name": "Sequential", "config": {"name": "net", "layers": [
/// #   {"class_name": "Gate", "config": {"name": "gate", "batch_input_shape": [null, 8]}}]}}"#;
/// # let source = Bytes::new("net.json", config.to_vec());
/// let mut model = netweight::import(&source, None, &ImportOptions::default())?;
/// assert!(!analyze(&model).totals.complete);
/// assume(&mut model, &[Assumption { name: "gate".to_owned(), parameters: 102 }]);
/// assert_eq!(analyze(&model).totals.parameters(), Some(102));
/// # Ok::<(), netweight::ImportError>(())
/// ```
pub fn assume(model: &mut Model, assumptions: &[Assumption]) {
    for assumption in assumptions {
        let unknown: Vec<bool> =
            analyze(model).layers.iter().map(|layer| layer.counts.is_none()).collect();
        let told = apply(model, assumption, &unknown);
        model.diagnostics.push(told);
    }
}

fn apply(model: &mut Model, assumption: &Assumption, unknown: &[bool]) -> Diagnostic {
    let Assumption { name, parameters } = assumption;
    let meant = meant(model, name);
    let is_open = |index: &usize| unknown.get(*index) == Some(&true);
    let (open, known): (Vec<usize>, Vec<usize>) = meant.into_iter().partition(is_open);
    let paths: Vec<String> = open
        .iter()
        .chain(&known)
        .filter_map(|index| Some(quoted(&model.layers.get(*index)?.path)))
        .collect();
    for index in &open {
        if let Some(layer) = model.layers.get_mut(*index) {
            layer.assumed = Some(*parameters);
        }
    }
    match (open.len(), known.len()) {
        (0, 0) => no_layer(model, name, unknown),
        (0, _) => {
            let message =
                format!("the count of {} is known; the one assumed is not used", list(&paths));
            Diagnostic::warning("assume/known", message)
        }
        (open, known) => {
            let paths = list(paths.get(..open).unwrap_or_default());
            let each = if open == 1 { "" } else { " each" };
            let rest = match known {
                0 => String::new(),
                known => format!("; {known} more keep the counts that are known of them"),
            };
            let message = format!("{parameters} parameters are assumed for {paths}{each}{rest}");
            Diagnostic::note("assume/count", message)
        }
    }
}

/// The rows that a name means: by their type to the letter (a layer `gate` is often of a type
/// `Gate`), else by their paths, else by their types.
fn meant(model: &Model, name: &str) -> Vec<usize> {
    let pattern = Pattern::new(name);
    let ways: [&dyn Fn(&Layer) -> bool; 3] = [
        &|layer| is_of_type(layer, &|type_name| type_name == name),
        &|layer| {
            let inside = layer.unknown.as_ref().and_then(|unknown| unknown.place.as_ref());
            pattern.is(&layer.path) || inside.is_some_and(|path| pattern.is(path))
        },
        &|layer| is_of_type(layer, &|type_name| pattern.is(type_name)),
    ];
    let rows = ways.into_iter().map(|fits| -> Vec<usize> {
        let rows = model.layers.iter().enumerate().filter(|(_, layer)| fits(layer));
        rows.map(|(index, _)| index).collect()
    });
    rows.into_iter().find(|rows| !rows.is_empty()).unwrap_or_default()
}

/// Whether a layer, or one that it wraps, is of a type.
fn is_of_type(layer: &Layer, fits: &dyn Fn(&str) -> bool) -> bool {
    let mut open = vec![layer];
    while let Some(layer) = open.pop() {
        if fits(&layer.type_name) {
            return true;
        }
        open.extend(&layer.inner);
    }
    false
}

fn no_layer(model: &Model, name: &str, unknown: &[bool]) -> Diagnostic {
    let told =
        Diagnostic::warning("assume/no-layer", format!("no layer or class {}", quoted(name)));
    let layers = || model.layers.iter().zip(unknown);
    let open = layers().filter(|(_, unknown)| **unknown).map(|(layer, _)| layer);
    let open: Vec<&Layer> = open.collect();
    let names = |layer: &'_ Layer| [layer.path.clone(), layer.type_name.to_string()];
    let near_open: Vec<String> = open.iter().flat_map(|layer| names(layer)).collect();
    let near_all: Vec<String> = model.layers.iter().flat_map(names).collect();
    let near = nearest(name, near_open.iter().map(String::as_str))
        .or_else(|| nearest(name, near_all.iter().map(String::as_str)));
    let paths: Vec<String> = open.iter().map(|layer| quoted(&layer.path)).collect();
    match (near, paths.is_empty()) {
        (Some(near), _) => told.help(format!("did you mean {}?", quoted(near))),
        (None, false) => told.help(format!("not known are the counts of {}", list(&paths))),
        (None, true) => told.help("the counts of all layers are known"),
    }
}

/// The first of them, and how many more there are.
fn list(paths: &[String]) -> String {
    let shown = paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
