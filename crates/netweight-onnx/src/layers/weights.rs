//! Which stored tensors a layer holds, and what they are called.

use netweight_core::{Category, DType, Role, Weight};

use crate::category::Categories;
use crate::claim::Claim;
use crate::copies::Copies;
use crate::graph::TensorId;
use crate::name::Map;
use crate::ops::{Held, Use};
use crate::plan::Context;

/// The stored tensors on their way into layers.
pub(super) struct Weights<'a, 'f> {
    context: &'a Context<'f>,
    categories: &'a Categories,
    copies: &'a Copies,
    /// Parameters that a layer of a known kind holds, by tensor.
    owned: Vec<bool>,
    /// Constants that have found a layer, by tensor.
    placed: Vec<bool>,
    /// How many tensors before it have a tensor's name.
    namesakes: Vec<u32>,
}

impl<'a, 'f> Weights<'a, 'f> {
    pub(super) fn new(
        context: &'a Context<'f>,
        categories: &'a Categories,
        copies: &'a Copies,
        claims: &[Claim],
    ) -> Self {
        let count = context.wiring.tensors.len();
        let mut owned = vec![false; count];
        for claim in claims.iter().filter(|claim| is_owning(claim.usage)) {
            if let Some(owned) = owned.get_mut(claim.tensor.index()) {
                *owned = true;
            }
        }
        let mut seen = Map::default();
        seen.reserve(count);
        let namesakes = context.wiring.tensors.iter().map(|stored| {
            let next = seen.entry((stored.name, stored.attribute)).or_insert(0_u32);
            *next = next.saturating_add(1);
            *next - 1
        });
        let namesakes = namesakes.collect();
        Self { context, categories, copies, owned, placed: vec![false; count], namesakes }
    }

    /// Whether a layer of a known kind holds the tensor somewhere.
    pub(super) fn is_owned(&self, tensor: TensorId) -> bool {
        self.owned.get(tensor.index()).copied().unwrap_or(false)
    }

    /// Whether a claim is a layer of its own: a parameter that its layer's kind does not have.
    pub(super) fn is_free(&self, claim: &Claim) -> bool {
        let parameter = self.categories.of_tensor(claim.tensor).is_some_and(Category::is_parameter);
        parameter && !is_owning(claim.usage)
    }

    /// What a layer holds: its weights, and constants that no earlier one took.
    pub(super) fn held(&mut self, claims: &[&Claim]) -> Vec<Held> {
        let mut held: Vec<Held> = Vec::new();
        for claim in claims {
            let tensor = claim.tensor;
            let Some(category) = self.categories.of_tensor(tensor) else { continue };
            if self.is_free(claim) || held.iter().any(|held| held.tensor == tensor) {
                continue;
            }
            if let Some(placed) = self.placed.get_mut(tensor.index())
                && !category.is_parameter()
                && std::mem::replace(placed, true)
            {
                continue;
            }
            held.push(Held {
                tensor,
                role: role(claim.usage, category),
                category,
                dims: self.categories.dims(tensor).or(claim.dims.as_ref()).cloned(),
                elements: self.categories.elements(self.context, tensor),
            });
        }
        held
    }

    /// A tensor as it is stored.
    pub(super) fn whole(&self, tensor: TensorId, role: Role) -> Option<Held> {
        let stored = self.context.wiring.tensor(tensor)?;
        let category = self.categories.of_tensor(tensor).unwrap_or(Category::Unused);
        let (dims, elements) = (stored.dims.clone(), stored.elements);
        Some(Held { tensor, role, category, dims, elements })
    }

    /// Tensors that no layer reads.
    pub(super) fn unread(&self) -> Vec<Weight> {
        let all = (0..self.context.wiring.tensors.len()).map(TensorId::new);
        let unread = all.filter(|tensor| self.categories.of_tensor(*tensor).is_none());
        let held = unread.filter_map(|tensor| self.whole(tensor, Role::Constant));
        held.map(|held| self.weight(&held, None)).collect()
    }

    /// A tensor as the model keeps it; a packed kernel has more values than its dimensions say.
    pub(super) fn weight(&self, held: &Held, unpacked: Option<u64>) -> Weight {
        let stored = self.context.wiring.tensor(held.tensor);
        let shape = stored.and_then(|stored| stored.dims.clone()).unwrap_or_default();
        let product = netweight_core::elements(&shape);
        let packed = unpacked.filter(|_| matches!(held.role, Role::Kernel | Role::Embedding));
        let elements = packed.or(held.elements);
        Weight {
            name: self.name(held.tensor),
            role: held.role,
            category: held.category,
            dtype: stored.map_or(DType::Unknown, |stored| stored.dtype),
            elements: elements.filter(|elements| Some(*elements) != product),
            stored_bytes: stored.and_then(|stored| stored.bytes),
            place: stored.and_then(|stored| self.context.beside.place(stored)),
            shape: shape.to_vec(),
        }
    }

    /// A name that no other tensor of the file has, but for those that repeat it.
    fn name(&self, tensor: TensorId) -> String {
        let tensor = self.copies.original(tensor);
        let Some(stored) = self.context.wiring.tensor(tensor) else { return String::new() };
        let text = self.context.wiring.text(stored.name);
        let earlier = self.namesakes.get(tensor.index()).copied().unwrap_or(0);
        match (stored.attribute, earlier) {
            ("", 0) => text.to_owned(),
            ("", earlier) => format!("{text}#{}", earlier + 1),
            (attribute, _) => format!("{text}#{attribute}"),
        }
    }
}

/// Whether a layer that uses a tensor like this has it among its weights.
fn is_owning(usage: Use) -> bool {
    matches!(usage, Use::Learned(_) | Use::Statistic(_) | Use::Unknown)
}

fn role(usage: Use, category: Category) -> Role {
    match (usage, category) {
        (Use::ZeroPoint, _) => Role::ZeroPoint,
        (Use::Scale, _) => Role::Scale,
        (_, Category::Constant | Category::Unused) => Role::Constant,
        (_, Category::Quantization) => Role::Scale,
        (Use::Learned(role) | Use::Beside(role) | Use::Statistic(role), _) => role,
        (Use::Fixed | Use::State | Use::Free | Use::Unknown, _) => Role::Parameter,
    }
}
