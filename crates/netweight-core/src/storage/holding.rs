//! The same bytes in more detail, with what would shrink them.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Part;
use super::graph::{before_quantization, structure};
use super::payload::{Payload, payloads};
use crate::duplicate::Duplicate;
use crate::{Analysis, DType, DataFile, Place};

/// Bytes of a file that hold one sort of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// The file, where it is not the model's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What they belong to.
    pub part: Part,
    /// What they hold: `parameters, float32`.
    pub what: String,
    /// How many tensors or entries.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that could go.
    pub savable: u64,
    /// What to do for it.
    pub help: Option<String>,
}

/// Every byte of a model's files by what it holds, file by file, the most first. The bytes of each
/// file add up to its length. Copies are those that are seen without reading weights, and those
/// that were found by it.
pub fn holdings(
    analysis: &Analysis<'_>,
    file_length: u64,
    duplicates: &[Duplicate],
) -> Vec<Holding> {
    let own = [DataFile { name: String::new(), length: Some(file_length) }];
    let files = match analysis.model.files.as_slice() {
        [] => &own,
        files => files,
    };
    let fake = analysis.model.graph.as_ref().map(before_quantization).unwrap_or_default();
    let copies: HashSet<Place> = duplicates.iter().map(|found| found.place).collect();
    let mut ledgers: Vec<Ledger> = files.iter().map(|_| Ledger::default()).collect();
    for payload in payloads(analysis, files) {
        if let Some(ledger) = ledgers.get_mut(payload.file) {
            let tensor = payload.tensor;
            let is_copy = tensor.place.is_some_and(|place| copies.contains(&place));
            let is_fake = fake.contains(&*tensor.name);
            // An earlier tensor under its name has other bytes.
            ledger.payload(&payload, is_copy || tensor.shared, is_fake);
        }
    }
    let mut all = Vec::new();
    for (number, (file, mut ledger)) in files.iter().zip(ledgers).enumerate() {
        let told = ledger.total();
        let left = file.length.unwrap_or(0).saturating_sub(told);
        match &analysis.model.graph {
            _ if number > 0 => ledger.add(Part::Rest, "header, padding", left),
            Some(graph) => structure(graph, told, left, &mut ledger),
            None => ledger.add(Part::Graph, "header and metadata", left),
        }
        ledger.0.retain(|holding| holding.bytes > 0);
        ledger.0.sort_by_key(|holding| std::cmp::Reverse(holding.bytes));
        let name = (number > 0).then(|| file.name.clone());
        all.extend(ledger.0.into_iter().map(|holding| Holding { file: name.clone(), ..holding }));
    }
    all
}

/// Holdings on the way.
#[derive(Default)]
pub(super) struct Ledger(Vec<Holding>);

impl Ledger {
    fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, holding| sum.saturating_add(holding.bytes))
    }

    pub(super) fn add(&mut self, part: Part, what: &str, bytes: u64) {
        self.shrinkable(part, what, bytes, 0, "");
    }

    /// Adds bytes of which some could go.
    pub(super) fn shrinkable(&mut self, part: Part, what: &str, bytes: u64, less: u64, how: &str) {
        let known = self.0.iter().position(|held| held.part == part && held.what == what);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            let (what, help) = (what.to_owned(), (!how.is_empty()).then(|| how.to_owned()));
            let (file, entries, bytes, savable) = (None, 0, 0, 0);
            self.0.push(Holding { file, part, what, entries, bytes, savable, help });
        }
        if let Some(holding) = self.0.get_mut(place) {
            holding.entries = holding.entries.saturating_add(1);
            holding.bytes = holding.bytes.saturating_add(bytes);
            holding.savable = holding.savable.saturating_add(less);
        }
    }

    fn payload(&mut self, payload: &Payload<'_>, is_copy: bool, is_fake: bool) {
        let (tensor, bytes) = (payload.tensor, payload.bytes);
        let (part, dtype) = (Part::of(tensor), tensor.dtype);
        let what = format!("{part}, {dtype}");
        let plain = tensor.elements.and_then(|elements| dtype.bytes(elements));
        let excess = plain.map_or(0, |plain| bytes.saturating_sub(plain));
        let quarter = bytes / 4;
        match part {
            Part::Unused => self.shrinkable(part, "unread tensors", bytes, bytes, UNREAD),
            _ if is_copy => {
                self.shrinkable(part, &format!("copies, {dtype}"), bytes, bytes, COPY);
            }
            _ if excess > 0 && tensor.place.is_none() => {
                let what = format!("numbers one by one, {dtype}");
                self.shrinkable(part, &what, bytes, excess, ONE_BY_ONE);
            }
            _ if dtype == DType::Float32 && is_fake => {
                let what = format!("{what}, not yet quantized");
                self.shrinkable(part, &what, bytes, quarter.saturating_mul(3), QUANTIZE);
            }
            Part::Parameters if dtype == DType::Float32 => {
                self.shrinkable(part, &what, bytes, bytes / 2, "half of it in float16");
            }
            _ => self.add(part, &what, bytes),
        }
    }
}

const UNREAD: &str = "remove them: no operator reads them";
const COPY: &str = "keep one of each: they repeat another tensor";
const ONE_BY_ONE: &str = "store them as raw bytes: numbers one by one take up to ten bytes each";
const QUANTIZE: &str =
    "quantize them once and store eight bits: they go through QuantizeLinear at every start";
