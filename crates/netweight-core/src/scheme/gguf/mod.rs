//! GGUF files as llama.cpp's quantizer writes them.

mod block;
mod choice;
mod header;
mod names;
mod part;
mod rows;

use super::items::Item;
use super::request::Request;
use super::size::{FileSize, Size};
use super::subject::{Piece, Subject};
use super::term::Term;
use block::Type;
use choice::{Candidate, Chooser, Facts};
use part::Part;

pub(super) use rows::{FileType, SCHEMES};

/// A tensor under llama.cpp's name.
struct Named<'a> {
    name: String,
    /// Its sizes, the row's length first, ones at the end left out.
    sizes: Vec<u64>,
    piece: Piece<'a>,
}

pub(super) fn size(subject: &Subject<'_>, request: &Request, file_type: FileType) -> Size {
    let mut size = Size::new(request, subject);
    let names::Translated { mut tensors, is_native, assumed } = names::translate(subject);
    assumed.into_iter().for_each(|what| size.assume(what));
    // llama.cpp's own order, in which its counters count.
    tensors.sort_by(|a, b| order(a).cmp(&order(b)));
    let facts = facts(subject, request, &tensors);
    let mut chooser = Chooser::new(&facts, file_type);
    let mut data = 0u64;
    for tensor in &tensors {
        let bytes = match left_alone(tensor, request) {
            Some(why) => keep(&mut size, tensor, is_native, why),
            None => match chooser.choose(&tensor.candidate()) {
                Ok(chosen) => {
                    if !facts.imatrix && needs_imatrix(tensor, chosen, file_type) {
                        size.refuse(IMATRIX);
                    }
                    let term = blocks(tensor, chosen);
                    let bytes = term.bytes();
                    size.add_terms(Some(tensor.piece.layer), &tensor.piece.tensor.name, vec![term]);
                    bytes
                }
                Err(why) => {
                    size.refuse(format!("{}: {why}", tensor.name));
                    keep(&mut size, tensor, is_native, "llama.cpp fails here")
                }
            },
        };
        data = data.saturating_add(header::padded(bytes));
    }
    if is_native {
        let header = header::length(&subject.analysis.model.metadata, &tensors);
        let file = header.map(|header| header.saturating_add(data));
        size.file = file.map(|bytes| FileSize { bytes, tolerance: 0.0 });
    }
    size
}

const IMATRIX: &str = "llama.cpp quantizes to so few bits only with an importance matrix; make one and ask for `,imatrix`";

/// Whether llama.cpp refuses the type for this tensor without an importance matrix.
fn needs_imatrix(tensor: &Named<'_>, chosen: Type, file_type: FileType) -> bool {
    let is_outside = matches!(Part::of(&tensor.name), Part::Output | Part::Embedding);
    let is_small = chosen == Type::Q2_K && file_type == FileType::Q2_K_S;
    !is_outside && (chosen.needs_imatrix() || is_small)
}

fn keep(size: &mut Size, tensor: &Named<'_>, is_native: bool, why: &'static str) -> u64 {
    let bytes = kept_bytes(tensor, is_native);
    size.keep(Some(tensor.piece.layer), bytes, why);
    bytes
}

impl Named<'_> {
    fn candidate(&self) -> Candidate<'_> {
        let part = Part::of(&self.name);
        Candidate { part, sizes: &self.sizes, block: part::block(&self.name) }
    }
}

fn order<'t>(tensor: &'t Named<'_>) -> (Option<u64>, &'t str) {
    (part::block(&tensor.name), &tensor.name)
}

fn left_alone(tensor: &Named<'_>, request: &Request) -> Option<&'static str> {
    let is_output = tensor.name == "output.weight";
    if is_output && request.has("leave_output") {
        return Some("the output matrix, as asked");
    }
    part::left_alone(&tensor.name, tensor.sizes.len())
}

/// What is not quantized keeps its type; the converter from other formats writes float32.
fn kept_bytes(tensor: &Named<'_>, is_native: bool) -> u64 {
    let converted = tensor.piece.elements.saturating_mul(Type::F32.bytes());
    if is_native { tensor.piece.bytes() } else { converted }
}

fn blocks(tensor: &Named<'_>, chosen: Type) -> Term {
    Term::new(Item::Weights, chosen.name())
        .ceil(&[tensor.piece.elements], chosen.block())
        .times(chosen.bytes())
}

/// What the mixtures look at: as the file states it, else as the shapes tell.
fn facts(subject: &Subject<'_>, request: &Request, tensors: &[Named<'_>]) -> Facts {
    let metadata = &subject.analysis.model.metadata;
    let architecture = metadata.text("general.architecture").unwrap_or_default();
    let stated = |key: &str| metadata.size(&format!("{architecture}.{key}"));
    let blocks = || tensors.iter().filter_map(|tensor| part::block(&tensor.name)).max();
    let layers = stated("block_count").or_else(|| Some(blocks()?.saturating_add(1))).unwrap_or(0);
    let heads = stated("attention.head_count");
    let grouping = match (heads, stated("attention.head_count_kv").or(heads)) {
        (Some(heads), Some(keys)) => heads.checked_div(keys).unwrap_or(0),
        _ => grouping(tensors),
    };
    let experts = stated("expert_count").unwrap_or_else(|| experts(tensors));
    let is_tied = !tensors.iter().any(|tensor| tensor.name == "output.weight");
    let is_llama = matches!(architecture, "llama" | "");
    let values =
        tensors.iter().filter(|tensor| matches!(Part::of(&tensor.name), Part::Value | Part::Fused));
    Facts {
        layers,
        grouping,
        experts,
        is_falcon: architecture == "falcon",
        is_large: layers == 80
            && (matches!(architecture, "qwen2" | "olmo" | "deci")
                || (is_llama && experts != 8 && grouping > 1))
            || (architecture == "jais2" && layers == 68),
        is_tied,
        values: values.count() as u64,
        imatrix: request.has("imatrix"),
        pure: request.has("pure"),
    }
}

/// Query heads for each key head, by the sizes of their projections.
fn grouping(tensors: &[Named<'_>]) -> u64 {
    let outputs = |part| {
        let tensor = tensors.iter().find(|tensor| Part::of(&tensor.name) == part)?;
        tensor.sizes.get(1).copied()
    };
    match (outputs(Part::Query), outputs(Part::Key)) {
        (Some(queries), Some(keys)) => queries.checked_div(keys).unwrap_or(1),
        _ => 1,
    }
}

fn experts(tensors: &[Named<'_>]) -> u64 {
    let stacked = tensors.iter().find(|tensor| tensor.name.contains("ffn_down_exps"));
    stacked.and_then(|tensor| tensor.sizes.get(2).copied()).unwrap_or(0)
}
