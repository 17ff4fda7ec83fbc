//! Whether the tensors cover a file's data as the reference library demands: each as long as its
//! type and shape say, one behind the other, no holes, up to the last byte.

use netweight_core::Diagnostic;

use crate::header::{Header, Tensor};

/// A rule that tensors break: how many, and the first of them in words.
#[derive(Default)]
struct Breaches {
    count: usize,
    first: String,
}

impl Breaches {
    fn add(&mut self, tell: impl FnOnce() -> String) {
        if self.count == 0 {
            self.first = tell();
        }
        self.count = self.count.saturating_add(1);
    }

    fn told(self, code: &'static str, help: &'static str) -> Option<Diagnostic> {
        let more = match self.count {
            0 => return None,
            1 => String::new(),
            count => format!(" (and {} more)", count.saturating_sub(1)),
        };
        Some(Diagnostic::warning(code, self.first + &more).help(help))
    }
}

const REFUSED: &str = "the reference library refuses the file; write it anew";

/// What a header and the length of its file have against each other.
pub(crate) fn check(header: &Header, length: u64) -> Vec<Diagnostic> {
    let (mut unknown, mut wrong) = (Breaches::default(), Breaches::default());
    for tensor in &header.tensors {
        let span = tensor.end.saturating_sub(tensor.begin);
        if !tensor.element.is_known() {
            unknown.add(|| format!("the element type of `{}` is not known", tensor.name));
        } else if bytes(tensor) != Some(span) {
            wrong.add(|| {
                let needed = bytes(tensor).map_or("more than 2^64".to_owned(), |n| n.to_string());
                format!("`{}` takes {needed} bytes, its offsets span {span}", tensor.name)
            });
        }
    }
    let (holes, overlaps, end) = gaps(header);
    let found = [
        unknown.told("safetensors/unknown-type", "its values count; its bytes are as stated"),
        wrong.told("safetensors/span", REFUSED),
        holes.told("safetensors/hole", REFUSED),
        overlaps.told("safetensors/overlap", REFUSED),
        file_end(header.data.saturating_add(end), length),
    ];
    found.into_iter().flatten().collect()
}

/// Bytes that a tensor takes by its type and shape.
fn bytes(tensor: &Tensor) -> Option<u64> {
    let bits = tensor.elements.checked_mul(tensor.element.bits?)?;
    bits.is_multiple_of(8).then_some(bits / 8)
}

/// What lies between the tensors, and where the last one ends.
fn gaps(header: &Header) -> (Breaches, Breaches, u64) {
    let (mut holes, mut overlaps) = (Breaches::default(), Breaches::default());
    let mut order: Vec<&Tensor> = header.tensors.iter().collect();
    order.sort_by_key(|tensor| (tensor.begin, tensor.end));
    let mut at = 0;
    for tensor in order {
        if tensor.begin > at {
            holes.add(|| {
                format!("{} bytes before `{}` belong to no tensor", tensor.begin - at, tensor.name)
            });
        } else if tensor.begin < at {
            overlaps.add(|| format!("`{}` begins inside the tensor before it", tensor.name));
        }
        at = at.max(tensor.end);
    }
    (holes, overlaps, at)
}

fn file_end(expected: u64, length: u64) -> Option<Diagnostic> {
    if expected > length {
        let found = format!("the file is cut off: {length} of {expected} bytes are there");
        let told = Diagnostic::warning("safetensors/cut-off", found);
        return Some(told.help("the counts are those of the header; fetch the file again"));
    }
    let trailing = length.saturating_sub(expected);
    (trailing > 0).then(|| {
        let found = format!("{trailing} bytes behind the last tensor belong to none");
        Diagnostic::warning("safetensors/trailing-bytes", found).help(REFUSED)
    })
}
