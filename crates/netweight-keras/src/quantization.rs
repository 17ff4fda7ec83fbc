//! Layers whose dtype policy says that they are quantized: their kind is another one.

use netweight_core::Diagnostic;

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
    let Some(mode) = mode(draft) else { return };
    if mode == Mode::Float8 {
        draft.kind("float8_dense");
        return;
    }
    draft.kind("quantized_dense");
    if let Some(units) = draft.layer.args.int("output_size") {
        draft.set("stored_size", stored(mode, units));
    }
    blocks(draft, mode);
}

pub(crate) fn einsum_dense(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    if mode == Mode::Float8 {
        draft.kind("float8_einsum_dense");
        return;
    }
    draft.kind("quantized_einsum_dense");
    draft.set("packed", matches!(mode, Mode::Int4 { .. }));
    blocks(draft, mode);
}

pub(crate) fn embedding(draft: &mut Draft) {
    let Some(mode) = mode(draft) else { return };
    draft.kind("quantized_embedding");
    let width = draft.layer.args.int("embedding_size");
    if let Some(width) = width {
        draft.set("stored_size", stored(mode, width));
    }
    blocks(draft, mode);
    if mode != Mode::Int8 && draft.layer.args.flag("untied") {
        draft.unknown_because("how a table for the way back is packed into int4 is not known here");
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
fn blocks(draft: &mut Draft, mode: Mode) {
    let Mode::Int4 { block: Some(block) } = mode else { return };
    draft.set("zero_points", true);
    draft.set("block_size", block);
}

/// Attention hands its policy on to the dense layers in it.
pub(crate) fn attention(draft: &mut Draft) {
    if mode(draft).is_some() {
        draft
            .unknown_because("what a policy adds to the layers inside attention is not known here");
    }
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
