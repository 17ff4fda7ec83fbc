//! What changed between two models.

use std::collections::{HashMap, VecDeque};

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::{Layer, ModelReport, written_schema};
use crate::sum::Sum;
use crate::words::each_once;

/// The name and version of the JSON document.
pub const DIFF_SCHEMA: &str = "netweight-diff/1";

/// Two models, layer by layer. Layers without parameters are not compared, only counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diff {
    /// Always `netweight-diff/1`.
    #[schemars(extend("const" = DIFF_SCHEMA))]
    pub schema: &'static str,
    /// The file that was first.
    pub before: String,
    /// The file that it is compared with.
    pub after: String,
    /// The totals of both, equal ones too.
    pub totals: Vec<Change>,
    /// The layers that differ, in the order of the files.
    pub layers: Vec<LayerChange>,
    /// How many layers with parameters are the same under the same path.
    pub unchanged: u64,
}

/// A figure of both models; null where one does not have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Which: `parameters`, `stored_bytes`, a scheme's id.
    pub name: String,
    /// Before.
    pub before: Option<u64>,
    /// After.
    pub after: Option<u64>,
}

/// A layer that is not the same in both models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LayerChange {
    /// What became of it.
    pub status: Status,
    /// What differs; nothing of a layer that is in one model only.
    pub differs: Vec<Aspect>,
    /// The layer before; null for one that was added.
    pub before: Option<State>,
    /// The layer after; null for one that was removed.
    pub after: Option<State>,
}

impl LayerChange {
    /// Whether nothing but the layer's name is another one.
    pub(crate) fn is_only_renamed(&self) -> bool {
        self.status == Status::Renamed && self.differs.is_empty()
    }
}

/// What became of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// It is in the second model only.
    Added,
    /// It is in the first model only.
    Removed,
    /// It is in both under one path, with differences.
    Changed,
    /// It is in both under two paths, told by its kind and arithmetic.
    Renamed,
}

/// What two layers can differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aspect {
    /// The kind, or the type of one without a kind.
    Kind,
    /// The number of parameters.
    Parameters,
    /// How many of them are learned.
    Trainable,
    /// The arithmetic.
    ByHand,
    /// The element types of the stored weights.
    Dtype,
    /// The bytes of the stored weights.
    Bytes,
    /// The layer whose weights it uses again.
    SharedWith,
}

/// What is compared of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct State {
    /// Its path.
    pub path: String,
    /// The kind, or the type of one without a kind.
    pub kind: String,
    /// Its parameters; null when they are not known.
    pub parameters: Option<u64>,
    /// Those that are learned.
    pub trainable: Option<u64>,
    /// The arithmetic in numbers.
    pub by_hand: Option<String>,
    /// The element types of its stored weights: `float32`, `int8, float32`.
    pub dtype: Option<String>,
    /// The bytes of its stored weights.
    pub bytes: Option<u64>,
    /// The layer whose weights it uses again.
    pub shared_with: Option<String>,
}

impl Diff {
    /// Compares two models. Layers are matched by path, the others by kind and arithmetic, in
    /// the order of the files.
    pub fn new(before: &ModelReport, after: &ModelReport) -> Self {
        let (old, new) = (states(before), states(after));
        let mut unchanged = 0;
        let mut layers = Vec::new();
        for (before, after) in pairs(old, new) {
            let differs = match (&before, &after) {
                (Some(before), Some(after)) => before.differences(after),
                _ => Vec::new(),
            };
            let status = match (&before, &after) {
                (None, _) => Status::Added,
                (_, None) => Status::Removed,
                (Some(before), Some(after)) if before.path != after.path => Status::Renamed,
                _ if differs.is_empty() => {
                    unchanged += 1;
                    continue;
                }
                _ => Status::Changed,
            };
            layers.push(LayerChange { status, differs, before, after });
        }
        Self {
            schema: DIFF_SCHEMA,
            before: before.source.clone(),
            after: after.source.clone(),
            totals: totals(before, after),
            layers,
            unchanged,
        }
    }

    /// Whether the models weigh the same, layer by layer; other names are no difference.
    pub fn is_empty(&self) -> bool {
        self.layers.iter().all(LayerChange::is_only_renamed)
            && self.totals.iter().all(|total| total.before == total.after)
    }

