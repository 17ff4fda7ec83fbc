//! A file's operators as the layers of a model, subgraph by subgraph.

use std::collections::{HashMap, HashSet};

use netweight_core::{
    Arg, Category, Convention, Diagnostic, Dim, Edge, Layer, Model, Role, Shape, Weight,
};

use crate::bias::Unbiased;
use crate::constant::{Constant, Constants};
use crate::flatbuffer::Flatbuffer;
use crate::limits;
use crate::meaning::{self, Place, Row};
use crate::operator;
use crate::path::{Name, Namer};
use crate::schema::{File, Operator, Subgraph, Tensor};

/// Builds the model of a file.
pub(crate) fn build(file: &File, buffer: &Flatbuffer) -> Model {
    let constants = Constants::of(file);
    let mut model = Model {
        convention: Convention::Keras,
        stores_weights: true,
        description: format!("TensorFlow Lite v{}", file.version),
        producer: file.description.as_deref().map(|text| text.trim_end_matches('.').to_owned()),
        ..Model::new("tflite")
    };
    model.diagnostics = constants.problems();
    let mut read = HashSet::new();
    let mut namer = Namer::of(file);
    for (number, subgraph) in file.subgraphs.iter().enumerate() {
        let mut graph = Graph {
            file,
            buffer,
            constants: &constants,
            subgraph,
            name: name(subgraph, number),
            producers: HashMap::new(),
            dequantized: HashMap::new(),
            unbiased: Unbiased::of(subgraph),
        };
        graph.walk(&mut model, &mut read, &mut namer);
        model.diagnostics.extend(graph.problem());
    }
    model.layers.extend(unread(file, &constants, &read, &mut namer));
    model
}

fn name(subgraph: &Subgraph, number: usize) -> String {
    subgraph.name.clone().unwrap_or_else(|| format!("subgraph {number}"))
}

/// A subgraph as it is walked.
struct Graph<'a> {
    file: &'a File,
    buffer: &'a Flatbuffer<'a>,
    constants: &'a Constants<'a>,
    subgraph: &'a Subgraph,
    name: String,
    /// Which layer's output a tensor is.
    producers: HashMap<i32, Edge>,
    /// Constants that are stored in 16 bits and widened by an operator of their own.
    dequantized: HashMap<i32, Constant<'a>>,
    unbiased: Unbiased,
}

impl<'a> Graph<'a> {
    fn walk(&mut self, model: &mut Model, read: &mut HashSet<u32>, namer: &mut Namer) {
        for input in &self.subgraph.inputs {
            let Some(tensor) = self.tensor(*input) else { continue };
            let path = namer.unique(namer.tensor(tensor), &self.name);
            let layer = model.push(Layer::input(path, shape(tensor)));
            self.producers.insert(*input, Edge::new(layer, 0));
        }
        for operator in &self.subgraph.operators {
            let code =
                usize::try_from(operator.code).ok().and_then(|code| self.file.codes.get(code));
            let name = code.map_or_else(|| format!("code {}", operator.code), operator::name);
            read.extend(
                operator.inputs.iter().filter_map(|input| Some(self.tensor(*input)?.buffer)),
            );
            if self.widens_a_constant(&name, operator)
                || self.join_bias(&name, operator, model).is_some()
            {
                continue;
            }
            let (name, layer) = self.layer(name, operator, namer);
            let index = model.layers.len();
            self.unbiased.note(
                operator,
                &layer,
                index,
                meaning::is_activated(operator, self.buffer),
            );
            model.push(Layer { path: namer.unique(name, &self.name), ..layer });
            for (output, tensor) in operator.outputs.iter().enumerate() {
                self.producers.insert(*tensor, Edge::new(index, output));
            }
        }
        // What a subgraph gives out is read, too.
        read.extend(
            self.subgraph.outputs.iter().filter_map(|output| Some(self.tensor(*output)?.buffer)),
        );
    }

    /// Whether an operator only unpacks a weight: then whoever reads its output has the weight.
    fn widens_a_constant(&mut self, name: &str, operator: &Operator) -> bool {
        let (&[input], &[output]) = (operator.inputs.as_slice(), operator.outputs.as_slice())
        else {
            return false;
        };
        let constant = self.constant(input).filter(|_| matches!(name, "DEQUANTIZE" | "DENSIFY"));
        self.dequantized.extend(constant.map(|constant| (output, constant)));
        constant.is_some()
    }

    /// Gives a layer in front the bias that an operator only adds, if it does.
    fn join_bias(&mut self, name: &str, operator: &Operator, model: &mut Model) -> Option<()> {
        let sum = Some(operator).filter(|_| name == "ADD")?;
        let constant = sum.inputs.iter().find_map(|input| self.constant(*input))?;
        let (index, values) = self.unbiased.find(sum, &constant, &model.layers)?;
        let layer = model.layers.get_mut(index)?;
        let maker = *self.producers.get(&values)?;
        layer.weights.extend(self.constants.weights(constant, Role::Bias, Category::Trainable));
        layer.args.set("bias", true);
        self.producers.insert(*sum.outputs.first()?, maker);
        Some(())
    }

