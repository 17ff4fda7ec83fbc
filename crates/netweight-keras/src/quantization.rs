//! Layers whose dtype policy says that they are quantized: their kind is another one.

use netweight_core::Diagnostic;
use netweight_markup::Node;

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

/// Inputs that share a scale where the policy does not say.
const BLOCK: i64 = 128;

pub(crate) fn dense(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    if mode == Mode::Float8 {
        draft.kind("float8_dense");
        return;
    }
    draft.kind("quantized_dense");
    if let Some(units) = draft.layer.args.int("output_size") {
        draft.set("stored_size", stored(mode, units));
    }
    let inputs =
        draft.layer.stated_inputs.first().and_then(|shape| shape.as_ref()?.last()?.known());
    blocks(draft, mode, inputs.and_then(|size| i64::try_from(size).ok()));
}

pub(crate) fn einsum_dense(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    if mode == Mode::Float8 {
        draft.kind("float8_einsum_dense");
        return;
    }
    draft.kind("quantized_einsum_dense");
    draft.set("packed", matches!(mode, Mode::Int4 { .. }));
    blocks(draft, mode, None);
}

pub(crate) fn embedding(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    draft.kind("quantized_embedding");
    let width = draft.layer.args.int("embedding_size");
    if let Some(width) = width {
        draft.set("stored_size", stored(mode, width));
    }
    blocks(draft, mode, width);
    if mode != Mode::Int8 && draft.layer.args.flag("untied") {
        let told = "how Keras packs a table for the way back into int4 is not known here";
        let unknown = Diagnostic::warning("keras/quantization", told);
        draft.layer.unknown = Some(unknown.at(draft.layer.path.clone()).into());
    }
}

fn stored(mode: Mode, values: i64) -> i64 {
    match mode {
        Mode::Int4 { .. } => values.unsigned_abs().div_ceil(2).try_into().unwrap_or(values),
        Mode::Int8 | Mode::Float8 => values,
    }
}

/// Scales by blocks of so many inputs; without blocks there is one for each output, and no
/// zero point.
fn blocks(draft: &mut Draft, mode: Mode, inputs: Option<i64>) {
    let Mode::Int4 { block: Some(block) } = mode else { return };
    draft.set("zero_points", true);
    if let Some(inputs) = inputs.and_then(|inputs| u64::try_from(inputs).ok()) {
        let groups = inputs.div_ceil(block.unsigned_abs().max(1));
        draft.set("scale_groups", i64::try_from(groups).unwrap_or(i64::MAX));
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
            let none = configured.is_some_and(Node::is_null);
            let block = block.or((!none).then_some(BLOCK)).filter(|block| *block > 0);
            Some(Mode::Int4 { block })
        }
        _ => None,
    }
}
