//! What there is to say about a layer once it is counted.

use super::count::held;
use super::{Check, LayerAnalysis};
use crate::evaluate::{Evaluated, Missing};
use crate::{Diagnostic, Layer};

/// What there is to say about a layer.
pub(super) fn findings(layer: &Layer, analysis: &LayerAnalysis<'_>) -> Vec<Diagnostic> {
    let evaluated = &analysis.evaluated;
    let warning = |code: &'static str| move |text: &String| Diagnostic::warning(code, text.clone());
    let impossible = evaluated.problems.iter().map(warning("layer/impossible"));
    let too_large = evaluated.too_large.iter().map(warning("layer/too-large"));
    let is_open = analysis.counts.is_none() && !evaluated.missing.is_empty();
    let missing = is_open.then(|| missing(evaluated));
    let differs = (analysis.check == Check::Differ).then(|| differs(analysis));
    let own = impossible.chain(too_large).chain(missing).chain(differs);
    let unknown = layer.unknown.as_deref().filter(|_| !analysis.assumed).cloned();
    unknown.into_iter().chain(own.map(|found| found.at(layer.path.clone()))).collect()
}

fn missing(evaluated: &Evaluated) -> Diagnostic {
    let named = |missing: &Missing| match &*missing.meaning {
        "" => format!("`{}`", missing.name),
        meaning => format!("`{}` ({meaning})", missing.name),
    };
    let names: Vec<String> = evaluated.missing.iter().map(named).collect();
    let (names, are) = (names.join(", "), if evaluated.missing.len() == 1 { "is" } else { "are" });
    let from_input = evaluated.missing.iter().any(|missing| missing.follows);
    let help = match from_input {
        true => {
            "give the model's input shape: --input-shape '?,28,28,1', or a key for it in the file"
                .to_owned()
        }
        false => format!(
            "state it in the layer: {}",
            evaluated.missing.iter().map(|missing| &*missing.name).collect::<Vec<_>>().join(", ")
        ),
    };
    Diagnostic::warning(
        "layer/unknown-size",
        format!("{names} {are} not known, so neither is the count"),
    )
    .help(help)
}

fn differs(analysis: &LayerAnalysis<'_>) -> Diagnostic {
    let formula = analysis.evaluated.tree.as_ref().map_or(0, |tree| tree.value());
    let stored = held(&analysis.tensors);
    let message = match analysis.evaluated.contradicted.as_slice() {
        [] => format!("the formula gives {formula} parameters, the stored weights hold {stored}"),
        names => format!(
            "the stored weights contradict `{}`: the formula gives {formula} parameters, the file holds {stored}",
            names.join("`, `")
        ),
    };
    Diagnostic::warning("layer/differs", message)
}
