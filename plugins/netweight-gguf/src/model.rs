//! The files of a model as its layers, in their order, and what they say of themselves.

use std::collections::HashMap;

use netweight_core::{Category, Convention, Diagnostic, Layer, Model, Role, Weight};

use crate::file::{File, Tensor};
use crate::ggml;
use crate::meaning::{self, Facts};
use crate::split::Rest;

/// Builds the model of a file and of those that belong to it.
pub(crate) fn build(first: File, mut rest: Rest) -> Model {
    let facts = Facts::of(&first.metadata);
    let (mut groups, mut places) = (Vec::new(), HashMap::new());
    for tensor in first.tensors.iter().chain(rest.files.iter().flat_map(|file| &file.tensors)) {
        let path = meaning::path(&tensor.name);
        let place = *places.entry(path).or_insert(groups.len());
        if place == groups.len() {
            groups.push((path, Vec::new()));
        }
        if let Some((_, tensors)) = groups.get_mut(place) {
            tensors.push(tensor);
        }
    }
    let mut layers: Vec<Layer> =
        groups.iter().map(|(path, tensors)| layer(path, tensors, &facts)).collect();
    if !rest.is_part {
        layers.extend(facts.tied_output(&layers));
    }
    let mut model = Model {
        convention: Convention::PyTorch,
        stores_weights: true,
        name: first.metadata.text("general.name").map(str::to_owned),
        producer: first.metadata.text("general.quantized_by").map(str::to_owned),
        description: description(&first, &layers, rest.files.len().saturating_add(1)),
        metadata: first.metadata.stated(),
        files: std::iter::once(&first).chain(&rest.files).map(|file| file.own.clone()).collect(),
        ..Model::new("gguf")
    };
    if facts.architecture.is_none() && facts.is_model() && !rest.is_part {
        model.diagnostics.push(Diagnostic::warning(
            "gguf/architecture",
            "`general.architecture` is missing; layers are told by their names alone",
        ));
    }
    model.layers = layers;
    model.layers.append(&mut rest.missing);
    model.diagnostics.extend(first.diagnostics);
    model.diagnostics.append(&mut rest.diagnostics);
    model.diagnostics.extend(rest.files.into_iter().flat_map(|file| file.diagnostics));
    model
}

/// The row of a weight and its bias.
fn layer(path: &str, tensors: &[&Tensor], facts: &Facts) -> Layer {
    let mut layer = meaning::layer(path, tensors, facts);
    let largest = tensors.iter().max_by_key(|tensor| tensor.elements);
    layer.type_name = largest.map(|tensor| type_name(tensor)).unwrap_or_default().into();
    layer
}

/// The type of a tensor as ggml calls it.
fn type_name(tensor: &Tensor) -> String {
    match tensor.element {
        Some(element) => element.name.to_owned(),
        None => format!("type {}", tensor.kind),
    }
}

/// A tensor as a weight of its layer.
pub(crate) fn weight(tensor: &Tensor, role: Role, category: Category) -> Weight {
    Weight {
        name: tensor.name.clone(),
        role,
        category,
        shape: tensor.shape.clone(),
        dtype: tensor.element.map_or(netweight_core::DType::Unknown, |element| element.dtype),
        elements: None,
        stored_bytes: tensor.bytes(),
        place: Some(tensor.place),
    }
}

/// The file in words: `GGUF v3, llama, Q4_K_M, 4.82 bits per weight`.
fn description(file: &File, layers: &[Layer], files: usize) -> String {
    let metadata = &file.metadata;
    let mut words = vec![format!("GGUF v{}", file.version)];
    words.extend(file.is_big_endian.then(|| "big-endian".to_owned()));
    words.extend(metadata.text("general.architecture").map(str::to_owned));
    words.extend(match metadata.text("general.type") {
        Some("model") | None => None,
        Some("adapter") => Some(match metadata.text("adapter.type") {
            Some("lora") => "LoRA adapter".to_owned(),
            other => format!("{} adapter", other.unwrap_or("unknown")),
        }),
        Some(other) => Some(other.to_owned()),
    });
    words.extend(metadata.size("general.file_type").and_then(ggml::file_type).map(str::to_owned));
    words.extend(bits_per_weight(layers));
    words.extend((files > 1).then(|| format!("{files} files")));
    words.join(", ")
}

/// Bytes of the parameters' tensors in bits, over the number of their values.
fn bits_per_weight(layers: &[Layer]) -> Option<String> {
    let (mut bytes, mut values) = (0u128, 0u128);
    let own = layers.iter().filter(|layer| layer.shared_with.is_none());
    for weight in
        own.flat_map(|layer| &layer.weights).filter(|weight| weight.category.is_parameter())
    {
        bytes = bytes.saturating_add(u128::from(weight.stored_bytes?));
        values = values.saturating_add(u128::from(weight.count()?));
    }
    let hundredths = bytes.saturating_mul(800).saturating_add(values / 2).checked_div(values)?;
    Some(format!("{}.{:02} bits per weight", hundredths / 100, hundredths % 100))
}
