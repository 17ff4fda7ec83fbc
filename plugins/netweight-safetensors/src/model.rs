//! A checkpoint as a model: its modules' layers in order, and what the file says of itself.

use std::collections::{BTreeSet, HashSet};

use netweight_core::{Convention, Diagnostic, Layer, Model};

use crate::checkpoint::Checkpoint;
use crate::config::Config;
use crate::header::Tensor;
use crate::meaning::{self, Site};
use crate::module::{self, Module};
use crate::packing::Evidence;
use crate::parameter;

/// Builds the model of a checkpoint.
pub(crate) fn build(checkpoint: Checkpoint, config: &Config) -> Model {
    let modules = module::gather(&checkpoint.tensors);
    let evidence = Evidence {
        config,
        hidden: hidden_size(&modules),
        embedding_columns: embedding_columns(&checkpoint.tensors),
    };
    let convolutions: HashSet<&str> =
        modules.iter().filter_map(|module| module.path.strip_suffix("conv1")).collect();
    let mut packings = BTreeSet::new();
    let mut model = Model {
        convention: Convention::PyTorch,
        stores_weights: true,
        producer: config.producer(),
        ..Model::new("safetensors")
    };
    for module in &modules {
        let parameters = parameter::of(module, &evidence);
        packings.extend(parameters.iter().filter_map(|parameter| parameter.packing));
        model.diagnostics.extend(integers(module, &parameters));
        let parent = module.path.rfind('.').and_then(|at| module.path.get(..=at)).unwrap_or("");
        let site = Site {
            path: module.path,
            parameters: &parameters,
            beside_convolution: convolutions.contains(parent),
        };
        model.layers.extend(meaning::layers(&site));
    }
    model.description = description(&checkpoint, config, &packings);
    let title = |(key, value): &(String, String)| {
        matches!(key.as_str(), "modelspec.title" | "ss_output_name").then(|| value.clone())
    };
    model.name = checkpoint.metadata.iter().find_map(title);
    model.layers.extend(checkpoint.missing.iter().map(|missing| Layer {
        path: missing.file.clone(),
        type_name: "missing shard".into(),
        unknown: Some(missing.why.clone().into()),
        ..Layer::default()
    }));
    model.diagnostics.splice(0..0, checkpoint.diagnostics);
    model.files = checkpoint.read;
    model
}

fn description(checkpoint: &Checkpoint, config: &Config, packings: &BTreeSet<&str>) -> String {
    let mut words = vec!["safetensors".to_owned()];
    words.extend(config.architecture().map(str::to_owned));
    let is_lora =
        |tensor: &Tensor| tensor.name.contains(".lora_") || tensor.name.starts_with("lora_");
    let adapter = || {
        let (first, rest) = checkpoint.tensors.split_first()?;
        (is_lora(first) || rest.iter().any(is_lora)).then(|| "LoRA adapter".to_owned())
    };
    words.extend(config.adapter().or_else(adapter));
    words.extend(packings.iter().map(|packing| (*packing).to_owned()));
    if checkpoint.files > 1 {
        words.push(format!("{} files", checkpoint.files));
    }
    words.join(", ")
}

/// Integer tensors called `weight` in no known layout: most likely packed values.
fn integers(module: &Module, parameters: &[parameter::Parameter]) -> Option<Diagnostic> {
    let found = parameters
        .iter()
        .find(|parameter| parameter.name == "weight" || parameter.name == "qweight")?;
    let weight = &found.weight;
    (weight.category == netweight_core::Category::Constant).then(|| {
        let found = format!(
            "`{}` holds {} and no known quantizer's tensors stand beside it; not counted",
            weight.name, weight.dtype
        );
        Diagnostic::warning("safetensors/integer-weight", found).at(module.path.to_owned())
    })
}

/// The length of the normalization with the shortest name: the one behind the last block.
fn hidden_size(modules: &[Module]) -> Option<u64> {
    let norms = modules.iter().filter(|module| module.path.ends_with("norm"));
    let last = norms.min_by_key(|module| module.path.len())?;
    let weight = last.tensors.iter().find(|(name, _)| *name == "weight");
    weight.and_then(|(_, tensor)| match tensor.shape.as_slice() {
        [length] => Some(*length),
        _ => None,
    })
}

/// Columns of the token embedding as it is stored.
fn embedding_columns(tensors: &[Tensor]) -> Option<u64> {
    let is_one = |tensor: &&Tensor| tensor.name.ends_with("embed_tokens.weight");
    tensors.iter().find(is_one).and_then(|tensor| tensor.shape.last().copied())
}
