//! `convert_float_to_float16`: every float32 tensor halves, but for a few operators' own.

use super::edit::{Edit, is_floating};
use super::flow::Flow;
use super::shapes::describe;
use crate::DType;
use crate::graph::{StoredValue, message};
use crate::scheme::request::Request;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;

/// Operators that have no float16 version, or lose too much in it.
const BLOCKED: &[&str] = &[
    "ArrayFeatureExtractor",
    "Binarizer",
    "CastMap",
    "CategoryMapper",
    "CumSum",
    "DictVectorizer",
    "FeatureVectorizer",
    "Imputer",
    "LabelEncoder",
    "LinearClassifier",
    "LinearRegressor",
    "Max",
    "Min",
    "NonMaxSuppression",
    "Normalizer",
    "OneHotEncoder",
    "RandomUniformLike",
    "Range",
    "RoiAlign",
    "SVMClassifier",
    "SVMRegressor",
    "Scaler",
    "TopK",
    "TreeEnsemble",
    "TreeEnsembleClassifier",
    "TreeEnsembleRegressor",
    "Upsample",
    "ZipMap",
];

pub(in crate::scheme) fn size(subject: &Subject<'_>, request: &Request) -> Size {
    let flow = subject.flow();
    let mut size = Size::new(request, subject.analysis.layers.len());
    flow.assumed.iter().for_each(|what| size.assume(what.clone()));
    let mut edit = Edit::new(flow);
    for (value, stored) in flow.initializers() {
        let kept = why_not(flow, value, stored);
        add(&mut size, flow.layer(value), stored, kept);
        if kept.is_none() {
            let (bytes, half) = (stored.bytes(), stored.bytes() / 2);
            let shorter = message::field(bytes).saturating_sub(message::field(half));
            edit.remove_message(stored.length);
            edit.add_message(stored.length.saturating_sub(shorter));
        }
    }
    for (value, stored) in flow.constants() {
        let kept = (stored.dtype != DType::Float32).then_some("not float32");
        add(&mut size, flow.layer(value), stored, kept);
        if kept.is_none() {
            edit.remove(stored.bytes() / 2);
        }
    }
    let estimated = describe(flow, &mut edit);
    let bytes = edit.file_length(false);
    size.file = bytes.map(|bytes| estimated.file(bytes));
    size
}

fn add(size: &mut Size, layer: Option<usize>, stored: &StoredValue, kept: Option<&'static str>) {
    match kept {
        Some(why) => size.keep(layer, stored.bytes(), why),
        None => size.keep(layer, stored.bytes() / 2, "cast to float16"),
    }
}

/// Why a tensor is not cast.
fn why_not(flow: &Flow<'_>, value: u32, stored: &StoredValue) -> Option<&'static str> {
    if stored.dtype != DType::Float32 {
        let whole = !is_floating(stored.dtype);
        return Some(if whole { "shapes, axes and other whole numbers" } else { "not float32" });
    }
    let readers = flow.readers(value);
    if readers.is_empty() {
        return Some("nobody reads it");
    }
    let is_blocked = |(node, position): &(usize, usize)| {
        let op = flow.graph.nodes.get(*node).map_or("", |node| node.op.as_str());
        let scales = op == "Resize" && *position == 2;
        let norm = matches!(op, "GroupNorm" | "SkipGroupNorm") && matches!(position, 1 | 2);
        BLOCKED.contains(&op) || scales || norm
    };
    readers.iter().all(is_blocked).then_some("read only by operators without a float16 version")
}
