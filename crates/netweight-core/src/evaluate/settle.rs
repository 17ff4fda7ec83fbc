//! What every argument of a layer comes to.

use super::{Evaluated, evaluate};
use crate::kind::Fallback;
use crate::site::Site;
use crate::{Arg, Args, Convention, Layer};

/// Gives every argument of the kind its value: as stated, else as it follows from the graph, else
/// as measured on the stored weights, else by default. Two that differ are a contradiction.
pub(super) fn settle(layer: &Layer, site: &mut Site<'_>, result: &mut Evaluated) {
    for row in site.kind.args {
        let given = layer.args.get(row.name);
        let derived = if given.is_none() { site.derive(row) } else { None };
        let measured = layer.measured.get(row.name);
        match (given.or(derived.as_ref()), measured) {
            (Some(stated), Some(measured)) if !agree(stated, measured) => {
                result.contradicted.push(row.name);
            }
            (None, Some(_)) => result.measured.push(row.name),
            _ => {}
        }
        if given.is_some() {
            continue;
        }
        let value = derived.or_else(|| measured.cloned()).or_else(|| site.default(row));
        if let Some(value) = value {
            site.args.set(row.name, value);
        }
    }
}

/// Whether two values say the same; one number stands for a list of equal numbers.
fn agree(a: &Arg, b: &Arg) -> bool {
    match (a, b) {
        (Arg::Int(one), Arg::List(many)) | (Arg::List(many), Arg::Int(one)) => {
            many.iter().all(|each| each == one)
        }
        (Arg::Flag(flag), Arg::Int(value)) | (Arg::Int(value), Arg::Flag(flag)) => {
            i64::from(*flag) == *value
        }
        _ => a == b,
    }
}

/// What a layer would count if another convention's defaults held; none where that is not known.
pub fn counted_under(layer: &Layer, evaluated: &Evaluated, convention: Convention) -> Option<u64> {
    let layer = settled(layer, evaluated);
    evaluate(&layer, &[], convention).tree.map(|tree| tree.value())
}

/// The layer with its settled arguments as stated ones, but for those that a convention decided.
fn settled(layer: &Layer, evaluated: &Evaluated) -> Layer {
    let mut args = Args::default();
    for row in evaluated.kind.into_iter().flat_map(|kind| kind.args) {
        let stated = layer.args.get(row.name);
        let kept = match row.default {
            Fallback::By(_) => stated,
            _ => evaluated.args.get(row.name),
        };
        if let Some(value) = kept {
            args.set(row.name, value.clone());
        }
    }
    let inner = layer
        .inner
        .iter()
        .zip(&evaluated.inner)
        .map(|(layer, evaluated)| settled(layer, evaluated));
    Layer {
        args,
        inner: inner.collect(),
        ..Layer::new("", "", evaluated.kind.map_or("", |kind| kind.name))
    }
}
