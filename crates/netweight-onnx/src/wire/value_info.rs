//! What is known of tensors that are not stored.

use netweight_core::{ImportError, limits};

use super::entry::{Dimension, Size, Type};
use super::fields::{Fields, Value};
use super::reader::{Reader, too_many_dims};
use super::window::Span;
use crate::file::{Dim, ValueInfo};

impl Reader<'_> {
    pub(super) fn value_info(&mut self, span: Span) -> Result<ValueInfo, ImportError> {
        let mut info = ValueInfo::default();
        let mut types = Vec::new();
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            let Value::Span(span) = value else { continue };
            match field {
                1 => info.name = self.name(span)?,
                2 => self.part(&mut types, span)?,
                4 => self.entry(&mut info.metadata, span)?,
                _ => {}
            }
        }
        let Some(parts) = self.decode::<Type>(&types, limits::onnx::NAME, "type")? else {
            return Ok(info);
        };
        let Some(tensor) = parts.tensor.or(parts.sparse_tensor) else { return Ok(info) };
        info.elem_type = tensor.elem_type;
        info.shape = match tensor.shape {
            Some(shape) => Some(self.shape(&shape.dims)?),
            None => None,
        };
        Ok(info)
    }

    fn shape(&mut self, dims: &[Dimension]) -> Result<Vec<Dim>, ImportError> {
        if dims.len() > limits::onnx::DIMS {
            return Err(too_many_dims());
        }
        self.kept.take(size_of_val(dims))?;
        let mut shape = Vec::with_capacity(dims.len());
        for dim in dims {
            shape.push(match &dim.size {
                Some(Size::Symbol(symbol)) if !symbol.is_empty() => {
                    Dim::Named(self.kept.name(symbol)?)
                }
                Some(Size::Number(number)) => {
                    // Some exporters write -1 for a size that they do not know.
                    u64::try_from(*number).map_or(Dim::Unknown, Dim::Known)
                }
                _ => Dim::Unknown,
            });
        }
        Ok(shape)
    }
}
