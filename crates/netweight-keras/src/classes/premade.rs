//! The premade models of Keras 2.

use netweight_core::{Edge, Layer};

use super::core::UNITS;
use crate::class::{BIAS, Class};
use crate::layer::Draft;

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["LinearModel"],
        kind: "model",
        keys: &[UNITS, BIAS],
        more: linear,
        ..Class::PLAIN
    },
    Class { names: &["WideDeepModel"], kind: "model", more: wide_and_deep, ..Class::PLAIN },
];

/// A dense layer for each input, and one bias for their sum.
fn linear(draft: &mut Draft) {
    let args = std::mem::take(&mut draft.layer.args);
    let units = args.get("output_size").cloned();
    let mut inner = Vec::new();
    if args.flag("bias") {
        let mut bias = Layer::new("bias", "Variable", "parameter");
        if let Some(units) = &units {
            bias.args.set("shape", units.clone());
        }
        inner.push(bias);
    }
    for _ in 0..draft.layer.stated_inputs.len().max(1) {
        let input = Edge::new(inner.len(), 0);
        inner.push(Layer::new("input", "InputLayer", "input"));
        let mut dense = Layer::new("dense", "Dense", "dense");
        dense.inputs = vec![Some(input)];
        dense.args.set("bias", false);
        if let Some(units) = &units {
            dense.args.set("output_size", units.clone());
        }
        inner.push(dense);
    }
    draft.layer.inner = inner.into();
}

/// A linear model and a deep one, each with an input of its own, whose outputs are added.
fn wide_and_deep(draft: &mut Draft) {
    for key in ["linear_model", "dnn_model"] {
        let Some(model) = draft.given(&[key]) else {
            return draft.refuse(key, "a model of two, of which one is missing");
        };
        let input = Edge::new(draft.layer.inner.len(), 0);
        draft.layer.inner.push(Layer::new("input", "InputLayer", "input"));
        draft.wrap(model);
        if let Some(model) = draft.layer.inner.last_mut() {
            model.inputs = vec![Some(input)];
        }
    }
}
