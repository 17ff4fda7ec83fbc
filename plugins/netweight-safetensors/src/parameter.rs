//! A module's tensors as what they stand for: parameters with their logical shapes, and the
//! scales, statistics and buffers beside them.

use std::collections::HashMap;

use netweight_core::{Category, DType, Role, Weight};

use crate::header::Tensor;
use crate::module::Module;
use crate::packing::{self, Evidence, Layout, Packed};

/// A tensor of a module as what it stands for.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// The name inside the module; of a packed tensor the name that it would have unpacked.
    pub(crate) name: String,
    pub(crate) weight: Weight,
    /// How it is packed, in words.
    pub(crate) packing: Option<&'static str>,
}

/// A tensor that has a floating-point type and is no parameter all the same.
struct Buffer {
    name: &'static str,
    /// What its shape is like.
    shape: fn(&[u64]) -> bool,
    role: Role,
    category: Category,
}

const fn constant(name: &'static str, shape: fn(&[u64]) -> bool) -> Buffer {
    Buffer { name, shape, role: Role::Constant, category: Category::Constant }
}

const fn statistic(name: &'static str, role: Role) -> Buffer {
    Buffer { name, shape: |_| true, role, category: Category::NonTrainable }
}

static BUFFERS: &[Buffer] = &[
    statistic("running_mean", Role::Mean),
    statistic("running_var", Role::Variance),
    // GPT-2's causal mask; a bias of that shape does not exist.
    constant("bias", |shape| matches!(shape, [1, 1, rows, columns] if rows == columns)),
    constant("masked_bias", |_| true),
    constant("attn_mask", |_| true),
    constant("inv_freq", |_| true),
    constant("rotary_emb.inv_freq", |_| true),
    constant("cos_cached", |_| true),
    constant("sin_cached", |_| true),
    constant("relative_coords_table", |_| true),
    constant("final_logits_bias", |_| true),
    constant("e_score_correction_bias", |_| true),
    // Adapters of the kohya kind keep their scaling beside the weights.
    constant("alpha", <[u64]>::is_empty),
];

/// What the tensors of a module stand for.
pub(crate) fn of(module: &Module, evidence: &Evidence) -> Vec<Parameter> {
    let beside: HashMap<&str, &Tensor> = module.tensors.iter().copied().collect();
    let unpacked = module.tensors.iter().map(|(name, tensor)| {
        let packed = |stem| Packed { path: module.path, stem, tensor, beside: &beside, evidence };
        (*name, Layout::of(name, packed))
    });
    let unpacked: HashMap<&str, _> =
        unpacked.filter_map(|(name, found)| Some((name, found?))).collect();
    let mut sides: HashMap<String, (Role, u64)> = HashMap::new();
    for (layout, stem, _) in unpacked.values() {
        for (side, role) in layout.sides() {
            // Zero points are packed like the weights; there is one for each scale.
            let scales = beside.get("scales").map_or(0, |scales| scales.elements);
            sides.insert(format!("{stem}{side}"), (*role, scales));
        }
    }
    let parameters = module.tensors.iter().map(|(name, tensor)| {
        if let Some((layout, stem, values)) = unpacked.get(name) {
            let weight = Weight {
                shape: values.shape.clone(),
                dtype: values.dtype,
                ..weight(tensor, Role::Kernel, Category::Trainable)
            };
            let name = if stem.is_empty() { "weight" } else { stem };
            return Parameter { name: name.to_owned(), weight, packing: Some(layout.name) };
        }
        let weight = match sides.get(*name) {
            Some((role, scales)) => side(tensor, *role, *scales),
            None => plain(name, tensor, &beside),
        };
        let scaled = weight.dtype.bits() == Some(8) && weight.category == Category::Trainable;
        Parameter { name: (*name).to_owned(), weight, packing: scaled.then_some("FP8") }
    });
    parameters.collect()
}

/// A tensor of a packed layout that is not the packed one.
fn side(tensor: &Tensor, role: Role, scales: u64) -> Weight {
    let is_packed = role == Role::ZeroPoint && tensor.element.dtype == DType::Int32;
    let mut weight = weight(tensor, role, Category::Quantization);
    weight.elements = is_packed.then_some(scales);
    weight
}

/// A tensor outside packed layouts.
fn plain(name: &str, tensor: &Tensor, beside: &HashMap<&str, &Tensor>) -> Weight {
    if let Some(role) = packing::side(name) {
        let scales = beside.get("weight_scale").map_or(0, |scales| scales.elements);
        return side(tensor, role, scales);
    }
    let buffer = BUFFERS.iter().find(|row| row.name == name && (row.shape)(&tensor.shape));
    let (role, category) = match buffer {
        Some(row) => (row.role, row.category),
        None if tensor.element.is_float() => (Role::Parameter, Category::Trainable),
        None => (Role::Constant, Category::Constant),
    };
    weight(tensor, role, category)
}

fn weight(tensor: &Tensor, role: Role, category: Category) -> Weight {
    Weight {
        name: tensor.name.clone(),
        role,
        category,
        shape: tensor.shape.clone(),
        dtype: tensor.element.dtype,
        elements: None,
        stored_bytes: Some(tensor.end.saturating_sub(tensor.begin)),
        place: Some(tensor.place),
    }
}