    /// The document on one line.
    pub fn to_json(&self) -> String {
        // Plain data has no value that JSON lacks.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The JSON Schema of the document, from the types themselves.
    pub fn json_schema() -> schemars::Schema {
        written_schema::<Self>()
    }
}

/// The figures of both models, as far as either has them.
fn totals(before: &ModelReport, after: &ModelReport) -> Vec<Change> {
    type Figure = fn(&ModelReport) -> Option<u64>;
    let figures: [(&str, Figure); 5] = [
        ("parameters", |model| model.totals.parameters),
        ("trainable", |model| model.totals.parameters.and(Some(model.totals.trainable))),
        ("non_trainable", |model| model.totals.parameters.and(Some(model.totals.non_trainable))),
        ("layers_with_parameters", |model| Some(model.totals.layers_with_parameters)),
        ("stored_bytes", |model| model.totals.stored_bytes),
    ];
    let change = |(name, figure): (&str, Figure)| Change {
        name: name.to_owned(),
        before: figure(before),
        after: figure(after),
    };
    let sizes = before.sizes.iter().filter_map(|size| {
        let other = after.sizes.iter().find(|other| other.scheme == size.scheme)?;
        Some(Change {
            name: size.scheme.clone(),
            before: Some(size.weights_bytes),
            after: Some(other.weights_bytes),
        })
    });
    figures.into_iter().map(change).chain(sizes).collect()
}

/// The layers to compare: those that have parameters, or may have.
fn states(model: &ModelReport) -> Vec<State> {
    let weighs = |layer: &&Layer| layer.parameters != Some(0) || layer.shared_with.is_some();
    model.layers.iter().filter(weighs).map(State::of).collect()
}

impl State {
    fn of(layer: &Layer) -> Self {
        let stored = layer
            .weights
            .iter()
            .filter(|weight| weight.category.is_parameter() && weight.stored_bytes.is_some());
        Self {
            path: layer.path.clone(),
            kind: layer.kind.as_deref().unwrap_or(&layer.type_name).to_owned(),
            parameters: layer.parameters,
            trainable: layer.trainable,
            by_hand: layer.formula.as_ref().map(|formula| formula.numbers.clone()),
            dtype: each_once(stored.map(|weight| &*weight.dtype)),
            bytes: Sum::of(layer).bytes,
            shared_with: layer.shared_with.clone(),
        }
    }

    /// What differs in another layer; what only one of them states is no difference.
    fn differences(&self, other: &Self) -> Vec<Aspect> {
        fn both<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        let renamed = self.path != other.path;
        let rows = [
            (Aspect::Kind, self.kind != other.kind),
            (Aspect::Parameters, self.parameters != other.parameters),
            (Aspect::Trainable, self.trainable != other.trainable),
            (Aspect::ByHand, both(&self.by_hand, &other.by_hand)),
            (Aspect::Dtype, both(&self.dtype, &other.dtype)),
            (Aspect::Bytes, both(&self.bytes, &other.bytes)),
            (Aspect::SharedWith, !renamed && self.shared_with != other.shared_with),
        ];
        rows.into_iter().filter(|(_, differs)| *differs).map(|(aspect, _)| aspect).collect()
    }

    /// By what a layer is known again under another path: its arithmetic, or without any its kind.
    fn nature(&self) -> (String, Option<u64>, bool) {
        let nature = self.by_hand.as_ref().unwrap_or(&self.kind);
        (nature.clone(), self.parameters, self.shared_with.is_some())
    }
}

type Pair = (Option<State>, Option<State>);

/// The layers of both models side by side: in the order of the second, those that were removed
/// where they stood in the first.
fn pairs(old: Vec<State>, new: Vec<State>) -> Vec<Pair> {
    let mut partners: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    matched(&old, &new, &mut partners, &mut taken, |state| state.path.clone());
    matched(&old, &new, &mut partners, &mut taken, State::nature);
    let mut old: Vec<Option<State>> = old.into_iter().map(Some).collect();
    let mut pairs: Vec<Pair> = Vec::with_capacity(new.len());
    let mut passed = 0;
    for (state, partner) in new.into_iter().zip(partners) {
        let before = partner.and_then(|partner| old.get_mut(partner)?.take());
        if let Some(partner) = partner {
            pairs.extend(removed(&mut old, &taken, passed..partner));
            passed = passed.max(partner);
        }
        pairs.push((before, Some(state)));
    }
    pairs.extend(removed(&mut old, &taken, passed..taken.len()));
    pairs
}

/// The layers of a range that have no partner.
fn removed(old: &mut [Option<State>], taken: &[bool], range: std::ops::Range<usize>) -> Vec<Pair> {
    let free = |index: &usize| taken.get(*index) == Some(&false);
    let take = |index: usize| Some((Some(old.get_mut(index)?.take()?), None));
    range.filter(free).filter_map(take).collect()
}

/// Gives layers that have no partner yet the first free one with the same key.
fn matched<K: Eq + std::hash::Hash>(
    old: &[State],
    new: &[State],
    partners: &mut [Option<usize>],
    taken: &mut [bool],
    key: impl Fn(&State) -> K,
) {
    let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, (state, _)) in old.iter().zip(&*taken).enumerate().filter(|(_, (_, t))| !**t) {
        free.entry(key(state)).or_default().push_back(index);
    }
    for (state, partner) in new.iter().zip(partners).filter(|(_, partner)| partner.is_none()) {
        let found = free.get_mut(&key(state)).and_then(VecDeque::pop_front);
        if let Some(taken) = found.and_then(|found| taken.get_mut(found)) {
            *taken = true;
        }
        *partner = found;
    }
}
