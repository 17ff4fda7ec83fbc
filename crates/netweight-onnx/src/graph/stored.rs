//! Tensors that the file holds, wherever it holds them.

use std::rc::Rc;

use netweight_core::DType;

use crate::path;
use crate::wire::varint_length;
use crate::{AttributeValue, List, Name, SparseTensor, Storage, Tensor, Values};

/// Dimensions, which a tensor shares with everything that is said of it.
pub(crate) type Dims = Rc<[u64]>;

/// A tensor that the file holds, or stands for.
pub(crate) struct Stored<'f> {
    /// The name that readers use.
    pub(crate) name: Name,
    /// The attribute that holds it, where a node keeps several.
    pub(crate) attribute: &'f str,
    /// The number of its data type, where a tensor states it.
    pub(crate) data_type: Option<i32>,
    /// Dimensions, none where they are no size.
    pub(crate) dims: Option<Dims>,
    pub(crate) dtype: DType,
    /// How many values it has, those that a sparse tensor leaves out included.
    pub(crate) elements: Option<u64>,
    /// Bytes that the values take in the file or beside it.
    pub(crate) bytes: Option<u64>,
    pub(crate) kept: Kept,
    pub(crate) storage: Option<&'f Storage>,
    /// First byte of a payload that is in the file in one piece, as little-endian values.
    pub(crate) position: Option<u64>,
    values: Small<'f>,
}

/// How the file holds a tensor, or held it before a simplifier moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kept {
    Initializer,
    /// In a `Constant` node, where exporters also put shapes and scalars.
    Constant,
    /// Not at all: a node makes it up from a shape.
    Generated,
}

