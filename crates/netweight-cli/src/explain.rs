//! `netweight explain`: the arithmetic of layers, of their parameters or of their bytes.

use std::io::{self, Write};
use std::path::Path;

use netweight::report::{Explanation, Pattern, Text};
use netweight::scheme::{self, Request};
use netweight::{Analysis, Model, analyze};

use crate::args::Reading;
use crate::message::{self, Outcome};
use crate::read::read;

/// Explains the layers that were named, or all with parameters.
pub(crate) fn run(
    file: &Path,
    wanted: &[String],
    reading: &Reading,
    schemes: &[Request],
    text: &Text,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    let operators = schemes.iter().any(|request| request.reads_graph());
    let read = match read(file, reading, operators) {
        Ok(read) => read,
        Err(failures) => return Ok(message::unread(&failures)),
    };
    let analysis = analyze(&read.model);
    let explanations = explanations(&analysis, wanted, schemes);
    if !explanations.is_empty() {
        text.explain(&explanations, out)?;
        return Ok(Outcome::Done);
    }
    let unread = message::usage(&nothing_to_explain(&read.model, wanted));
    Ok(if wanted.is_empty() { Outcome::Done } else { unread })
}

fn explanations(
    analysis: &Analysis<'_>,
    wanted: &[String],
    schemes: &[Request],
) -> Vec<Explanation> {
    let layers = analysis.model.layers.iter().zip(&analysis.layers).enumerate();
    let asked = layers.filter(|(_, (layer, found))| match wanted {
        [] => {
            found.evaluated.kind.is_some_and(|kind| kind.has_parameters())
                && layer.outputs.is_empty()
        }
        names => names.iter().any(|name| Pattern::new(name).is(&layer.path)),
    });
    let sizes: Vec<scheme::Size> = scheme::sizes(analysis, schemes).collect();
    asked
        .flat_map(|(index, _)| match sizes.as_slice() {
            [] => Explanation::new(analysis, index).into_iter().collect::<Vec<_>>(),
            sizes => {
                let of = |size| Explanation::of_bytes(analysis, size, index);
                sizes.iter().filter_map(of).collect()
            }
        })
        .collect()
}

fn nothing_to_explain(model: &Model, wanted: &[String]) -> String {
    let paths = model.layers.iter().take(8).map(|layer| layer.path.as_str());
    match wanted {
        [] => "no layer of the model has parameters".to_owned(),
        names => format!(
            "no layer `{}`; the model has {} …",
            names.join("`, `"),
            paths.collect::<Vec<_>>().join(", ")
        ),
    }
}
