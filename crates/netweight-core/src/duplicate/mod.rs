//! Stored tensors that repeat others: the same bytes again, or a matrix turned over.
//!
//! Payloads are read in pieces, so that memory stays flat: of tensors of one type and length a
//! fingerprint each, of those whose fingerprints agree both again, side by side.

mod compare;
mod fingerprint;
mod payload;

use std::collections::{HashMap, HashSet};
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{Analysis, DType, Diagnostic, Place, Source, elements, limits};
use compare::{is_equal, is_transposed};
use fingerprint::{Fingerprint, fingerprint};
use payload::{Payload, Payloads};

words! {
    /// How a tensor repeats another.
    Layout {
        /// The same values in the same shape.
        Same "same",
        /// The same values under another shape.
        Reshaped "reshaped",
        /// Rows and columns change places.
        Transposed "transposed",
    }
}

/// A stored tensor that repeats an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Duplicate {
    /// Its name in the file.
    pub name: String,
    /// The first layer that has it.
    pub layer: String,
    /// The name of the tensor that it repeats.
    pub of: String,
    /// The first layer that has that one.
    pub of_layer: String,
    /// How it repeats it.
    pub layout: Layout,
    /// Its shape.
    pub shape: Vec<u64>,
    /// The type of its elements.
    pub dtype: DType,
    /// Bytes that it costs.
    pub bytes: u64,
    /// Where they begin.
    pub place: Place,
}

/// Every stored tensor that repeats an earlier one, in the model's order, and what could not be
/// compared. `source` is the file that the model was read from.
pub fn duplicates(
    analysis: &Analysis<'_>,
    source: &dyn Source,
) -> (Vec<Duplicate>, Vec<Diagnostic>) {
    let refused = match analysis.model.files.first() {
        None if !analysis.model.stores_weights => return Default::default(),
        None => Some(no_places()),
        Some(own) => (own.length != Some(source.len())).then(|| elsewhere(&own.name)),
    };
    if let Some(refused) = refused {
        return (Vec::new(), vec![refused]);
    }
    let stored = stored(analysis);
    let mut alike: HashMap<(DType, u64), Vec<usize>> = HashMap::new();
    for (index, tensor) in stored.iter().enumerate() {
        alike.entry((tensor.dtype, tensor.bytes)).or_default().push(index);
    }
    let mut payloads = Payloads::new(analysis.model, source);
    let mut found: Vec<(usize, Duplicate)> = Vec::new();
    let mut groups: Vec<_> = alike.into_values().filter(|group| group.len() > 1).collect();
    groups.sort();
    for group in groups {
        let group: Vec<(usize, &Stored)> =
            group.into_iter().filter_map(|index| Some((index, stored.get(index)?))).collect();
        found.extend(repeated(&group, &mut payloads));
    }
    found.sort_by_key(|(index, _)| *index);
    (found.into_iter().map(|(_, duplicate)| duplicate).collect(), payloads.problems())
}

fn no_places() -> Diagnostic {
    let what = "the format does not say where its tensors lie, so they cannot be compared";
    Diagnostic::note("duplicates/no-places", what)
        .help("duplicates are found in ONNX, safetensors, GGUF and TFLite files")
}

/// A model that was exported keeps its tensors' places, but the weights are where they were.
fn elsewhere(name: &str) -> Diagnostic {
    let what = format!("the weights are in `{name}`, which is not the file that was read");
    Diagnostic::warning("duplicates/not-read", what).help("name that file instead")
}

/// A tensor whose bytes lie in a file as they are.
struct Stored<'a> {
    name: &'a str,
    layer: &'a str,
    shape: &'a [u64],
    dtype: DType,
    bytes: u64,
    place: Place,
    /// Bytes of an element; none where several share one.
    width: Option<usize>,
}

impl Stored<'_> {
    fn payload(&self) -> Payload {
        Payload { place: self.place, bytes: self.bytes }
    }

    /// Rows and columns of a matrix that turning changes.
    fn matrix(&self) -> Option<(u64, u64)> {
        self.width?;
        match self.shape {
            [rows, columns] if *rows > 1 && *columns > 1 => Some((*rows, *columns)),
            _ => None,
        }
    }

    fn repeats(&self, first: &Self, layout: Layout) -> Duplicate {
        Duplicate {
            name: self.name.to_owned(),
            layer: self.layer.to_owned(),
            of: first.name.to_owned(),
            of_layer: first.layer.to_owned(),
            layout,
            shape: self.shape.to_vec(),
            dtype: self.dtype,
            bytes: self.bytes,
            place: self.place,
        }
    }
}

