//! The best mix of widths by layer under a budget.
//!
//! Every layer starts at the narrowest width; embeddings and the layer that gives scores over a
//! vocabulary rise first, then the step that costs least is taken while it fits. A step costs
//! more than the one below it, so no other choice takes more steps in the same bytes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::policy::{How, Policy, Which};
use super::subject::Subject;
use super::{Paths, Request, find};
use crate::{Analysis, DType};

/// From the narrowest; the first is a scheme of the catalogue too.
const WIDTHS: [DType; 3] = [DType::Int4, DType::Int8, DType::Float16];

/// What the scheme is called.
const NAME: &str = "mix";

/// Layers of one path, which no rule can tell apart.
struct Group<'a> {
    path: &'a str,
    elements: u64,
    /// Whether quality suffers most here.
    is_first: bool,
    width: usize,
}

/// The mix of plain widths that keeps the most within so many bytes of weights; none where even
/// the narrowest width does not fit.
pub fn mix(analysis: &Analysis<'_>, budget: u64) -> Option<Request> {
    let subject = Subject::new(analysis);
    let mut groups = groups(&subject);
    let narrowest = groups.iter().map(|group| bytes(group, 0)).fold(0, u64::saturating_add);
    let mut left = budget.checked_sub(narrowest)?;
    let mut open: BinaryHeap<_> =
        groups.iter().enumerate().filter_map(|(index, group)| step(index, group)).collect();
    let mut steps = Vec::new();
    while let Some(Reverse((_, cost, index))) = open.pop() {
        // Steps only get dearer: a layer whose next one does not fit stays.
        let (Some(rest), Some(group)) = (left.checked_sub(cost), groups.get_mut(index)) else {
            continue;
        };
        left = rest;
        group.width = group.width.saturating_add(1);
        steps.push(index);
        open.extend(step(index, group));
    }
    // A tensor's last byte may be half full, which the sum over layers does not see.
    loop {
        let request = request(&groups)?;
        if super::sizes(analysis, std::slice::from_ref(&request)).next()?.total.total() <= budget {
            return Some(request);
        }
        let group = groups.get_mut(steps.pop()?)?;
        group.width = group.width.saturating_sub(1);
    }
}

fn groups<'a>(subject: &Subject<'a>) -> Vec<Group<'a>> {
    let head = subject.head();
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for piece in subject.pieces().filter(|piece| piece.is_parameter()) {
        let place = *places.entry(piece.path.to_lowercase()).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group { path: piece.path, elements: 0, is_first: false, width: 0 });
        }
        let Some(group) = groups.get_mut(place) else { continue };
        group.elements = group.elements.saturating_add(piece.elements);
        group.is_first |= piece.kind.ends_with("embedding") || head == Some(piece.layer);
    }
    groups
}

/// What the next step of a layer costs, the one to take first the least. A name with a `*` is one
/// that a rule would take for a pattern.
fn step(index: usize, group: &Group<'_>) -> Option<Reverse<(bool, u64, usize)>> {
    let wider = group.width.checked_add(1).filter(|wider| *wider < WIDTHS.len())?;
    let cost = bytes(group, wider).saturating_sub(bytes(group, group.width));
    let waits = !(group.is_first && group.width == 0);
    (!group.path.contains('*')).then_some(Reverse((waits, cost, index)))
}

fn bytes(group: &Group<'_>, width: usize) -> u64 {
    let dtype = WIDTHS.get(width);
    dtype.and_then(|dtype| dtype.bytes(group.elements)).unwrap_or(u64::MAX)
}

fn request(groups: &[Group<'_>]) -> Option<Request> {
    let (narrowest, wider) = WIDTHS.split_first()?;
    let mut request = Request::plain(find(narrowest.name())?);
    request.text = NAME.to_owned();
    for (width, dtype) in (1..WIDTHS.len()).zip(wider).rev() {
        let paths: Vec<&str> =
            groups.iter().filter(|group| group.width == width).map(|group| group.path).collect();
        if !paths.is_empty() {
            let which = vec![Which::Layers(Paths::new(paths))];
            request.policies.push(Policy { which, how: How::Cast(*dtype) });
        }
    }
    Some(request)
}
