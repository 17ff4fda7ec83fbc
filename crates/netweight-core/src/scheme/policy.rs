//! What a person wants stored otherwise than a scheme would have it: rules in order, of which
//! the first that matches a tensor says what becomes of it.

use super::paths::Paths;
use super::request::Request;
use super::subject::Piece;
use crate::{Category, DType, Role, kind};

/// Tensors, and what becomes of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Which tensors: those that fit all of these.
    pub which: Vec<Which>,
    /// What becomes of them.
    pub how: How,
}

/// A property by which tensors are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// By the layer's path.
    Layers(Paths),
    /// By the layer's kind, by its name in the catalogue.
    Kind(&'static str),
    /// By category.
    Category(Category),
    /// By what the tensor does in its layer.
    Role(Role),
}

/// What becomes of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// It stays as it is.
    Stored,
    /// It is only cast.
    Cast(DType),
    /// What another scheme makes of it.
    Scheme(Request),
}

impl Policy {
    /// Reads `lm_head=float16`, `kind=embedding`, `kind=embedding=float16`,
    /// `category=non_trainable`, `role=bias=float32`, `layers.0.*=int8`.
    ///
    /// ```
    /// use netweight_core::scheme::Policy;
    /// assert!(Policy::parse("decoder.*=float16").is_ok());
    /// assert!(Policy::parse("kind=embeding").is_err());
    /// ```
    ///
    /// # Errors
    /// No such kind, category, role or scheme, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Options have a `=` of their own: `head=int4,group=128`.
        let (property, rest) = match text.split_once('=') {
            Some((property @ ("kind" | "category" | "role"), rest)) => (Some(property), rest),
            _ => (None, text),
        };
        let (value, how) = match rest.split_once('=') {
            Some((value, how)) => (value, How::parse(how)?),
            None => (rest, How::Stored),
        };
        if value.is_empty() {
            return Err("name layers by path, or kind=NAME".to_owned());
        }
        let which = match property {
            Some(property) => Which::parse(property, value)?,
            None => Which::Layers(Paths::new([value])),
        };
        Ok(Self { which: vec![which], how })
    }

    pub(super) fn holds(&self, piece: &Piece<'_>) -> bool {
        self.which.iter().all(|which| match which {
            Which::Layers(paths) => paths.hold(piece.path),
            Which::Kind(name) => piece.kind == *name,
            Which::Category(category) => piece.tensor.category == *category,
            Which::Role(role) => piece.role() == *role,
        })
    }
}

impl Which {
    /// Reads a kind, category or role by its name.
    ///
    /// # Errors
    /// No such name, in words.
    pub fn parse(property: &str, name: &str) -> Result<Self, String> {
        match property {
            "kind" => kind::find(name)
                .map(|kind| Self::Kind(kind.name))
                .ok_or_else(|| format!("no kind `{name}`; `netweight kinds` lists all")),
            "category" => named(Category::ALL, Category::name, name)
                .map(Self::Category)
                .ok_or_else(|| none("category", name, Category::ALL, Category::name)),
            _ => named(Role::ALL, Role::name, name)
                .map(Self::Role)
                .ok_or_else(|| none("role", name, Role::ALL, Role::name)),
        }
    }
}

fn named<T: Copy>(all: &[T], word: fn(T) -> &'static str, name: &str) -> Option<T> {
    all.iter().copied().find(|known| word(*known) == name)
}

fn none<T: Copy>(what: &str, name: &str, all: &[T], word: fn(T) -> &'static str) -> String {
    let names: Vec<&str> = all.iter().map(|known| word(*known)).collect();
    format!("no {what} `{name}`; there are {}", names.join(", "))
}

/// What leaves tensors as they are.
const STORED: &str = "stored";

impl How {
    /// Reads `stored`, a width, or a scheme with its options.
    ///
    /// # Errors
    /// No such width, scheme or option, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == STORED {
            return Ok(Self::Stored);
        }
        if let Some(dtype) = DType::from_name(text).filter(|dtype| dtype.bits().is_some()) {
            return Ok(Self::Cast(dtype));
        }
        Request::parse(text).map(Self::Scheme).map_err(|problem| {
            let is_id = super::find(text.split(',').next().unwrap_or_default()).is_some();
            if is_id { problem } else { format!("no width or scheme `{text}`; {WIDTHS}") }
        })
    }
}

const WIDTHS: &str = "write stored, float16, int8 or such, or an id that `netweight schemes` lists";

impl std::fmt::Display for How {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stored => f.write_str(STORED),
            Self::Cast(dtype) => f.write_str(dtype.name()),
            Self::Scheme(request) => f.write_str(&request.text),
        }
    }
}
