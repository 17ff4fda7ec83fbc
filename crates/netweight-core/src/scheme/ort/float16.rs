//! `convert_float_to_float16`: every float32 tensor halves, but for a few operators' own.

use std::collections::HashSet;

use super::begun;
use super::edit::{Edit, WHOLE_NUMBERS, is_floating};
use super::flow::Flow;
use super::shapes::describe;
use crate::DType;
use crate::graph::{Node, StoredValue, message};
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
    let mut size = begun(subject, request);
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
    casts(flow, &mut edit);
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
        return Some(if whole { WHOLE_NUMBERS } else { "not float32" });
    }
    let readers = flow.readers(value);
    if readers.is_empty() {
        return Some("nobody reads it");
    }
    let mut nodes = readers.iter().map(|(node, position)| (flow.graph.nodes.get(*node), *position));
    nodes
        .all(|(node, position)| node.is_some_and(|node| stays_float(node, position)))
        .then_some("read only by operators without a float16 version")
}

fn is_blocked(node: &Node) -> bool {
    BLOCKED.contains(&node.op.as_str())
}

/// Whether a node reads float32 at a position, come what may.
fn stays_float(node: &Node, position: usize) -> bool {
    let scales = node.op == "Resize" && position == 2;
    let norm =
        matches!(node.op.as_str(), "GroupNorm" | "SkipGroupNorm") && matches!(position, 1 | 2);
    is_blocked(node) || scales || norm
}

/// Casts around operators without a float16 version: what is float16 now and one of them reads is
/// cast once, what it gives is cast back.
fn casts(flow: &Flow<'_>, edit: &mut Edit<'_, '_>) {
    let is_cast = |value: &u32| {
        flow.dtype(*value) == Some(DType::Float32)
            && flow
                .initializer(Some(*value))
                .is_none_or(|stored| why_not(flow, *value, stored).is_none())
    };
    let mut known = HashSet::new();
    for node in &flow.graph.nodes {
        let inputs = node.inputs.iter().enumerate();
        let read = inputs.filter(|(position, _)| stays_float(node, *position));
        let read: Vec<u32> = read.filter_map(|(_, value)| value.filter(is_cast)).collect();
        let given =
            node.outputs.iter().flatten().filter(|value| is_blocked(node) && is_cast(value));
        let given: Vec<u32> = given.copied().collect();
        for value in read.iter().filter(|value| known.insert(**value)) {
            cast(flow, edit, *value, "fp32");
        }
        given.iter().for_each(|value| cast(flow, edit, *value, "fp16"));
        let longer = read.iter().chain(&given).map(|value| {
            let length = flow.name(*value).len() as u64;
            message::field(length + SUFFIX).saturating_sub(message::field(length))
        });
        edit.remove_message(node.length);
        edit.add_message(longer.fold(node.length, u64::saturating_add));
    }
}

/// What the name of a cast value ends in.
const SUFFIX: u64 = "_cast_to_fp32".len() as u64;

fn cast(flow: &Flow<'_>, edit: &mut Edit<'_, '_>, value: u32, to: &str) {
    let name = flow.name(value);
    let cast = format!("{name}_cast_to_{to}");
    let names = [name, cast.as_str()];
    let to = message::int("to", 1);
    edit.add_message(message::node("Cast", "", &format!("{cast}_node"), &names, &[to]));
    edit.add_message(message::shape(&cast, flow.dims(value)));
}
