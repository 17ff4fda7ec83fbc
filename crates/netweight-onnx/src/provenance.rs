//! What exporters say of a tensor: the metadata of `torch.export`, names of copies.

use std::collections::HashSet;

use crate::graph::{Origin, TensorId, ValueId, Wiring};
use crate::name::Map;
use crate::{Metadata, Name};

/// What the file's metadata says of its tensors.
#[derive(Default)]
pub(crate) struct Provenance<'f> {
    /// The signature of an exported program, by target.
    signature: Map<&'f str, Spec>,
    said: Map<TensorId, Said<'f>>,
    /// Parameters that the file stores as they were, by their names in the source.
    stored: Map<&'f str, TensorId>,
    /// Parameters from which alone a tensor was computed, mostly by turning them over.
    turned: HashSet<&'f str>,
}

/// What a program's signature calls an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spec {
    Parameter,
    Buffer,
    /// A tensor that the program captured.
    Captured,
}

/// What the exporter says of one tensor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said<'f> {
    /// What it was in the source, unless it was computed from nothing of it.
    pub(crate) spec: Option<Spec>,
    /// The source's names of what it is, or was computed from.
    pub(crate) sources: Vec<&'f str>,
    /// Whether it was computed when the file was made.
    pub(crate) folded: bool,
    /// Whether parameters went into it together with values of a buffer.
    pub(crate) mixed: bool,
}

const SIGNATURE: &str = "pkg.torch.export.ExportedProgram.graph_signature";
const SPEC: &str = "pkg.torch.export.graph_signature.InputSpec.kind";
const FOLDED: &str = "pkg.onnxscript.optimizer.folded_from";

impl<'f> Provenance<'f> {
    pub(crate) fn of(wiring: &Wiring<'f>) -> Self {
        let file = wiring.file;
        let graph = file.graph(file.graph).map_or(&[][..], |graph| &graph.metadata);
        let all = file.metadata.iter().chain(graph);
        let signature = all
            .filter(|(key, _)| wiring.text(*key) == SIGNATURE)
            .flat_map(|(_, text)| wiring.text(*text).lines())
            .filter_map(spec)
            .collect();
        let mut provenance = Self { signature, ..Self::default() };
        if provenance.signature.is_empty() {
            return provenance;
        }
        for id in (0..wiring.values.len()).map(ValueId::new) {
            let value = wiring.value(id);
            if let Origin::Tensor(tensor) = value.origin {
                let metadata = value.info.map_or(&[][..], |info| &info.metadata);
                let said = provenance.tensor(wiring, value.name, metadata);
                if let ([source], Some(Spec::Parameter)) = (said.sources.as_slice(), said.spec) {
                    match said.folded {
                        true => drop(provenance.turned.insert(source)),
                        false => drop(provenance.stored.insert(source, tensor)),
                    }
                }
                provenance.said.insert(tensor, said);
            }
        }
        provenance
    }

    /// Tensors of one size that come from the same single parameter, with the first of them: a
    /// tied weight, stored twice. Parts of one parameter have one size too, but its own tensor is
    /// not among them, and none is turned over.
    pub(crate) fn copies(&self, wiring: &Wiring<'f>) -> Map<TensorId, TensorId> {
        let mut first: Map<(&str, Option<u64>), TensorId> = Map::default();
        let mut copies = Map::default();
        let mut all: Vec<(&TensorId, &Said)> = self.said.iter().collect();
        all.sort_by_key(|(tensor, said)| (said.folded, **tensor));
        let dims = |tensor| wiring.tensor(tensor).and_then(|stored| stored.dims.as_deref());
        for (tensor, said) in all {
            let ([source], Some(Spec::Parameter)) = (said.sources.as_slice(), said.spec) else {
                continue;
            };
            let elements = wiring.tensor(*tensor).and_then(|stored| stored.elements);
            let original = *first.entry((*source, elements)).or_insert(*tensor);
            let is_whole = self.stored.get(source) == Some(&original);
            if original != *tensor && (is_whole || dims(original) != dims(*tensor)) {
                copies.insert(*tensor, original);
            }
        }
        copies
    }

