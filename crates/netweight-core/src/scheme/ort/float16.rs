//! `convert_float_to_float16`: every float32 tensor halves, but for a few operators' own.

use super::edit::is_floating;
use super::flow::Flow;
use super::overhead::{self, Overhead, Tally};
use crate::DType;
use crate::graph::StoredValue;
use crate::scheme::request::Request;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;

const OVERHEAD: Overhead = Overhead {
    weight: 0.0,
    activation: 0.0,
    bias: 0.0,
    name: 0.0,
    shape: 0.79,
    zero_point: 0.0,
    fixed: 0.0,
};

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
    let mut add = |value: u32, stored: &StoredValue, kept: Option<&'static str>| match kept {
        Some(why) => size.keep(flow.layer(value), stored.bytes(), why),
        None => size.keep(flow.layer(value), stored.bytes() / 2, "cast to float16"),
    };
    for (value, stored) in flow.initializers() {
        add(value, stored, why_not(flow, value, stored));
    }
    for (value, stored) in flow.constants() {
        let kept = (stored.dtype != DType::Float32).then_some("not float32");
        add(value, stored, kept);
    }
    let payload = size.total.total();
    let tally = Tally::default();
    size.file = overhead::file_size(flow, payload, &tally, &OVERHEAD, |_| false);
    size
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