/// Tensors that are worth a comparison, each place once.
fn stored<'a>(analysis: &'a Analysis<'_>) -> Vec<Stored<'a>> {
    let mut seen = HashSet::new();
    let layers = analysis.model.layers.iter().zip(&analysis.layers);
    let tensors = layers.flat_map(|(layer, found)| found.tensors.iter().map(move |t| (layer, t)));
    let mut stored = Vec::new();
    for (layer, tensor) in tensors {
        let (Some(place), Some(bytes), Some(shape)) =
            (tensor.place, tensor.stored_bytes, tensor.shape.as_deref())
        else {
            continue;
        };
        let plain = elements(shape).and_then(|count| tensor.dtype.bytes(count));
        let is_plain = plain == Some(bytes);
        let bits = tensor.dtype.bits().filter(|bits| is_plain && bits % 8 == 0);
        let width = bits.and_then(|bits| usize::try_from(bits / 8).ok());
        if bytes >= limits::DUPLICATE_BYTES && seen.insert((place, bytes)) {
            let (name, layer, dtype) = (&tensor.name, &layer.path, tensor.dtype);
            stored.push(Stored { name, layer, shape, dtype, bytes, place, width });
        }
    }
    stored
}

/// Those of some tensors of one type and length that repeat an earlier one of them.
fn repeated(
    group: &[(usize, &Stored<'_>)],
    payloads: &mut Payloads<'_>,
) -> Vec<(usize, Duplicate)> {
    let mut firsts: Vec<(&Stored<'_>, Fingerprint)> = Vec::new();
    let mut by_print: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (index, tensor) in group {
        let width = tensor.matrix().and(tensor.width);
        let Some(print) = payloads.read(|read| fingerprint(read, tensor.payload(), width)) else {
            continue;
        };
        let keys = [Some(print.in_order), print.in_any_order];
        let known = |key: &Option<u64>| by_print.get(&(*key)?).cloned();
        let mut earlier: Vec<usize> = keys.iter().filter_map(known).flatten().collect();
        earlier.truncate(MOST_COMPARED);
        let layout = earlier.into_iter().find_map(|earlier| {
            let (first, other) = firsts.get(earlier)?;
            Some((*first, layout(tensor, &print, first, other, payloads)?))
        });
        match layout {
            Some((first, layout)) => found.push((*index, tensor.repeats(first, layout))),
            None => {
                for key in keys.into_iter().flatten() {
                    by_print.entry(key).or_default().push(firsts.len());
                }
                firsts.push((tensor, print));
            }
        }
    }
    found
}

/// Tensors whose fingerprints agree and that are compared: more than one only differs where
/// somebody means to.
const MOST_COMPARED: usize = 4;

/// How a tensor repeats an earlier one, if it does.
fn layout(
    tensor: &Stored<'_>,
    print: &Fingerprint,
    first: &Stored<'_>,
    other: &Fingerprint,
    payloads: &mut Payloads<'_>,
) -> Option<Layout> {
    let (one, two) = (first.payload(), tensor.payload());
    if print.in_order == other.in_order && payloads.read(|read| is_equal(read, one, two))? {
        let same = tensor.shape == first.shape;
        return Some(if same { Layout::Same } else { Layout::Reshaped });
    }
    let (rows, columns) = first.matrix()?;
    let turned = tensor.matrix() == Some((columns, rows)) && first.width == tensor.width;
    let alike = turned && print.in_any_order == other.in_any_order;
    let width = tensor.width.filter(|_| alike)?;
    let size = (rows, columns, width);
    payloads.read(|read| is_transposed(read, one, two, size))?.then_some(Layout::Transposed)
}

/// Reads bytes of a file at a place into a buffer.
type Read<'r> = dyn FnMut(Place, &mut [u8]) -> io::Result<()> + 'r;