/// The values of a small tensor, wherever they are kept.
enum Small<'f> {
    None,
    Of(&'f Values),
    Ints(&'f [i64]),
    Floats(&'f [f32]),
    Int(i64),
    Float(f32),
}

impl<'f> Stored<'f> {
    pub(super) fn tensor(name: Name, tensor: &'f Tensor, kept: Kept) -> Self {
        Self {
            name,
            attribute: "",
            data_type: Some(tensor.data_type),
            dims: dims(&tensor.dims),
            dtype: dtype(tensor.data_type),
            elements: tensor.elements(),
            bytes: bytes(tensor),
            kept,
            storage: Some(&tensor.storage),
            position: tensor.position,
            values: tensor.values.as_ref().map_or(Small::None, Small::Of),
        }
    }

    pub(super) fn sparse(name: Name, sparse: &'f SparseTensor, kept: Kept) -> Self {
        let indices = bytes(&sparse.indices);
        let values = Self::tensor(name, &sparse.values, kept);
        let bytes = values.bytes.zip(indices).and_then(|(a, b)| a.checked_add(b));
        let elements = crate::file::elements(&sparse.dims);
        let dims = dims(&sparse.dims);
        Self { dims, elements, bytes, storage: None, position: None, values: Small::None, ..values }
    }

    /// The tensor of a `Constant` node, in whichever attribute it stands.
    pub(super) fn constant(name: Name, attribute: &str, value: &'f AttributeValue) -> Option<Self> {
        let list = |count: u64, bytes: u64, dtype: DType, values: Small<'f>| {
            Some(Self::plain(name, [count].into(), bytes, dtype, values))
        };
        let scalar =
            |bytes, dtype, values| Some(Self::plain(name, Dims::default(), bytes, dtype, values));
        match (attribute, value) {
            ("value", AttributeValue::Tensor(tensor)) => {
                Some(Self::tensor(name, tensor, Kept::Constant))
            }
            ("sparse_value", AttributeValue::SparseTensor(sparse)) => {
                Some(Self::sparse(name, sparse, Kept::Constant))
            }
            ("value_int", AttributeValue::Int(value)) => {
                scalar(varint_length(value.cast_unsigned()), DType::Int64, Small::Int(*value))
            }
            ("value_float", AttributeValue::Float(value)) => {
                scalar(4, DType::Float32, Small::Float(*value))
            }
            // What a text takes is not kept; it is told with its node.
            ("value_string", AttributeValue::Str(_)) => scalar(0, DType::String, Small::None),
            ("value_ints", AttributeValue::Ints(ints)) => {
                let values = ints.all().map_or(Small::None, Small::Ints);
                list(ints.count, ints.bytes, DType::Int64, values)
            }
            ("value_floats", AttributeValue::Floats(floats)) => {
                let values = floats.all().map_or(Small::None, Small::Floats);
                list(floats.count, floats.bytes, DType::Float32, values)
            }
            ("value_strings", AttributeValue::Strings(List { count, bytes, .. })) => {
                list(*count, *bytes, DType::String, Small::None)
            }
            _ => None,
        }
    }

    /// Floats in an attribute of any name.
    pub(super) fn attribute(
        name: Name,
        attribute: &'f str,
        value: &'f AttributeValue,
    ) -> Option<Self> {
        let stored = match value {
            AttributeValue::Floats(floats) if floats.count > 0 => Self::plain(
                name,
                [floats.count].into(),
                floats.bytes,
                DType::Float32,
                floats.all().map_or(Small::None, Small::Floats),
            ),
            AttributeValue::Tensor(tensor) => Self::tensor(name, tensor, Kept::Constant),
            _ => return None,
        };
        Some(Self { attribute, ..stored })
    }

    /// The same as it was before a simplifier moved it, where its name tells: constants of the
    /// source go to the initializers, what was folded from weights to `Constant` nodes.
    pub(super) fn moved(self, name: &str) -> Self {
        let kept = match path::operator(name) {
            Some("Constant") => Kept::Constant,
            Some(_) => Kept::Initializer,
            None if path::is_simplified(name) => Kept::Initializer,
            None => self.kept,
        };
        Self { kept, ..self }
    }

    /// What a node makes up from a shape.
    pub(super) fn generated(name: Name, dims: &[i64], dtype: DType) -> Self {
        let stored = Self::plain(name, self::dims(dims).unwrap_or_default(), 0, dtype, Small::None);
        Self { elements: crate::file::elements(dims), kept: Kept::Generated, ..stored }
    }

    fn plain(name: Name, dims: Dims, bytes: u64, dtype: DType, values: Small<'f>) -> Self {
        let elements = netweight_core::elements(&dims);
        Self {
            name,
            attribute: "",
            data_type: None,
            dims: Some(dims),
            dtype,
            elements,
            bytes: Some(bytes),
            kept: Kept::Constant,
            storage: None,
            position: None,
            values,
        }
    }

    /// All values, where they are few and whole numbers.
    pub(crate) fn ints(&self) -> Option<&[i64]> {
        match &self.values {
            Small::Of(Values::Ints(ints)) => Some(ints),
            Small::Ints(ints) => Some(ints),
            Small::Int(int) => Some(std::slice::from_ref(int)),
            _ => None,
        }
    }

    pub(crate) fn rank(&self) -> usize {
        self.dims.as_ref().map_or(0, |dims| dims.len())
    }

    /// The size of the last dimension; that of a scalar is 1.
    pub(crate) fn width(&self) -> usize {
        let last = self.dims.as_ref().and_then(|dims| dims.last());
        last.map_or(1, |last| usize::try_from(*last).unwrap_or(usize::MAX))
    }

    /// All values, where they are few and not whole numbers.
    pub(crate) fn floats(&self) -> Option<Vec<f64>> {
        match &self.values {
            Small::Of(Values::Floats(floats)) => Some(floats.clone()),
            Small::Floats(floats) => Some(floats.iter().copied().map(f64::from).collect()),
            Small::Float(float) => Some(vec![f64::from(*float)]),
            _ => None,
        }
    }
}

fn dims(dims: &[i64]) -> Option<Dims> {
    dims.iter().map(|dim| u64::try_from(*dim).ok()).collect()
}

/// Bytes of a payload: as written inline, else as the shape says.
fn bytes(tensor: &Tensor) -> Option<u64> {
    match tensor.storage {
        Storage::Missing => Some(0),
        Storage::Inline { bytes } | Storage::Typed { bytes } => Some(bytes),
        Storage::External { length: Some(length), .. } => Some(length),
        Storage::External { .. } => dtype(tensor.data_type).bytes(tensor.elements()?),
    }
}

/// The standard's numbers of data types.
pub(crate) fn dtype(number: i32) -> DType {
    match number {
        1 => DType::Float32,
        2 => DType::UInt8,
        3 => DType::Int8,
        4 => DType::UInt16,
        5 => DType::Int16,
        6 => DType::Int32,
        7 => DType::Int64,
        8 => DType::String,
        9 => DType::Bool,
        10 => DType::Float16,
        11 => DType::Float64,
        12 => DType::UInt32,
        13 => DType::UInt64,
        14 => DType::Complex64,
        15 => DType::Complex128,
        16 => DType::BFloat16,
        17 => DType::Float8E4M3Fn,
        18 => DType::Float8E4M3FnUz,
        19 => DType::Float8E5M2,
        20 => DType::Float8E5M2FnUz,
        21 => DType::UInt4,
        22 => DType::Int4,
        23 => DType::Float4E2M1,
        24 => DType::Float8E8M0,
        25 => DType::UInt2,
        26 => DType::Int2,
        _ => DType::Unknown,
    }
}

/// The type of what a node fills a shape with: floats if it does not say.
pub(super) fn filling(value: Option<&AttributeValue>) -> DType {
    match value {
        Some(AttributeValue::Tensor(tensor)) => dtype(tensor.data_type),
        _ => DType::Float32,
    }
}
