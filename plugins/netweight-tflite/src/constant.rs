//! Constants: which tensors have bytes of their own, and which of these may be learned values.

use std::collections::HashMap;

use netweight_core::{Category, DType, Diagnostic, Place, Role, Weight};

use crate::element;
use crate::schema::{Buffer, File, Subgraph, Tensor};

/// The constants of a file. A buffer is what identifies one: tensors of several subgraphs and of
/// several shapes may share it.
pub(crate) struct Constants<'a> {
    file: &'a File,
    /// Each buffer's name: that of the first tensor that has it.
    names: HashMap<u32, String>,
}

/// A tensor with bytes of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Constant<'a> {
    pub(crate) tensor: &'a Tensor,
    pub(crate) bytes: Buffer,
}

impl Constant<'_> {
    pub(crate) fn dtype(&self) -> DType {
        element::of(self.tensor.kind)
    }

    /// The dimensions; none where one is negative, as in no constant.
    pub(crate) fn shape(&self) -> Option<Vec<u64>> {
        self.tensor.shape.iter().map(|dim| u64::try_from(*dim).ok()).collect()
    }

    pub(crate) fn elements(&self) -> Option<u64> {
        netweight_core::elements(&self.shape()?)
    }

    /// Whether the values may be learned: floating point, or integers that a scale turns into
    /// real numbers. Integers without one are shapes, axes, indices.
    pub(crate) fn may_be_learned(&self) -> bool {
        let dtype = self.dtype();
        dtype.is_float() || (self.tensor.scales > 0 && dtype != DType::Bool)
    }
}

impl<'a> Constants<'a> {
    /// Names every constant of the file.
    pub(crate) fn of(file: &'a File) -> Self {
        let mut constants = Self { file, names: HashMap::new() };
        let mut taken: HashMap<&str, u32> = HashMap::new();
        for tensor in file.subgraphs.iter().flat_map(|subgraph| &subgraph.tensors) {
            if constants.constant(tensor).is_none() || constants.names.contains_key(&tensor.buffer)
            {
                continue;
            }
            let name = tensor.name.as_deref().unwrap_or("constant");
            let is_free = *taken.entry(name).or_insert(tensor.buffer) == tensor.buffer;
            let name = match is_free {
                true => name.to_owned(),
                false => format!("{name} (buffer {})", tensor.buffer),
            };
            constants.names.insert(tensor.buffer, name);
        }
        constants
    }

    /// The constant at a place of a subgraph; none where the value is computed.
    pub(crate) fn at(&self, subgraph: &'a Subgraph, tensor: i32) -> Option<Constant<'a>> {
        self.constant(subgraph.tensors.get(usize::try_from(tensor).ok()?)?)
    }

    pub(crate) fn constant(&self, tensor: &'a Tensor) -> Option<Constant<'a>> {
        let bytes = *self.file.buffers.get(usize::try_from(tensor.buffer).ok()?)?;
        (bytes.length > 0 && !tensor.is_variable).then_some(Constant { tensor, bytes })
    }

    /// A constant as a weight, followed by its scales and zero points.
    pub(crate) fn weights(
        &self,
        constant: Constant,
        role: Role,
        category: Category,
    ) -> Vec<Weight> {
        let tensor = constant.tensor;
        let unnamed = String::new();
        let name = self.names.get(&tensor.buffer).unwrap_or(&unnamed);
        let weight = Weight {
            name: name.clone(),
            role,
            category,
            shape: constant.shape().unwrap_or_default(),
            dtype: constant.dtype(),
            elements: None,
            stored_bytes: Some(constant.bytes.length),
            place: Some(Place { file: 0, offset: constant.bytes.at }),
        };
        let side = |role: Role, length: u64, dtype: DType| {
            let name = format!("{name} {}", role.name());
            let (category, shape) = (Category::Quantization, vec![length]);
            let stored_bytes = dtype.bytes(length);
            let (elements, place) = (None, None);
            let weight =
                Weight { name, role, category, shape, dtype, elements, stored_bytes, place };
            (length > 0).then_some(weight)
        };
        let scales = side(Role::Scale, tensor.scales, DType::Float32);
        let zero_points = side(Role::ZeroPoint, tensor.zero_points, DType::Int64);
        std::iter::once(weight).chain(scales).chain(zero_points).collect()
    }

    /// Tensors whose buffers are not there, or do not hold what the shapes say.
    pub(crate) fn problems(&self) -> Vec<Diagnostic> {
        let tensors = || self.file.subgraphs.iter().flat_map(|subgraph| &subgraph.tensors);
        let name = |tensor: &Tensor| tensor.name.clone().unwrap_or_default();
        let beyond = tensors().find(|tensor| tensor.buffer as usize >= self.file.buffers.len());
        let beyond = beyond.map(|tensor| {
            let found = format!(
                "`{}` has buffer {}, of which there are {}",
                name(tensor),
                tensor.buffer,
                self.file.buffers.len()
            );
            Diagnostic::warning("tflite/buffer", found)
        });
        let dense = tensors().filter(|tensor| !tensor.is_sparse);
        let wrong = dense.filter_map(|tensor| self.constant(tensor)).find_map(|constant| {
            let needed = constant.dtype().bytes(constant.elements()?)?;
            (needed > constant.bytes.length).then(|| {
                let found = format!(
                    "`{}` takes {needed} bytes, its buffer holds {}",
                    name(constant.tensor),
                    constant.bytes.length
                );
                Diagnostic::warning("tflite/buffer-size", found)
            })
        });
        beyond.into_iter().chain(wrong).collect()
    }
}
