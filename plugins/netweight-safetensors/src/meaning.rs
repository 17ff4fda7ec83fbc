//! What kind of layer a module is, as far as names and shapes tell it.

use netweight_core::{Arg, Args, Category, Layer, Role};

use crate::parameter::Parameter;

/// A module with its tensors understood.
pub(crate) struct Site<'a> {
    pub(crate) path: &'a str,
    pub(crate) parameters: &'a [Parameter],
    /// Whether a convolution `conv1` stands beside the module.
    pub(crate) beside_convolution: bool,
}

/// A layer found in a module: its kind, its sizes, and which tensors it takes.
struct Found {
    /// What follows the module's path, where the module holds more than this layer.
    name: Option<String>,
    /// The class that PyTorch would have for it.
    class: &'static str,
    kind: &'static str,
    sizes: Args,
    takes: Vec<(usize, Role)>,
}

/// The patterns, the most telling first; each finds any number of layers in a module.
static PATTERNS: &[fn(&Site) -> Vec<Found>] =
    &[batch_norm, recurrent, norm, weight, projections, experts, direct];

/// The rows of a module: layers that are recognised, then tensors that belong to none, so that
/// every tensor stands in one row.
pub(crate) fn layers(site: &Site) -> Vec<Layer> {
    let mut taken: Vec<bool> = site.parameters.iter().map(|_| false).collect();
    let mut layers = Vec::new();
    for pattern in PATTERNS {
        for found in pattern(site) {
            let free = |(index, _): &(usize, Role)| taken.get(*index) == Some(&false);
            if !found.takes.iter().all(free) {
                continue;
            }
            for (index, _) in &found.takes {
                if let Some(taken) = taken.get_mut(*index) {
                    *taken = true;
                }
            }
            layers.push(found.layer(site));
        }
    }
    let left = site.parameters.iter().zip(&taken).filter(|(_, taken)| !**taken);
    for (parameter, _) in left {
        // Scales and buffers stand with the module's only layer, if there is one.
        match layers.as_mut_slice() {
            [only] if parameter.weight.category != Category::Trainable => {
                only.weights.push(parameter.weight.clone());
            }
            _ => layers.push(own_row(site, parameter)),
        }
    }
    layers
}

fn own_row(site: &Site, parameter: &Parameter) -> Layer {
    let class = match parameter.weight.category {
        Category::Constant => "Buffer",
        Category::Quantization => "Quantization",
        _ => adapter(&parameter.name).unwrap_or("Parameter"),
    };
    let mut layer = Layer {
        path: joined(site.path, &parameter.name),
        type_name: class.into(),
        weights: vec![parameter.weight.clone()],
        ..Layer::default()
    };
    let sizes = Arg::sizes(&parameter.weight.shape);
    if let Some(sizes) = sizes.filter(|_| parameter.weight.category == Category::Trainable) {
        layer.kind = Some("parameter".into());
        layer.measured.set("shape", sizes);
    }
    layer
}

/// Adapters that keep their tensors without modules of their own, by the beginning of the names.
static ADAPTERS: &[(&str, &str)] =
    &[("lora_", "LoRA"), ("ia3_", "IA3"), ("hada_", "LoHa"), ("lokr_", "LoKr")];

fn adapter(name: &str) -> Option<&'static str> {
    ADAPTERS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, class)| *class)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

