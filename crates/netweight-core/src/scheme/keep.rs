//! What a person wants kept wider than a scheme would have it.

use crate::scheme::items::Item;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;
use crate::{Analysis, Category, DType, Pattern, kind};

/// Layers whose tensors stay as they are, or take a width of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    which: Which,
    width: Option<DType>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    /// By path, `*` standing for anything.
    Path(Pattern),
    Kind(&'static str),
    /// Whose parameters are all of a category.
    Category(Category),
}

impl Keep {
    /// Reads `lm_head=float16`, `kind=embedding`, `kind=embedding=float16`,
    /// `category=non_trainable`.
    ///
    /// ```
    /// use netweight_core::scheme::Keep;
    /// assert!(Keep::parse("decoder.*=float16").is_ok());
    /// assert!(Keep::parse("kind=embeding").is_err());
    /// ```
    ///
    /// # Errors
    /// No such kind, category or width, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('=').collect();
        let (which, width) = match parts.as_slice() {
            ["kind", name, width @ ..] => {
                let kind = kind::find(name)
                    .ok_or_else(|| format!("no kind `{name}`; `netweight kinds` lists all"))?;
                (Which::Kind(kind.name), width)
            }
            ["category", name, width @ ..] => {
                let known = Category::ALL.iter().find(|category| category.name() == *name);
                let names = || Category::ALL.iter().map(|c| c.name()).collect::<Vec<_>>();
                let category = known.ok_or_else(|| {
                    format!("no category `{name}`; there are {}", names().join(", "))
                })?;
                (Which::Category(*category), width)
            }
            [pattern, width @ ..] => (Which::Path(Pattern::new(pattern)), width),
            [] => return Err("name layers by path, or kind=NAME".to_owned()),
        };
        let width = match width {
            [] => None,
            [name] => Some(
                DType::from_name(name)
                    .filter(|dtype| dtype.bits().is_some())
                    .ok_or_else(|| format!("no width `{name}`; write float16, int8 or such"))?,
            ),
            _ => return Err(format!("`{text}` has too many `=`; write PATTERN=WIDTH")),
        };
        Ok(Self { which, width })
    }

    fn holds(&self, analysis: &Analysis<'_>, layer: usize) -> bool {
        let (Some(stated), Some(found)) =
            (analysis.model.layers.get(layer), analysis.layers.get(layer))
        else {
            return false;
        };
        match &self.which {
            Which::Path(pattern) => pattern.is(&stated.path),
            Which::Kind(name) => found.evaluated.kind.is_some_and(|kind| kind.name == *name),
            Which::Category(category) => {
                let mut own = found.tensors.iter().filter(|tensor| tensor.category.is_parameter());
                own.clone().next().is_some() && own.all(|tensor| tensor.category == *category)
            }
        }
    }
}

/// Takes back what the scheme does to the layers that are to be kept.
pub(super) fn apply(subject: &Subject<'_>, size: &mut Size) {
    let keeps = std::mem::take(&mut size.request.keep);
    let of = |layer| keeps.iter().find(|keep| keep.holds(subject.analysis, layer));
    let before = size.total.total();
    for layer in 0..subject.analysis.layers.len() {
        if of(layer).is_some() {
            size.take_back(layer);
        }
    }
    for piece in subject.pieces().filter(|piece| piece.is_parameter()) {
        let Some(keep) = of(piece.layer) else { continue };
        let bytes = keep.width.and_then(|width| width.bytes(piece.elements));
        size.keep(Some(piece.layer), bytes.unwrap_or(piece.bytes()), "kept, as asked");
    }
    let after = size.total.total();
    if let Some(file) = &mut size.file {
        file.bytes = file.bytes.saturating_add(after).saturating_sub(before);
    }
    size.request.keep = keeps;
}

impl Size {
    /// Forgets a layer's own bytes.
    fn take_back(&mut self, layer: usize) {
        let Some(items) = self.layers.get_mut(layer) else { return };
        let own = std::mem::take(items);
        for item in Item::ALL {
            self.total.remove(*item, own.of(*item));
        }
        self.parts.retain(|part| part.layer != layer);
    }
}
