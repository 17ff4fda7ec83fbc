//! Size schemes: what the weights would take under each.
//!
//! A [`Scheme`] is a row: plain widths, and what real quantizers do to the byte. [`sizes`]
//! applies them to an analysis.

mod folding;
mod gguf;
mod items;
mod matrix;
mod mix;
mod mixed;
mod ort;
mod paths;
mod policy;
mod request;
mod size;
mod subject;
mod term;
mod tflite;
mod width;

use crate::{Analysis, DType};

pub use items::{Item, Items};
pub use mix::mix;
pub use paths::Paths;
pub use policy::{How, Policy, Which};
pub use request::{OptionRow, Request};
pub use size::{FileSize, Kept, Part, Size};
pub use term::Term;

use subject::Subject;

/// A way of storing weights.
#[derive(Debug, PartialEq)]
pub struct Scheme {
    /// The id that `--scheme` takes.
    pub id: &'static str,
    /// What it has in common with its neighbours.
    pub family: &'static Family,
    /// Bits of one stored value.
    pub bits: u64,
    /// How many values share a scale.
    pub group: Group,
    /// The type of the scales; none for a scheme without any, or with the weight's own type.
    pub scale: Option<DType>,
    /// The type of the zero points; none for a scheme without any.
    pub zero_point: Option<DType>,
    /// Whether reports show it without being asked.
    pub by_default: bool,
    /// What it is, in one line.
    pub summary: &'static str,
    rule: Rule,
}

/// Schemes of one tool or standard.
#[derive(Debug, PartialEq)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// The tool whose behaviour it states, or the standard.
    pub tool: &'static str,
    /// What it quantizes.
    pub covers: &'static str,
    /// What it leaves alone, and why.
    pub leaves: &'static str,
    /// The options that its schemes take.
    pub options: &'static [OptionRow],
}

/// How many values share a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Group {
    /// There is no scale.
    None,
    /// All of a tensor.
    Tensor,
    /// Those of one output channel.
    Channel,
    /// So many in a row.
    Block(u64),
}

#[derive(Debug, PartialEq)]
enum Rule {
    Width,
    Matrix(matrix::Packing),
    Gguf(gguf::FileType),
    WeightOnly(ort::Layout),
    Dynamic,
    Static(ort::Static),
    Float16,
    Tflite(tflite::Mode),
}

/// The families, each with its schemes.
static FAMILIES: &[&[Scheme]] = &[
    width::SCHEMES,
    ort::CONVERTED,
    ort::WEIGHT_ONLY,
    gguf::SCHEMES,
    tflite::SCHEMES,
    matrix::SCHEMES,
];

/// Bits of a float32, against which ratios are taken.
pub const BASELINE_BITS: u64 = 32;

/// Every scheme, family by family.
pub fn all() -> impl Iterator<Item = &'static Scheme> {
    FAMILIES.iter().copied().flatten()
}

/// The scheme of that id.
pub fn find(id: &str) -> Option<&'static Scheme> {
    all().find(|scheme| scheme.id == id)
}

/// The schemes that reports show without being asked.
pub fn by_default() -> Vec<Request> {
    all().filter(|scheme| scheme.by_default).map(Request::plain).collect()
}

/// What a model takes under each scheme, in the order asked, one after another.
pub fn sizes<'r>(
    analysis: &'r Analysis<'r>,
    requests: &'r [Request],
) -> impl Iterator<Item = Size> + 'r {
    let subject = Subject::new(analysis);
    requests.iter().map(move |request| match request.policies.as_slice() {
        [] => size(&subject, request),
        _ => mixed::size(&subject, request),
    })
}

fn size(subject: &Subject<'_>, request: &Request) -> Size {
    match &request.scheme.rule {
        Rule::Width => width::size(subject, request),
        Rule::Matrix(packing) => matrix::size(subject, request, *packing),
        Rule::Gguf(file_type) => gguf::size(subject, request, *file_type),
        Rule::WeightOnly(layout) => ort::weight_only(subject, request, *layout),
        Rule::Dynamic => ort::dynamic(subject, request),
        Rule::Static(rule) => ort::calibrated(subject, request, *rule),
        Rule::Float16 => ort::float16(subject, request),
        Rule::Tflite(mode) => tflite::size(subject, request, *mode),
    }
}

impl Scheme {
    /// Values that share a scale; none where that is not a fixed number.
    pub fn block(&self) -> Option<u64> {
        match self.group {
            Group::Block(block) => Some(block),
            Group::None | Group::Tensor | Group::Channel => None,
        }
    }

    /// Whether a plain width: every parameter takes its bits, and nothing else is stored.
    pub fn is_width(&self) -> bool {
        self.rule == Rule::Width
    }

    /// Whether each tensor's bytes follow from itself, whatever becomes of the others.
    fn is_by_tensor(&self) -> bool {
        matches!(self.rule, Rule::Width | Rule::Matrix(_))
    }

    /// Whether the rule looks at a file's own operators, so that an importer should hand them over.
    fn reads_graph(&self) -> bool {
        matches!(self.rule, Rule::WeightOnly(_) | Rule::Dynamic | Rule::Static(_) | Rule::Float16)
    }

    /// Bytes that these many values take, packed.
    ///
    /// ```
    /// let int4 = netweight_core::scheme::find("int4").ok_or("no such scheme")?;
    /// assert_eq!(int4.bytes(12_620), 6_310);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn bytes(&self, values: u64) -> u64 {
        packed(values, self.bits)
    }
}

/// Bytes that these many values of so many bits take, packed.
fn packed(values: u64, bits: u64) -> u64 {
    let bits = u128::from(values) * u128::from(bits);
    u64::try_from(bits.div_ceil(8)).unwrap_or(u64::MAX)
}
