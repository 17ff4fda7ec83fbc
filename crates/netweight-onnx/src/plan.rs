//! Which calls make one layer, and what each stored tensor is in it.

use netweight_core::ImportOptions;

use crate::beside::Beside;
use crate::graph::{CallId, ValueId, Wiring};
use crate::name::Map;
use crate::ops::{self, Op, Rows, Use};
use crate::path::{Roots, Wrappers};
use crate::patterns;
use crate::provenance::Provenance;
use crate::shape::{Following, Shapes};
use crate::trace::{Fixed, Trace};

/// A file as everything after its wiring looks at it.
pub(crate) struct Context<'f> {
    pub(crate) wiring: Wiring<'f>,
    pub(crate) shapes: Shapes,
    pub(crate) trace: Trace,
    pub(crate) provenance: Provenance<'f>,
    pub(crate) roots: Roots,
    pub(crate) wrappers: Wrappers<'f>,
    /// The files that hold the tensors.
    pub(crate) beside: Beside,
    ops: Vec<Option<&'f Op<'f>>>,
}

impl<'f> Context<'f> {
    pub(crate) fn of(
        wiring: Wiring<'f>,
        options: &ImportOptions,
        beside: Beside,
        rows: &'f Rows<'f>,
    ) -> Self {
        let mut known = Map::default();
        let ops = wiring.calls.iter().map(|call| {
            let (domain, name) = (call.node.domain, call.node.op_type);
            *known
                .entry((domain, name))
                .or_insert_with(|| rows.find(wiring.text(domain), wiring.text(name)))
        });
        let ops: Vec<_> = ops.collect();
        let shapes = Shapes::of(&wiring, options, Following::Numbers);
        let trace = Trace::of(&wiring, &shapes, &ops);
        let provenance = Provenance::of(&wiring);
        let roots = Roots::of(&wiring);
        let wrappers = Wrappers::of(&wiring);
        Self { wiring, shapes, trace, provenance, roots, wrappers, beside, ops }
    }

    /// The operator's row; none for an operator that is not known.
    pub(crate) fn op(&self, call: CallId) -> Option<&'f Op<'f>> {
        *self.ops.get(call.index())?
    }

    /// A value that the file alone determines.
    pub(crate) fn fixed(&self, value: ValueId) -> Option<&Fixed> {
        self.trace.fixed(&self.wiring, value)
    }

    /// An input that the file alone determines.
    pub(crate) fn fixed_input(&self, call: CallId, input: usize) -> Option<&Fixed> {
        self.fixed(self.wiring.input(call, input)?)
    }

    /// How many values such an input has.
    pub(crate) fn elements(&self, call: CallId, input: usize) -> Option<u64> {
        netweight_core::elements(self.fixed_input(call, input)?.dims.as_ref()?)
    }
}

/// What patterns found.
pub(crate) struct Plan {
    part_of: Vec<Option<CallId>>,
    /// The last call of a layer that has several.
    ends: Map<CallId, CallId>,
    assigned: Map<(CallId, usize), (CallId, Use)>,
    kinds: Map<CallId, Recognised>,
}

/// A layer that is not what its operator alone would be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recognised {
    pub(crate) type_name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) sizes: fn(&ops::Site) -> ops::Sizes,
}

impl Plan {
    pub(crate) fn of(context: &Context) -> Self {
        let mut plan = Self {
            part_of: vec![None; context.wiring.calls.len()],
            ends: Map::default(),
            assigned: Map::default(),
            kinds: Map::default(),
        };
        patterns::apply(context, &mut plan);
        plan
    }

    /// Makes a call a part of another one's layer.
    pub(crate) fn join(&mut self, part: CallId, whole: CallId) {
        let whole = self.whole(whole);
        if let Some(place) = self.part_of.get_mut(part.index()) {
            *place = (part != whole).then_some(whole);
        }
        let end = self.ends.entry(whole).or_insert(part);
        *end = part.max(*end);
    }

    /// The call that gives what a layer gives: the last of its calls.
    pub(crate) fn end(&self, whole: CallId) -> CallId {
        self.ends.get(&whole).copied().unwrap_or(whole)
    }

    /// The call whose layer a call is a part of: itself, mostly.
    pub(crate) fn whole(&self, call: CallId) -> CallId {
        self.part_of.get(call.index()).copied().flatten().unwrap_or(call)
    }

    /// Whether a call stands for a layer: it is no part of another one's, and the file alone
    /// does not determine what it gives.
    pub(crate) fn is_layer(&self, context: &Context, call: CallId) -> bool {
        !self.is_part(call) && !context.trace.is_fixed(&context.wiring, call)
    }

    pub(crate) fn is_part(&self, call: CallId) -> bool {
        self.part_of.get(call.index()).is_some_and(Option::is_some)
    }

    /// Gives the stored tensor at an input to a layer.
    pub(crate) fn assign(&mut self, call: CallId, input: usize, whole: CallId, usage: Use) {
        self.assigned.insert((call, input), (whole, usage));
    }

    /// Which layer the stored tensor at an input belongs to, and as what.
    pub(crate) fn assigned(&self, call: CallId, input: usize) -> Option<(CallId, Use)> {
        self.assigned.get(&(call, input)).copied()
    }

    pub(crate) fn recognise(&mut self, call: CallId, recognised: Recognised) {
        self.kinds.insert(call, recognised);
    }

    pub(crate) fn recognised(&self, call: CallId) -> Option<Recognised> {
        self.kinds.get(&call).copied()
    }
}
