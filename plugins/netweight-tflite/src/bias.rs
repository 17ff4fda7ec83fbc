//! Biases that stand in a sum of their own behind a product: the converter leaves them there where
//! values are laid out anew in between, as heads of an attention are.

use std::collections::HashMap;

use netweight_core::{Arg, Layer};

use crate::constant::Constant;
use crate::schema::{Operator, Subgraph};

/// The products of a subgraph that have no bias yet.
pub(crate) struct Unbiased {
    /// How often each tensor is read, given out by the subgraph included.
    uses: HashMap<i32, usize>,
    /// Which layer a tensor has the values of, where nothing else reads them.
    products: HashMap<i32, usize>,
}

impl Unbiased {
    pub(crate) fn of(subgraph: &Subgraph) -> Self {
        let read = subgraph.operators.iter().flat_map(|operator| &operator.inputs);
        let mut uses = HashMap::new();
        read.chain(&subgraph.outputs).for_each(|tensor| *uses.entry(*tensor).or_default() += 1);
        Self { uses, products: HashMap::new() }
    }

    /// Notes a layer that may find its bias later; `activated` if it computes more behind its
    /// product.
    pub(crate) fn note(
        &mut self,
        operator: &Operator,
        layer: &Layer,
        index: usize,
        activated: bool,
    ) {
        let Some(output) = operator.outputs.first() else { return };
        let product = layer.kind.as_deref() == Some("dense") && !activated;
        let index = match &*layer.type_name {
            "RESHAPE" => operator.inputs.first().and_then(|input| self.products.remove(input)),
            _ => (product && !layer.args.flag("bias")).then_some(index),
        };
        if let Some(index) = index.filter(|_| self.uses.get(output) == Some(&1)) {
            self.products.insert(*output, index);
        }
    }

    /// The layer to which a sum with a constant adds a bias, and the tensor that has its values.
    pub(crate) fn find(
        &self,
        operator: &Operator,
        constant: &Constant,
        layers: &[Layer],
    ) -> Option<(usize, i32)> {
        let (tensor, index) =
            operator.inputs.iter().find_map(|input| self.products.get_key_value(input))?;
        let outputs = layers.get(*index)?.measured.get("output_size")?;
        let fits =
            constant.may_be_learned() && Arg::size(constant.elements()?).as_ref() == Some(outputs);
        fits.then_some((*index, *tensor))
    }
}