    fn tensor(&self, index: i32) -> Option<&'a Tensor> {
        self.subgraph.tensors.get(usize::try_from(index).ok()?)
    }

    fn constant(&self, index: i32) -> Option<Constant<'a>> {
        self.dequantized.get(&index).copied().or_else(|| self.constants.at(self.subgraph, index))
    }

    /// A layer, and what it is called.
    fn layer(&self, name: String, operator: &'a Operator, namer: &Namer) -> (Name, Layer) {
        let place = Place {
            operator,
            constants: operator.inputs.iter().map(|input| self.constant(*input)).collect(),
            shapes: operator.inputs.iter().map(|input| self.dims(*input)).collect(),
            file: self.buffer,
        };
        let mut layer = Layer {
            stated_outputs: operator
                .outputs
                .iter()
                .map(|output| self.tensor(*output).map(shape))
                .collect(),
            ..Layer::default()
        };
        let row = Row::of(&name, &place, &mut layer);
        let roles = row.map_or(&[][..], |row| row.weights);
        layer.inputs = self.edges(operator, row.map(|row| row.data));
        let output = operator.outputs.first().and_then(|output| self.tensor(*output));
        let weighted = row.and_then(|row| {
            let (kernel, _) = row.weights.first()?;
            namer.weighted(row.operations, place.constant(*kernel)?.tensor, output)
        });
        let called = weighted.or_else(|| output.map(|output| namer.tensor(output)));
        let called = called.unwrap_or_else(|| name.clone().into());
        for (input, constant) in place.constants.iter().enumerate() {
            let Some(constant) = constant else { continue };
            let role = roles.iter().find(|(known, _)| *known == input).map(|(_, role)| *role);
            let (role, category) = match role {
                Some(role) => (role, Category::Trainable),
                None => self.other(&name, constant),
            };
            layer.weights.extend(self.constants.weights(*constant, role, category));
        }
        if row.is_none() {
            meaning::weightless(&name, &place, &mut layer);
            free_parameter(&mut layer);
        }
        layer.type_name = name.into();
        (called, layer)
    }

    /// A constant that is no weight of a known layer.
    fn other(&self, name: &str, constant: &Constant) -> (Role, Category) {
        let is_scalar = constant.elements() == Some(1);
        let is_state = meaning::is_control(name) && self.is_zero(constant);
        let learned = constant.may_be_learned()
            && !is_scalar
            && !is_state
            && !meaning::has_only_constants(name);
        match learned {
            true => (Role::Parameter, Category::Trainable),
            false => (Role::Constant, Category::Constant),
        }
    }

    /// Whether all bytes are zero; not looked at in what is too large for a state.
    fn is_zero(&self, constant: &Constant) -> bool {
        let bytes = constant.bytes;
        let length = usize::try_from(bytes.length).unwrap_or(usize::MAX);
        bytes.length <= limits::STATE
            && self.buffer.slice(bytes.at, length).is_ok_and(|bytes| bytes.iter().all(|b| *b == 0))
    }

    /// The computed inputs: what the weights are applied to, then the others in order.
    fn edges(&self, operator: &Operator, data: Option<usize>) -> Vec<Option<Edge>> {
        let first = data.and_then(|data| operator.inputs.get(data));
        let others = operator.inputs.iter().enumerate().filter(|(at, _)| Some(*at) != data);
        let inputs = first.into_iter().chain(others.map(|(_, input)| input));
        let computed = inputs.filter(|input| **input >= 0 && self.constant(**input).is_none());
        computed.map(|input| self.producers.get(input).copied()).collect()
    }

    fn dims(&self, index: i32) -> Vec<i64> {
        let dims = self.tensor(index).map(|tensor| tensor.shape.as_slice()).unwrap_or_default();
        dims.iter().map(|dim| i64::from(*dim)).collect()
    }

    /// A reference to a tensor or a code that is not there.
    fn problem(&self) -> Option<Diagnostic> {
        let wrong = self.subgraph.operators.iter().position(|operator| {
            let tensors = operator.inputs.iter().chain(&operator.outputs);
            let is_wrong = |tensor: &i32| *tensor >= 0 && self.tensor(*tensor).is_none();
            let code = usize::try_from(operator.code).unwrap_or(usize::MAX);
            tensors.clone().any(is_wrong) || code >= self.file.codes.len()
        })?;
        let found = format!("operator {wrong} refers to a tensor or a code that is not there");
        Some(Diagnostic::warning("tflite/reference", found).at(self.name.clone()))
    }
}

/// The kind of a layer whose only parameters are one tensor of no known layer.
fn free_parameter(layer: &mut Layer) {
    let parameters = layer.weights.iter().filter(|weight| weight.category.is_parameter());
    let parameters: Vec<&Weight> = parameters.collect();
    match parameters.as_slice() {
        [] => {}
        [only] => {
            let sizes = Arg::sizes(&only.shape);
            layer.kind = sizes.is_some().then(|| "parameter".into());
            if let Some(sizes) = sizes {
                layer.measured.set("shape", sizes);
            }
        }
        _ => layer.kind = None,
    }
}

/// Constants that might be learned and that no operator reads.
fn unread(
    file: &File,
    constants: &Constants,
    read: &HashSet<u32>,
    namer: &mut Namer,
) -> Vec<Layer> {
    let mut seen = HashSet::new();
    let tensors = file.subgraphs.iter().flat_map(|subgraph| &subgraph.tensors);
    let unread = tensors.filter(|tensor| !read.contains(&tensor.buffer));
    unread
        .filter_map(|tensor| constants.constant(tensor))
        .filter(|constant| constant.may_be_learned() && seen.insert(constant.tensor.buffer))
        .map(|constant| Layer {
            path: namer.unique(namer.tensor(constant.tensor), ""),
            type_name: "unused".into(),
            weights: constants.weights(constant, Role::Parameter, Category::Unused),
            ..Layer::default()
        })
        .collect()
}

/// A tensor's shape, open where its signature says so.
fn shape(tensor: &Tensor) -> Shape {
    let dims = match tensor.signature.len() == tensor.shape.len() {
        true => &tensor.signature,
        false => &tensor.shape,
    };
    dims.iter().map(|dim| u64::try_from(*dim).map_or(Dim::Unknown, Dim::Known)).collect()
}
