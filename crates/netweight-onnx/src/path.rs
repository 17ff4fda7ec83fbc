//! Layer paths: the source model's module tree, from metadata and names.

use netweight_core::Category;

use crate::graph::{CallId, TensorId};
use crate::plan::Context;
use crate::provenance::note;

/// Whether an exporter made the name up.
pub(crate) fn is_made_up(name: &str) -> bool {
    is_result(name) || numbered(name)
}

/// Whether an exporter named the tensor after the place where it was computed.
pub(crate) fn is_result(name: &str) -> bool {
    let after = |prefix: &str| name.strip_prefix(prefix).is_some_and(numbered);
    let output = name.starts_with('/')
        && name.rsplit_once("_output_").is_some_and(|(_, number)| numbered(number));
    name.starts_with("onnx::") || output || after("val_") || name.contains("const_fold_opt__")
}

fn numbered(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the name says that the tensor is filled with one value.
pub(crate) fn is_fill(name: &str) -> bool {
    let last = last_part(name);
    ["zeros", "ones", "zeros_like", "ones_like"].contains(&last.trim_end_matches(":0"))
}

/// Names of tensors that models keep but do not learn.
const BUFFERS: &[&str] = &[
    "mean",
    "std",
    "pe",
    "inv_freq",
    "cos_cached",
    "sin_cached",
    "cos_cache",
    "sin_cache",
    "attn_mask",
    "mask",
    "causal_mask",
    "anchors",
    "anchor_points",
    "stride_tensor",
    "window",
    "mel_filters",
    "pixel_mean",
    "pixel_std",
];

/// What a name says that its tensor is.
pub(crate) fn word(name: &str) -> Option<Category> {
    let layer = |kind: &str| {
        name.split('/').any(|part| {
            part.strip_prefix(kind)
                .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('_').is_some_and(numbered))
        })
    };
    if BUFFERS.contains(&last_part(name)) || layer("rescaling") {
        return Some(Category::Constant);
    }
    if matches!(last_part(name), "running_mean" | "running_var") || layer("normalization") {
        return Some(Category::NonTrainable);
    }
    None
}

fn last_part(name: &str) -> &str {
    name.rsplit(['.', '/']).next().unwrap_or(name)
}

/// The path of the module that a tensor belongs to, by the name that its source gave it.
pub(crate) fn of_tensor<'f>(context: &Context<'f>, tensor: TensorId) -> Option<&'f str> {
    if let Some(said) = context.provenance.said(tensor) {
        let source = said.sources.first()?;
        let source = source
            .strip_suffix("_bias")
            .filter(|_| said.folded && said.sources.len() == 1 && source.ends_with("weight_bias"))
            .unwrap_or(source);
        return Some(parent(source));
    }
    let name = context.wiring.text(context.wiring.tensor(tensor)?.name);
    let plain = name.strip_suffix("_quantized").unwrap_or(name);
    (!is_made_up(plain) && plain.contains('.') && !plain.contains(['/', ':']))
        .then(|| parent(plain))
}

fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// The path of the module that a call stands in, and the call's own name in it.
pub(crate) fn of_call(context: &Context, call: CallId) -> (String, String) {
    let wiring = &context.wiring;
    let Some(node) = wiring.call(call).map(|call| call.node) else { return Default::default() };
    let name = wiring.text(node.name);
    if let Some(scopes) = note(wiring, &node.metadata, "pkg.torch.onnx.name_scopes") {
        let mut scopes: Vec<&str> = scopes.split('\'').skip(1).step_by(2).collect();
        let own = scopes.pop().unwrap_or(name);
        return (scopes.pop().unwrap_or_default().to_owned(), own.to_owned());
    }
    if name.is_empty() {
        return (String::new(), String::new());
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    let Some((own, modules)) = parts.split_last() else { return Default::default() };
    (modules_path(modules), (*own).to_owned())
}

/// `layer1`, `layer1.0`, `conv1` are one path: a container's name comes again with its child's.
fn modules_path(parts: &[&str]) -> String {
    let mut path = String::new();
    let mut last = "";
    for part in parts {
        let repeats = part.strip_prefix(last).is_some_and(|rest| rest.starts_with('.'));
        if repeats && !last.is_empty() {
            path.truncate(path.len() - last.len());
        } else if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part);
        last = part;
    }
    path
}
