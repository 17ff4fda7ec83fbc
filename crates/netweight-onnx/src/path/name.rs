//! What a tensor's name tells: who gave it, and what the tensor is.

use netweight_core::Category;

/// What quantizers and runtimes put behind a weight's name.
const ENDINGS: &[&str] = &["_quantized", "_DQ_Q4", "_Q4", "_Q8", "_Bnb4", "_NBits"];

/// What ONNX Runtime puts before the name of a weight that it fused something into, behind `Conv`.
const FRONTS: &[&str] = &[
    "BnFusion_W_",
    "BnFusion_BN_B_",
    "MulFusion_W_",
    "MulFusion_Mul_B_",
    "AddFusion_B_",
    "AddFusion_Add_B_",
];

/// The name that a tensor had before it was packed, quantized or fused.
pub(crate) fn original(name: &str) -> &str {
    let fused = name.strip_prefix("Conv");
    let fused = fused.and_then(|fused| FRONTS.iter().find_map(|front| fused.strip_prefix(front)));
    let name = fused.unwrap_or(name);
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// Whether an exporter made the name up.
pub(crate) fn is_made_up(name: &str) -> bool {
    is_result(name) || numbered(name)
}

/// Whether an exporter named the tensor after the place where it was computed.
pub(crate) fn is_result(name: &str) -> bool {
    let after = |prefix: &str| name.strip_prefix(prefix).is_some_and(numbered);
    let computed = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let numbered = after("val_") || after("const.") || is_simplified(name);
    computed
        || numbered
        || is_step(name)
        || operator(name).is_some()
        || name.contains("const_fold_opt__")
}

/// What exporters put before the names of what they computed: PyTorch's, Paddle's.
const PREFIXES: &[&str] =
    &["onnx::", "p2o.", "helper.constant.", "helper.unsqueeze.", "helper.reshape.", "auto.cast."];

/// The operator that gave a value, where TorchScript's name says so: `/fc/Transpose_1_output_0`.
pub(crate) fn operator(name: &str) -> Option<&str> {
    let name = name.strip_prefix('/')?;
    let plain = FUSED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let (scopes, number) = plain.rsplit_once("_output_")?;
    let last = scopes.rsplit('/').next().filter(|_| numbered(number))?;
    match last.rsplit_once('_') {
        Some((operator, again)) if numbered(again) => Some(operator),
        _ => Some(last),
    }
}

/// What a simplifier puts behind the name of a result whose layer it fused with the one before.
const FUSED: &[&str] = &["_weight_fused", "_bias_fused", "_weight", "_bias"];

/// Whether a simplifier made the name up.
pub(crate) fn is_simplified(name: &str) -> bool {
    name.strip_prefix("_v_").is_some_and(numbered)
}

/// Whether the program that PyTorch exports named what it computes: after the operation, with a
/// number if there are several.
fn is_step(name: &str) -> bool {
    if name.contains(['.', '/']) {
        return false;
    }
    let plain = match name.rsplit_once('_') {
        Some((plain, number)) if numbered(number) => plain,
        _ => name,
    };
    STEPS.contains(&plain) || plain.ends_with("_default")
}

/// Operations that make tables, or lay tensors out anew.
const STEPS: &[&str] =
    &["_to_copy", "arange", "expand", "eye", "scalar_tensor", "unsqueeze", "view"];

/// Whether the name is that of a variable: as TensorFlow reads one, or as Paddle numbers them.
pub(crate) fn is_variable(name: &str) -> bool {
    let paddle = |last: &str| {
        let number = last.strip_prefix("w_").or(last.strip_prefix("b_"));
        number.is_some_and(|number| !number.is_empty() && numbered(number))
    };
    let plain = name.strip_suffix(":0").unwrap_or(name);
    READ.iter().any(|end| plain.ends_with(end))
        || name.rsplit_once('.').is_some_and(|(_, last)| paddle(last))
}

/// How TensorFlow calls the value of a variable.
const READ: &[&str] = &["/ReadVariableOp", "/ReadVariableOp/resource"];

/// Whether a text is a number, or nothing.
fn numbered(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the name says that the tensor is another one turned over, as TensorFlow and PyTorch's
/// programs call it.
pub(crate) fn is_turned(name: &str) -> bool {
    let plain = name.trim_end_matches(|end: char| end.is_ascii_digit()).trim_end_matches('_');
    ["t", "transpose", "permute"].contains(&plain) || name.ends_with("/transpose:0")
}

/// Whether the name says that the tensor is filled with one value, as tf2onnx may fill the bias of
/// a recurrent layer.
pub(crate) fn is_fill(name: &str) -> bool {
    let last = last_part(name);
    let bias = last.strip_prefix("B0__").is_some_and(numbered);
    bias || ["zeros", "ones", "zeros_like", "ones_like"].contains(&last.trim_end_matches(":0"))
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
    "anchor_grid",
    "strides",
    "relative_coords_table",
    "final_logits_bias",
    "e_score_correction_bias",
    "stride_tensor",
    "window",
    "mel_filters",
    "pixel_mean",
    "pixel_std",
];

/// What PyTorch models keep in a weight's place but do not learn: tables of positions, of which
/// learned ones end in `weight`, and what is added to the scores of translated words.
const KEPT: &[&str] = &["embed_positions", "embed_positions.weights", "final_logits_bias"];

/// Vectors of power iterations, which stand beside the weight that they norm.
const ITERATED: &[&str] = &["_u", "_v", "weight_u", "weight_v"];

/// Whether the name is that of a tensor in a weight's place that is not learned.
pub(crate) fn is_kept(name: &str) -> bool {
    let ends = |table: &&str| {
        name.strip_suffix(*table).is_some_and(|front| front.is_empty() || front.ends_with('.'))
    };
    KEPT.iter().any(ends)
}

/// Whether the name is that of a vector that a norm of a weight is iterated with.
pub(crate) fn is_iterated(name: &str) -> bool {
    ITERATED.contains(&last_part(name))
}

/// How TensorFlow calls numbers that stand in a program's text.
const LITERALS: &[&str] = &["x:0", "y:0", "Const:0"];

/// What a name says that its tensor is.
pub(crate) fn word(name: &str) -> Option<Category> {
    let layer = |kind: &str| {
        name.split('/').any(|part| {
            let part = part.trim_end_matches(|end: char| end == '_' || end.is_ascii_digit());
            part == kind || part.strip_suffix(kind).is_some_and(|front| front.ends_with("prestem_"))
        })
    };
    if BUFFERS.contains(&last_part(name)) || layer("rescaling") {
        return Some(Category::Constant);
    }
    let statistic = matches!(last_part(name), "running_mean" | "running_var" | "Rsqrt" | "Rsqrt:0");
    if statistic || layer("normalization") {
        return Some(Category::NonTrainable);
    }
    LITERALS.contains(&last_part(name)).then_some(Category::Constant)
}

fn last_part(name: &str) -> &str {
    name.rsplit(['.', '/']).next().unwrap_or(name)
}