impl Found {
    fn new(class: &'static str, kind: &'static str, sizes: &[(&'static str, Option<Arg>)]) -> Self {
        let mut args = Args::default();
        for (name, value) in sizes {
            if let Some(value) = value {
                args.set(*name, value.clone());
            }
        }
        Self { name: None, class, kind, sizes: args, takes: Vec::new() }
    }

    /// The same with a tensor more, where it is there.
    fn take(mut self, parameter: Option<(usize, &Parameter)>, role: Role) -> Self {
        self.takes.extend(parameter.map(|(index, _)| (index, role)));
        self
    }

    /// The same as one of several layers in its module.
    fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    fn layer(self, site: &Site) -> Layer {
        let path = match &self.name {
            Some(name) => joined(site.path, name),
            None => site.path.to_owned(),
        };
        let weights = self.takes.iter().filter_map(|(index, role)| {
            let weight = &site.parameters.get(*index)?.weight;
            Some(netweight_core::Weight { role: *role, ..weight.clone() })
        });
        // Whether a tensor is there is a fact of the list; sizes are read off the shapes.
        let (mut args, mut measured) = (Args::default(), Args::default());
        for (name, value) in self.sizes.iter() {
            let to = if matches!(value, Arg::Flag(_)) { &mut args } else { &mut measured };
            to.set(name.to_owned(), value.clone());
        }
        Layer {
            args,
            measured,
            weights: weights.collect(),
            ..Layer::new(path, self.class, self.kind)
        }
    }
}

impl Site<'_> {
    fn find(&self, name: &str) -> Option<(usize, &Parameter)> {
        self.parameters.iter().enumerate().find(|(_, parameter)| parameter.name == name)
    }

    /// A parameter proper, not a buffer of that name.
    fn learned(&self, name: &str) -> Option<(usize, &Parameter)> {
        self.find(name).filter(|(_, found)| found.weight.category == Category::Trainable)
    }

    fn last_part(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }
}

fn size(size: u64) -> Option<Arg> {
    Arg::size(size)
}

fn flag(flag: bool) -> Option<Arg> {
    Some(Arg::Flag(flag))
}

fn shape(parameter: Option<(usize, &Parameter)>) -> Option<&[u64]> {
    parameter.map(|(_, parameter)| parameter.weight.shape.as_slice())
}

/// Whether a name has one of the words in it, letters of either case.
fn has(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// Running statistics make it a batch normalization, with or without scale and offset.
fn batch_norm(site: &Site) -> Vec<Found> {
    let (mean, variance) = (site.find("running_mean"), site.find("running_var"));
    let Some(&[channels]) = shape(mean).filter(|_| variance.is_some()) else { return vec![] };
    let (gamma, beta) = (site.learned("weight"), site.learned("bias"));
    if [gamma, beta].into_iter().any(|found| found.is_some() && shape(found) != shape(mean)) {
        return vec![];
    }
    let sizes = [
        ("channels", size(channels)),
        ("scale", flag(gamma.is_some())),
        ("offset", flag(beta.is_some())),
    ];
    vec![
        Found::new("BatchNorm", "batch_norm", &sizes)
            .take(gamma, Role::Gamma)
            .take(beta, Role::Beta)
            .take(mean, Role::Mean)
            .take(variance, Role::Variance)
            .take(site.find("num_batches_tracked"), Role::State),
    ]
}

/// PyTorch's recurrent layers, one row for each layer and direction: `weight_ih_l0` [g × h, i],
/// `weight_hh_l0` [g × h, h]; a cell has the same names without `_l0`.
fn recurrent(site: &Site) -> Vec<Found> {
    let ends = site.parameters.iter().filter_map(|found| found.name.strip_prefix("weight_ih"));
    ends.filter_map(|end| {
        let of = |name: &str| site.learned(&format!("{name}{end}"));
        let (input, state) = (of("weight_ih"), of("weight_hh"));
        let (&[rows, inputs], &[gated, hidden]) = (shape(input)?, shape(state)?) else {
            return None;
        };
        let (class, kind) = match (rows == gated).then(|| gated.checked_div(hidden))?? {
            1 => ("RNN", "simple_rnn"),
            3 => ("GRU", "gru"),
            4 => ("LSTM", "lstm"),
            _ => return None,
        };
        let bias = of("bias_ih");
        let sizes = [
            ("input_size", size(inputs)),
            ("hidden_size", size(hidden)),
            ("bias", flag(bias.is_some())),
        ];
        let found = Found::new(class, kind, &sizes)
            .take(input, Role::Kernel)
            .take(state, Role::RecurrentKernel)
            .take(bias, Role::Bias)
            .take(of("bias_hh"), Role::Bias);
        let layer = end.trim_start_matches('_');
        Some(if layer.is_empty() { found } else { found.named(layer) })
    })
    .collect()
}

/// A vector `weight`, or `gamma` as old checkpoints have it, with or without its offset.
fn norm(site: &Site) -> Vec<Found> {
    let old = site.learned("gamma").filter(|_| site.learned("beta").is_some());
    let (scale, offset) = match site.learned("weight") {
        None if old.is_some() => (old, site.learned("beta")),
        weight => (weight, site.learned("bias")),
    };
    let Some(&[features]) = shape(scale) else { return vec![] };
    let name = site.last_part();
    let is_named =
        has(name, &["norm", "ln_", "_ln"]) || name.to_ascii_lowercase().starts_with("ln");
    if offset.is_some() && shape(offset) != shape(scale) {
        return vec![];
    }
    let is_group = has(name, &["group_norm", "groupnorm", "conv_norm"])
        || (site.beside_convolution && has(name, &["norm"]));
    let found = match offset {
        Some(_) if is_group => {
            Found::new("GroupNorm", "group_norm", &[("channels", size(features))])
        }
        Some(_) => Found::new("LayerNorm", "layer_norm", &[("normalized_shape", size(features))]),
        None if is_named => {
            Found::new("RMSNorm", "rms_norm", &[("normalized_shape", size(features))])
        }
        None if has(name, &["prelu", "act"]) => {
            Found::new("PReLU", "prelu", &[("slope_shape", size(features))])
        }
        None => return vec![],
    };
    let role = if found.kind == "prelu" { Role::Slope } else { Role::Gamma };
    vec![found.take(scale, role).take(offset, Role::Beta)]
}

/// Words in the names of tables of vectors.
const TABLES: &[&str] = &["emb", "wte", "wpe", "relative_attention_bias"];

/// A `weight` of two or more dimensions: an embedding, a dense layer, a convolution.
fn weight(site: &Site) -> Vec<Found> {
    let (weight, bias) = (site.learned("weight"), site.learned("bias"));
    let length = match shape(bias) {
        Some([length]) => Some(*length),
        Some(_) => return vec![],
        None => None,
    };
    let Some(dims) = shape(weight) else { return vec![] };
    let name = site.last_part();
    let found = match dims {
        [entries, values] if length.is_none() && is_table(site) => Some(
            Found::new(
                "Embedding",
                "embedding",
                &[("vocabulary_size", size(*entries)), ("embedding_size", size(*values))],
            )
            .take(weight, Role::Embedding),
        ),
        [rows, columns] => dense(name, *rows, *columns, length)
            .map(|found| found.take(weight, Role::Kernel).take(bias, Role::Bias)),
        [rows, columns, kernel @ ..] if !kernel.is_empty() => {
            convolution(name, *rows, *columns, kernel, length)
                .map(|found| found.take(weight, Role::Kernel).take(bias, Role::Bias))
        }
        _ => None,
    };
    found.into_iter().collect()
}

/// Whether a module without a bias is a table of vectors: by its name, or as T5's `shared`.
fn is_table(site: &Site) -> bool {
    let name = site.last_part();
    let projects = has(name, &["proj", "linear", "dense", "_to_", "_out"]);
    (has(name, TABLES) && !projects) || site.path == "shared"
}

/// PyTorch keeps [out, in]; GPT-2's Conv1D keeps [in, out], told by its bias or its names.
fn dense(name: &str, rows: u64, columns: u64, bias: Option<u64>) -> Option<Found> {
    let is_conv1d = match bias {
        Some(length) if length != rows && length != columns => return None,
        Some(length) if rows != columns => length == columns,
        _ => matches!(name, "c_attn" | "c_proj" | "c_fc" | "q_attn"),
    };
    let (class, inputs, outputs) = match is_conv1d {
        true => ("Conv1D", rows, columns),
        false => ("Linear", columns, rows),
    };
    let class = adapter(name).unwrap_or(class);
    let sizes = [
        ("input_size", size(inputs)),
        ("output_size", size(outputs)),
        ("bias", flag(bias.is_some())),
    ];
    Some(Found::new(class, "dense", &sizes))
}

/// [out, in ÷ groups, kernel…]; transposed ones keep [in, out, kernel…], told by their bias.
/// How many groups there are is not told: the sizes are those that one group sees, unless each
/// channel has filters of its own and the name says so.
fn convolution(
    name: &str,
    rows: u64,
    columns: u64,
    kernel: &[u64],
    bias: Option<u64>,
) -> Option<Found> {
    let class = match kernel.len() {
        1 => ["Conv1d", "ConvTranspose1d"],
        2 => ["Conv2d", "ConvTranspose2d"],
        _ => ["Conv3d", "ConvTranspose3d"],
    };
    let [plain, transposed] = class;
    let has_bias = ("bias", flag(bias.is_some()));
    let kernel = ("kernel_size", Arg::sizes(kernel));
    let is_transposed = match bias {
        Some(length) if length != rows && length != columns => return None,
        Some(length) if rows != columns => length == columns,
        _ => has(name, &["transpose", "deconv"]),
    };
    if is_transposed {
        let sizes =
            [("in_channels", size(rows)), ("out_channels", size(columns)), kernel, has_bias];
        return Some(Found::new(transposed, "conv_transpose", &sizes));
    }
    if columns == 1 && rows > 1 && has(name, &["dw", "depthwise", "conv1d"]) {
        let sizes = [("in_channels", size(rows)), kernel, has_bias];
        return Some(Found::new(plain, "depthwise_conv", &sizes));
    }
    let sizes = [("in_channels", size(columns)), ("out_channels", size(rows)), kernel, has_bias];
    Some(Found::new(plain, "conv", &sizes))
}

/// Projections that a module keeps without a module for each: `in_proj_weight`, `in_proj_bias`.
fn projections(site: &Site) -> Vec<Found> {
    let stems = site.parameters.iter().filter_map(|found| found.name.strip_suffix("_weight"));
    stems
        .filter_map(|stem| {
            let weight = site.learned(&format!("{stem}_weight"));
            let bias = site.learned(&format!("{stem}_bias"));
            let (&[rows, columns], length) = (shape(weight)?, shape(bias)) else { return None };
            if length.is_some_and(|length| length != [rows]) {
                return None;
            }
            let found = dense(stem, rows, columns, length.map(|_| rows))?;
            Some(found.take(weight, Role::Kernel).take(bias, Role::Bias).named(stem))
        })
        .collect()
}

/// Weights of all experts in one tensor: [experts, in, out] or, packed, [experts, out, in].
fn experts(site: &Site) -> Vec<Found> {
    if !has(site.path, &["expert"]) {
        return vec![];
    }
    let learned =
        site.parameters.iter().filter(|found| found.weight.category == Category::Trainable);
    learned
        .filter_map(|found| {
            let &[experts, rows, columns] = found.weight.shape.as_slice() else { return None };
            let weight = site.find(&found.name);
            let bias = site.learned(&format!("{}_bias", found.name));
            let outputs = match (shape(bias), found.packing) {
                (Some([_, length]), _) => *length,
                (Some(_), _) => return None,
                (None, Some(_)) => rows,
                (None, None) => columns,
            };
            let inputs = if outputs == rows { columns } else { rows };
            let sizes = [
                ("experts", size(experts)),
                ("input_size", size(inputs)),
                ("output_size", size(outputs)),
                ("bias", flag(bias.is_some())),
            ];
            let layer = Found::new("Experts", "experts", &sizes);
            let layer = layer.take(weight, Role::Kernel).take(bias, Role::Bias);
            let scales = site.find(&format!("{}_scales", found.name));
            Some(layer.take(scales, Role::Scale).named(found.name.clone()))
        })
        .collect()
}

/// Names of the vectors that a block's outputs are multiplied by.
const LAYER_SCALES: &[&str] =
    &["gamma", "lambda1", "lambda_1", "lambda_2", "layer_scale", "layer_scale_parameter"];

/// Parameters that a module holds itself: layer scales, positions.
fn direct(site: &Site) -> Vec<Found> {
    let learned =
        site.parameters.iter().filter(|found| found.weight.category == Category::Trainable);
    learned
        .filter_map(|found| {
            let parameter = site.find(&found.name);
            let layer = match found.weight.shape.as_slice() {
                [features] if LAYER_SCALES.contains(&found.name.as_str()) => {
                    let sizes = [("channels", size(*features))];
                    Found::new("LayerScale", "layer_scale", &sizes).take(parameter, Role::Gamma)
                }
                [positions, values] | [1, positions, values]
                    if has(&found.name, &["pos_embed", "position_embedding"]) =>
                {
                    let sizes =
                        [("sequence_length", size(*positions)), ("embedding_size", size(*values))];
                    let layer = Found::new("Parameter", "position_embedding", &sizes);
                    layer.take(parameter, Role::Embedding)
                }
                _ => return None,
            };
            Some(layer.named(found.name.clone()))
        })
        .collect()
}
