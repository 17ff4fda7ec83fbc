//! Classical models of `ai.onnx.ml`, whose values stand in attributes.
//!
//! Coefficients of linear models are learned weights like any others. Thresholds of trees,
//! support vectors and the statistics of scalers are no parameters in a network's sense and are
//! reported as constants.

use netweight_core::{Arg, Role};

use super::{Measure, Op, Site, Sizes, Use, plain};

const DOMAIN: &str = "ai.onnx.ml";
const LINEAR: &[(&str, Use)] =
    &[("coefficients", Use::Learned(Role::Kernel)), ("intercepts", Use::Learned(Role::Bias))];

const fn linear(name: &'static str) -> Op<'static> {
    let mut op = plain(name, "dense").in_domain(DOMAIN);
    op.attributes = LINEAR;
    op.sizes = Measure::Table(sizes);
    op
}

const fn other(name: &'static str) -> Op<'static> {
    plain(name, "").in_domain(DOMAIN).rest(Use::Fixed)
}

pub(super) const OPS: &[Op] = &[
    linear("LinearClassifier"),
    linear("LinearRegressor"),
    other("SVMClassifier"),
    other("SVMRegressor"),
    other("TreeEnsemble"),
    other("TreeEnsembleClassifier"),
    other("TreeEnsembleRegressor"),
    other("Scaler"),
    other("Normalizer"),
    other("Imputer"),
    other("Binarizer"),
    other("ArrayFeatureExtractor"),
    other("FeatureVectorizer"),
    other("CategoryMapper"),
    other("DictVectorizer"),
    other("LabelEncoder"),
    other("OneHotEncoder"),
    other("ZipMap"),
    other("CastMap"),
];

fn sizes(site: &Site) -> Sizes {
    // Intercepts of zeros, which nobody learned, tell as well.
    let intercepts = site.held.iter().find(|held| held.role != Role::Kernel);
    let outputs = intercepts.map_or_else(|| site.size("targets"), |held| held.elements);
    let inputs =
        site.elements(Role::Kernel).zip(outputs).and_then(|(all, out)| all.checked_div(out));
    let size = |size: Option<u64>| size.and_then(Arg::size);
    Sizes::default()
        .state("input_size", size(inputs))
        .state("output_size", size(outputs))
        .state("bias", Some(site.has(Role::Bias)))
}
