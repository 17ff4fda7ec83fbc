//! What the graph tells of the model's making.

use netweight_core::{Diagnostic, Role, limits};

use crate::claim::Claim;
use crate::graph::TensorId;
use crate::ops::Use;
use crate::path;
use crate::plan::Context;

/// Layers into which an exporter folded the batch normalization behind them: a program's signature
/// has statistics that the file has not, or biases of convolutions bear an exporter's name.
pub(crate) fn folded_batch_norm(context: &Context, claims: &[Claim]) -> Option<Diagnostic> {
    let note = |what| Diagnostic::note("onnx/folded-batch-norm", what);
    let lost = context.provenance.lost_statistics();
    if lost > 0 {
        let (normalizations, they) =
            if lost == 1 { ("normalization", "it looks") } else { ("normalizations", "they look") };
        return Some(note(format!(
            "the file has no statistics of {lost} batch {normalizations} of the exported program: {they} folded into other layers; the source then had more parameters"
        )));
    }
    let bias = |claim: &&Claim| claim.usage == Use::Learned(Role::Bias);
    let folded = claims.iter().filter(bias).filter(|claim| {
        CONVOLUTIONS.contains(&context.wiring.op(claim.layer)) && is_folded(context, claim.tensor)
    });
    let count = folded.count();
    let convolutions = if count == 1 { "convolution" } else { "convolutions" };
    let what = format!(
        "batch normalization looks folded into {count} {convolutions}: their biases have names that an exporter made up; the source then had more parameters"
    );
    (count > 0).then(|| note(what))
}

const CONVOLUTIONS: &[&str] = &["Conv", "ConvTranspose", "FusedConv", "QLinearConv", "ConvInteger"];

fn is_folded(context: &Context, tensor: TensorId) -> bool {
    let Some(stored) = context.wiring.tensor(tensor) else { return false };
    let name = path::original(context.wiring.text(stored.name));
    let torch = name.starts_with("onnx::Conv_") || name.ends_with(".weight_bias");
    torch && (path::is_result(name) || context.provenance.said(tensor).is_some())
        || name.ends_with("_bias_fused_bn")
        || name.contains("/batchnorm/")
}

/// A word on weights that are computed from more tensors than are followed.
pub(crate) fn cut(context: &Context, claims: &[Claim]) -> Option<Diagnostic> {
    let what = "weights are computed from more tensors than can be followed; the rest of them count as unused";
    let cut = context.trace.cut || claims.len() > limits::onnx::SOURCES;
    cut.then(|| Diagnostic::warning("onnx/too-many-sources", what))
}
