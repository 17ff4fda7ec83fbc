//! The small messages, which hold neither tensors nor graphs. Texts are taken as bytes, since
//! old writers put other encodings than UTF-8 there.

use prost::Message;

/// Version of an operator set.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct OpsetId {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) domain: Vec<u8>,
    #[prost(int64, tag = "2")]
    pub(crate) version: i64,
}

/// A value's type. Sequences, maps and the like are left out: they have no one shape.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Type {
    #[prost(message, optional, tag = "1")]
    pub(crate) tensor: Option<TensorType>,
    #[prost(message, optional, tag = "8")]
    pub(crate) sparse_tensor: Option<TensorType>,
}

/// A tensor's type.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorType {
    #[prost(int32, tag = "1")]
    pub(crate) elem_type: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) shape: Option<Shape>,
}

/// A tensor's shape.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Shape {
    #[prost(message, repeated, tag = "1")]
    pub(crate) dims: Vec<Dimension>,
}

/// One dimension.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Dimension {
    #[prost(oneof = "Size", tags = "1, 2")]
    pub(crate) size: Option<Size>,
}

/// A dimension's size: of the two the last one written holds.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Size {
    #[prost(int64, tag = "1")]
    Number(i64),
    #[prost(bytes, tag = "2")]
    Symbol(Vec<u8>),
}