    /// Whether a tensor was computed from parameters that the file stores too, so that it adds
    /// none; one of them in another layout is a copy.
    pub(crate) fn follows(&self, wiring: &Wiring<'f>, tensor: TensorId) -> bool {
        let Some(said) = self.said(tensor).filter(|said| said.folded) else { return false };
        let elements = |tensor: TensorId| wiring.tensor(tensor).and_then(|stored| stored.elements);
        let stored = |source: &&str| self.stored.get(source).copied();
        match said.sources.as_slice() {
            [] => false,
            [one] => stored(one).is_some_and(|one| elements(one) != elements(tensor)),
            several => several
                .iter()
                .all(|source| stored(source).is_some() || self.turned.contains(source)),
        }
    }

    /// What is said of a tensor; none in a file that says nothing.
    pub(crate) fn said(&self, tensor: TensorId) -> Option<&Said<'f>> {
        self.said.get(&tensor)
    }

    /// Running variances of the program that nothing in the file comes from.
    pub(crate) fn lost_statistics(&self) -> usize {
        let kept: HashSet<&str> =
            self.said.values().flat_map(|said| said.sources.iter().copied()).collect();
        let buffers = self.signature.iter().filter(|(_, spec)| **spec == Spec::Buffer);
        let names = buffers.map(|(name, _)| *name);
        names.filter(|name| name.ends_with("running_var") && !kept.contains(name)).count()
    }

    /// Whether the program captured its parameters as plain tensors, as Keras' do, so that its
    /// signature does not tell them from constants.
    pub(crate) fn captures(&self) -> bool {
        self.signature.iter().any(|(target, _)| target.contains("_torch_params"))
    }

    fn tensor(&self, wiring: &Wiring<'f>, name: Name, metadata: &[(Name, Name)]) -> Said<'f> {
        let name = wiring.text(name);
        let get = |key: &str| entry(wiring, metadata, key);
        if let Some(kind) = get(SPEC) {
            return Said { spec: kind_of(kind), sources: vec![name], ..Said::default() };
        }
        if let Some(list) = get(FOLDED) {
            let mut sources: Vec<(&str, Spec)> = list
                .split('\'')
                .skip(1)
                .step_by(2)
                .filter_map(|source| Some((source, *self.signature.get(source)?)))
                .collect();
            let spec = [Spec::Parameter, Spec::Buffer, Spec::Captured]
                .into_iter()
                .find(|spec| sources.iter().any(|(_, found)| found == spec));
            let mixed = spec == Some(Spec::Parameter)
                && sources.iter().any(|(name, found)| *found == Spec::Buffer && !is_lookup(name));
            sources.retain(|(_, found)| Some(*found) == spec);
            let sources = sources.into_iter().map(|(source, _)| source).collect();
            return Said { spec, sources, folded: true, mixed };
        }
        // What lost its metadata when batch normalization was folded into it keeps its name; the
        // new bias is named after the weight.
        let known = |name: &str| self.signature.get(name).copied();
        let bias = name.strip_suffix("_bias").filter(|weight| known(weight).is_some());
        let spec = known(name).or_else(|| bias.and_then(known));
        let sources = spec.map(|_| name).into_iter().collect();
        Said { spec, sources, folded: bias.is_some(), mixed: false }
    }
}

/// Whether a buffer only says which values of a parameter are taken, or is a statistic that a
/// normalization brings along.
fn is_lookup(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    ["ids", "idx", "index", "indices", "running_"].iter().any(|word| last.contains(word))
}

fn entry<'f>(wiring: &Wiring<'f>, metadata: &[(Name, Name)], key: &str) -> Option<&'f str> {
    let found = metadata.iter().find(|(known, _)| wiring.text(*known) == key)?;
    Some(wiring.text(found.1))
}

/// The entry of a node's metadata.
pub(crate) fn note<'f>(wiring: &Wiring<'f>, metadata: &Metadata, key: &str) -> Option<&'f str> {
    entry(wiring, metadata, key)
}

/// A line such as `p_fc_weight: PARAMETER target='fc.weight'`.
fn spec(line: &str) -> Option<(&str, Spec)> {
    let (_, said) = line.split_once(": ")?;
    let (kind, target) = said.split_once(" target='")?;
    Some((target.split('\'').next()?, kind_of(kind)?))
}

fn kind_of(kind: &str) -> Option<Spec> {
    match kind {
        "PARAMETER" => Some(Spec::Parameter),
        "BUFFER" => Some(Spec::Buffer),
        "CONSTANT_TENSOR" => Some(Spec::Captured),
        _ => None,
    }
}
