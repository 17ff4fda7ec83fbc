//! A scheme with policies: each tensor under the first policy that matches it, the rest under
//! the scheme.

use super::items::{Item, Items};
use super::policy::How;
use super::request::Request;
use super::size::Size;
use super::subject::{Piece, Subject};

/// How far off a file is that the tool would write with exceptions: its tables were not redone.
const TOLERANCE: f64 = 0.01;

pub(super) fn size(subject: &Subject<'_>, request: &Request) -> Size {
    let parts = Parts::of(subject, request);
    let mut size = parts.share(request, None);
    size.request = request.clone();
    let before = parts.whole(request).map(|whole| whole.total.total());
    for (index, policy) in request.policies.iter().enumerate() {
        match &policy.how {
            How::Stored => parts.keep(&mut size, index, |piece| piece.bytes()),
            How::Cast(dtype) => {
                let cast = |piece: &Piece<'_>| dtype.bytes(piece.elements);
                parts.keep(&mut size, index, |piece| cast(piece).unwrap_or(piece.bytes()));
            }
            How::Scheme(other) => size.absorb(parts.share(other, Some(index))),
        }
    }
    if parts.is_torn {
        size.assume(
            "a tool's own mix holds for whole layers: rules for single tensors are left out",
        );
    }
    let after = size.total.total();
    if let (Some(file), Some(before)) = (&mut size.file, before) {
        file.bytes = file.bytes.saturating_add(after).saturating_sub(before);
        file.tolerance = file.tolerance.max(TOLERANCE);
    }
    size
}

/// The model's tensors by the policy that holds for each.
struct Parts<'s, 'a> {
    subject: &'s Subject<'a>,
    owners: Vec<Option<usize>>,
    /// The policies' layers, where all of a layer's parameters are under one.
    layers: Vec<Option<usize>>,
    /// Whether policies were left out because a scheme cannot tell a layer's tensors apart.
    is_torn: bool,
}

impl<'s, 'a> Parts<'s, 'a> {
    fn of(subject: &'s Subject<'a>, request: &Request) -> Self {
        let mut owners: Vec<Option<usize>> = subject
            .pieces()
            .map(|piece| match piece.is_parameter() {
                true => request.policies.iter().position(|policy| policy.holds(&piece)),
                false => None,
            })
            .collect();
        let mut layers: Vec<Option<Option<usize>>> = vec![None; subject.analysis.layers.len()];
        let mut torn = vec![false; layers.len()];
        for (piece, owner) in subject.pieces().zip(&owners).filter(|(p, _)| p.is_parameter()) {
            let (Some(known), Some(torn)) =
                (layers.get_mut(piece.layer), torn.get_mut(piece.layer))
            else {
                continue;
            };
            *torn |= known.is_some_and(|known| known != *owner);
            *known = known.or(Some(*owner));
        }
        let schemes = request.policies.iter().filter_map(|policy| match &policy.how {
            How::Scheme(request) => Some(request),
            How::Stored | How::Cast(_) => None,
        });
        let by_tensor = schemes.chain([request]).all(|request| request.scheme.is_by_tensor());
        let is_torn = !by_tensor && torn.contains(&true);
        if is_torn {
            for (piece, owner) in subject.pieces().zip(&mut owners) {
                if torn.get(piece.layer) == Some(&true) {
                    *owner = None;
                }
            }
        }
        let whole = layers.into_iter().zip(torn);
        let layers = whole.map(|(owner, torn)| if torn { None } else { owner.flatten() }).collect();
        Self { subject, owners, layers, is_torn }
    }

    /// What a scheme that looks at all of a model makes of it; none of one by tensor.
    fn whole(&self, request: &Request) -> Option<Size> {
        (!request.scheme.is_by_tensor()).then(|| super::size(self.subject, request))
    }

    /// What a scheme makes of the tensors of a policy, or of what no policy holds.
    fn share(&self, request: &Request, owner: Option<usize>) -> Size {
        let Some(mut size) = self.whole(request) else {
            let mine = self.owners.iter().map(|of| *of == owner).collect();
            return super::size(&self.subject.only(mine, owner.is_none()), request);
        };
        for (layer, of) in self.layers.iter().enumerate() {
            if *of != owner {
                size.take_back(layer);
            }
        }
        size
    }

    fn keep(&self, size: &mut Size, policy: usize, bytes: impl Fn(&Piece<'_>) -> u64) {
        for (piece, owner) in self.subject.pieces().zip(&self.owners) {
            if *owner == Some(policy) {
                size.keep(Some(piece.layer), bytes(&piece), "as asked");
            }
        }
    }
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

    /// Takes over what a scheme makes of other tensors.
    fn absorb(&mut self, other: Self) {
        for (layer, items) in other.layers.iter().enumerate() {
            self.add_all(layer, items);
        }
        other.kept.into_iter().for_each(|kept| self.tell_kept(kept));
        self.parts.extend(other.parts);
        other.assumed.into_iter().for_each(|what| self.assume(what));
        if let Some(reason) = other.refused {
            self.refuse(reason);
        }
    }

    fn add_all(&mut self, layer: usize, items: &Items) {
        for item in Item::ALL {
            self.add(Some(layer), *item, items.of(*item));
        }
    }
}
