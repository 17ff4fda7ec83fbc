//! Layers whose dtype policy says that they are quantized: their kind is another one.

use netweight_core::{Args, Diagnostic, Edge, Layer};

use crate::hub::built_width;
use crate::layer::Draft;

/// How a layer's kernel is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Int8,
    /// Two values in a byte, a scale and a zero point for each block of inputs.
    Int4 {
        block: Option<i64>,
    },
    Float8,
}

pub(crate) fn dense(draft: &mut Draft) {
    if let Some(mode) = mode(draft) {
        quantize_dense(&mut draft.layer, mode);
    }
}

fn quantize_dense(layer: &mut Layer, mode: Mode) {
    if mode == Mode::Float8 {
        layer.kind = Some("float8_dense".into());
        return;
    }
    layer.kind = Some("quantized_dense".into());
    if let Some(units) = layer.args.int("output_size") {
        layer.args.set("stored_size", stored(mode, units));
    }
    blocks(layer, mode);
}

pub(crate) fn einsum_dense(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    if mode == Mode::Float8 {
        draft.kind("float8_einsum_dense");
        return;
    }
    draft.kind("quantized_einsum_dense");
    draft.set("packed", matches!(mode, Mode::Int4 { .. }));
    blocks(&mut draft.layer, mode);
}

pub(crate) fn embedding(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    draft.kind("quantized_embedding");
    let width = draft.layer.args.int("embedding_size");
    if let Some(width) = width {
        draft.set("stored_size", stored(mode, width));
    }
    blocks(&mut draft.layer, mode);
}

fn stored(mode: Mode, values: i64) -> i64 {
    match mode {
        Mode::Int4 { .. } => values.unsigned_abs().div_ceil(2).try_into().unwrap_or(values),
        Mode::Int8 | Mode::Float8 => values,
    }
}

/// Scales by blocks of so many inputs; without blocks there is one for each output, and no
/// zero point.
fn blocks(layer: &mut Layer, mode: Mode) {
    let Mode::Int4 { block: Some(block) } = mode else { return };
    layer.args.set("zero_points", true);
    layer.args.set("block_size", block);
}

/// Attention hands its policy on to the dense layers in it. The einsums that these are have
/// their kernels quantized as matrices, so that they weigh what plain dense layers do.
pub(crate) fn attention(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    let args = std::mem::take(&mut draft.layer.args);
    let (heads, size) = (args.int("num_heads"), args.int("head_size"));
    let values = args.int("value_head_size").or(size);
    let shared = args.int("num_key_value_heads").or(heads);
    let output = match args.list("output_size") {
        None => built_width(draft),
        Some([features]) => Some(*features),
        Some(_) => {
            let told = "quantized attention to an output of several dimensions is not known here";
            return draft.unknown_because(told);
        }
    };
    let bias = args.get("bias").is_none_or(|_| args.flag("bias"));
    let has_key = draft.layer.stated_inputs.get(2).is_some_and(Option::is_some);
    let mut inner: Vec<Layer> = ["query", "value", "key"]
        .into_iter()
        .take(if has_key { 3 } else { 2 })
        .map(|name| Layer::new(name, "InputLayer", "input"))
        .collect();
    let mut add = |name: &str, from: usize, features: Option<i64>| {
        let mut layer = Layer::new(name, "EinsumDense", "dense");
        layer.inputs = vec![Some(Edge::new(from, 0))];
        layer.args = Args::default().with("bias", bias);
        if let Some(features) = features {
            layer.args.set("output_size", features);
        }
        quantize_dense(&mut layer, mode);
        inner.push(layer);
        inner.len().saturating_sub(1)
    };
    if args.flag("gate") {
        add("gate_dense", 0, times(heads, values));
    }
    add("key_dense", if has_key { 2 } else { 1 }, times(shared, size));
    add("value_dense", 1, times(shared, values));
    let query = add("query_dense", 0, times(heads, size));
    let attended = add("output_dense", query, output);
    if let (Some(layer), Some(values)) = (inner.get_mut(attended), times(heads, values)) {
        layer.args.set("input_size", values);
    }
    draft.kind("model");
    draft.layer.inner = inner.into();
}

fn times(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a?.checked_mul(b?)
}

impl Draft<'_, '_> {
    fn unknown_because(&mut self, told: &str) {
        let unknown = Diagnostic::warning("keras/quantization", told);
        self.layer.unknown = Some(unknown.at(self.layer.path.clone()).into());
    }
}

/// The mode by the layer's dtype: a policy, or its name alone.
fn mode(draft: &Draft) -> Option<Mode> {
    let dtype = draft.given(&["dtype"])?;
    let policy = dtype.get("config").and_then(|config| config.get("mode"));
    let written = policy.unwrap_or(dtype).as_str()?;
    let name = written.split("_from_").next().unwrap_or(written);
    let mut parts = name.split('/');
    match parts.next()? {
        "int8" if policy.is_some() || written != name => Some(Mode::Int8),
        "float8" => Some(Mode::Float8),
        "int4" => {
            let stated = parts.next().and_then(|block| block.parse().ok());
            let config = draft.given(&["quantization_config"]).and_then(|node| node.get("config"));
            let configured = config.and_then(|config| config.get("block_size"));
            let block = stated.or_else(|| i64::try_from(configured?.as_int()?).ok());
            Some(Mode::Int4 { block: block.filter(|block| *block > 0) })
        }
        _ => None,
    }
}
