//! The catalogues: formats, kinds, schemes.

use std::fmt::Display;

use netweight::core::kind::{ArgRow, Fallback, Kind};
use netweight::core::scheme::{Group, Scheme};
use netweight::core::{Arg, Convention, DType};
use netweight::report::Catalogue;
use netweight::{kind, scheme};

use crate::plugins::Plugins;

/// The formats that are read, and what reads them.
pub(crate) fn formats(plugins: &Plugins) -> Catalogue {
    let rows = plugins.importers().into_iter().map(|importer| {
        let info = importer.info();
        let by = match plugins.provenance(importer) {
            Some(plugin) => format!("plugin {}", plugin.version),
            None => "built in".to_owned(),
        };
        vec![info.id.to_owned(), endings(info.extensions), by, info.summary.to_owned()]
    });
    let titles = vec!["id", "files", "by", "what is read"];
    Catalogue { titles, rows: rows.collect() }
}

/// `.yaml .yml`.
pub(crate) fn endings<T: Display>(extensions: &[T]) -> String {
    extensions.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ")
}

/// The kinds of layers.
pub(crate) fn kinds() -> Catalogue {
    let rows = kind::all()
        .map(|kind| vec![kind.name.to_owned(), kind.formula.to_owned(), kind.summary.to_owned()]);
    Catalogue { titles: vec!["kind", "parameters", "what it does"], rows: rows.collect() }
}

/// The size schemes.
pub(crate) fn schemes() -> Catalogue {
    let rows = scheme::all().map(|scheme| {
        let tool = if scheme.is_width() { "" } else { scheme.family.tool };
        let options: Vec<&str> = scheme.family.options.iter().map(|row| row.name).collect();
        vec![scheme.id, &scheme.bits.to_string(), tool, &options.join(", "), scheme.summary]
            .into_iter()
            .map(str::to_owned)
            .collect()
    });
    let titles = vec!["scheme", "bits", "tool", "options", "what it is"];
    Catalogue { titles, rows: rows.collect() }
}

/// One scheme in full: words, then a table of its options.
pub(crate) fn scheme(scheme: &Scheme) -> (String, Catalogue) {
    let family = scheme.family;
    let group = match scheme.group {
        Group::Tensor => Some("one for a tensor".to_owned()),
        Group::Channel => Some("one for each output channel".to_owned()),
        Group::Block(block) => Some(format!("one for {block} values")),
        _ => None,
    };
    let scales = group.map(|group| {
        let scale = scheme.scale.map_or("in the weight's own type", DType::name);
        let zeros = scheme.zero_point.map_or("none".to_owned(), |dtype| dtype.name().to_owned());
        format!("scales: {group}, {scale}; zero points: {zeros}")
    });
    let lines = [
        format!("{}   {}", scheme.id, scheme.summary),
        format!("bits of a value: {}", scheme.bits),
    ];
    let rest = [
        format!("tool: {}", family.tool),
        format!("covers: {}", family.covers),
        format!("leaves alone: {}", family.leaves),
    ];
    let lines: Vec<String> = lines.into_iter().chain(scales).chain(rest).collect();
    let rows = family.options.iter().map(|row| {
        let name = if row.takes_number { format!("{}=N", row.name) } else { row.name.to_owned() };
        vec![name, row.summary.to_owned()]
    });
    (lines.join("\n"), Catalogue { titles: vec!["option", "what it does"], rows: rows.collect() })
}

/// One kind in full: words, then a table of its arguments and one of its tensors.
pub(crate) fn kind(kind: &Kind) -> (String, Vec<Catalogue>) {
    let mut lines = vec![format!("{}   {}", kind.name, kind.summary)];
    if !kind.aliases.is_empty() {
        lines.push(format!("also: {}", kind.aliases.join(", ")));
    }
    if kind.has_parameters() {
        lines.push(format!("parameters = {}", kind.formula));
        lines.push(format!("source: {}", kind.source));
    }
    for example in kind.examples {
        lines.push(format!("example: {} = {}", example.by_hand, example.parameters));
    }
    let mut tables = vec![arguments(kind)];
    if !kind.weights.is_empty() {
        tables.push(weights(kind));
    }
    (lines.join("\n"), tables)
}

fn arguments(kind: &Kind) -> Catalogue {
    let rows = kind.args.iter().map(|row| {
        let symbol = if row.symbol == row.name { "" } else { row.symbol };
        vec![symbol.to_owned(), row.name.to_owned(), default(row), row.meaning.to_owned()]
    });
    Catalogue { titles: vec!["", "argument", "default", "meaning"], rows: rows.collect() }
}

fn default(row: &ArgRow) -> String {
    match &row.default {
        Fallback::Required if row.from.is_some() => "from the input".to_owned(),
        Fallback::Required => "required".to_owned(),
        Fallback::Absent => "none".to_owned(),
        Fallback::Is(value) => value.to_string(),
        Fallback::By(rule) => by_convention(*rule),
    }
}

/// `1; pytorch, onnx: 2`: the textbook's value, then those who differ from it.
fn by_convention(rule: fn(Convention) -> Arg) -> String {
    let own = rule(Convention::Textbook);
    let mut others: Vec<(Arg, Vec<&str>)> = Vec::new();
    for convention in Convention::ALL {
        let value = rule(convention);
        match others.iter_mut().find(|(known, _)| *known == value) {
            _ if value == own => {}
            Some((_, names)) => names.push(convention.name()),
            None => others.push((value, vec![convention.name()])),
        }
    }
    let others = others.iter().map(|(value, names)| format!("; {}: {value}", names.join(", ")));
    own.to_string() + &others.collect::<String>()
}

fn weights(kind: &Kind) -> Catalogue {
    let rows = kind.weights.iter().map(|row| {
        let when = if row.when.is_empty() { String::new() } else { format!("with {}", row.when) };
        vec![row.name.to_owned(), row.shape.to_owned(), row.category.to_string(), when]
    });
    Catalogue { titles: vec!["tensor", "shape", "category", ""], rows: rows.collect() }
}
