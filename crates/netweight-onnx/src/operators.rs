//! The file's own operators as the core takes them, for size schemes that look at them.

use std::collections::HashMap;

use netweight_core::graph::{Graph, Node, StoredValue, Value};
use netweight_core::{Arg, Args, DType, ImportOptions};

use crate::graph::{ValueId, Wiring, dtype};
use crate::shape::{Following, Shapes};
use crate::{AttributeValue, Dim, GraphId, Name, OnnxFile, Storage, Tensor};

/// The main graph, call by call.
pub(crate) fn operators(file: &OnnxFile, file_length: u64) -> Graph {
    let mut builder = Builder { file, values: Vec::new(), by_name: HashMap::new() };
    let Some(main) = file.graph(file.graph) else { return Graph::default() };
    for input in &main.inputs {
        let value = builder.describe(input.name, input.elem_type);
        value.is_input = true;
    }
    for tensor in &main.initializers {
        let stored = stored(tensor, false);
        builder.value(tensor.name).stored = Some(stored);
    }
    let mut nodes: Vec<Node> = main.nodes.iter().map(|node| builder.node(node)).collect();
    for output in &main.outputs {
        builder.describe(output.name, output.elem_type).is_output = true;
    }
    for info in main.value_infos.iter().filter(|info| !info.name.is_empty()) {
        if builder.by_name.contains_key(&info.name) {
            builder.describe(info.name, info.elem_type).is_described = true;
        }
    }
    describe(file, &mut builder, &mut nodes);
    let opsets = file.opsets.iter().filter_map(|(domain, version)| {
        Some((file.names.text(*domain).to_owned(), u64::try_from(*version).ok()?))
    });
    Graph {
        opsets: opsets.collect(),
        nodes,
        values: builder.values,
        file_length,
        graph_length: main.length,
    }
}

/// What ONNX's own inference finds: dimensions, and calls that are wrong.
fn describe(file: &OnnxFile, builder: &mut Builder<'_>, nodes: &mut [Node]) {
    let wiring = Wiring::of(file);
    let shapes = Shapes::of(&wiring, &ImportOptions::default(), Following::Shapes);
    // Bodies lie behind the main graph's own, and a name is not given twice.
    for (id, found) in wiring.values.iter().enumerate().rev() {
        let index = builder.by_name.get(&found.name).and_then(|index| usize::try_from(*index).ok());
        if let Some(value) = index.and_then(|index| builder.values.get_mut(index)) {
            let shape = shapes.shape(&wiring, ValueId::new(id));
            value.dims = shape.map(|shape| shape.iter().map(|dim| length(file, *dim)).collect());
        }
    }
    let mut by_output: HashMap<u32, &mut Node> = HashMap::new();
    by_output.extend(nodes.iter_mut().filter_map(|node| Some((node.output(0)?, node))));
    for call in wiring.ids() {
        let output = wiring.output(call, 0).map(|output| wiring.value(output).name);
        let index = output.and_then(|output| builder.by_name.get(&output));
        if let Some(node) = index.and_then(|index| by_output.get_mut(index)) {
            node.wrong = shapes.wrong(&wiring, call);
        }
    }
}

fn length(file: &OnnxFile, dim: Dim) -> netweight_core::graph::Dim {
    use netweight_core::graph::Dim::{Named, Size};
    match dim {
        Dim::Known(size) => Size(size),
        Dim::Named(name) => Named(match file.names.text(name).len() {
            0 => format!("unk__{}", name.number()).len(),
            length => length,
        } as u64),
        Dim::Unknown => Named(0),
    }
}

struct Builder<'f> {
    file: &'f OnnxFile,
    values: Vec<Value>,
    by_name: HashMap<Name, u32>,
}

impl Builder<'_> {
    fn index(&mut self, name: Name) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let index = *self.by_name.entry(name).or_insert(next);
        if index == next {
            let name = self.file.names.text(name).to_owned();
            self.values.push(Value { name, ..Value::default() });
        }
        index
    }

    fn value(&mut self, name: Name) -> &mut Value {
        let index = self.index(name);
        let last = self.values.len().saturating_sub(1);
        let place = usize::try_from(index).unwrap_or(last).min(last);
        // An index is given out only with its value.
        #[expect(clippy::indexing_slicing, reason = "bounded by the list's own length")]
        &mut self.values[place]
    }

    fn describe(&mut self, name: Name, elem_type: i32) -> &mut Value {
        let value = self.value(name);
        value.dtype = Some(dtype(elem_type)).filter(|dtype| *dtype != DType::Unknown);
        value
    }

    /// What a node that makes a value up holds, or only its type.
    fn made(&mut self, output: Name, value: &AttributeValue, is_stored: bool) {
        let made = self.value(output);
        made.dtype = match value {
            AttributeValue::Tensor(tensor) => Some(dtype(tensor.data_type)),
            AttributeValue::Int(_) | AttributeValue::Ints(_) => Some(DType::Int64),
            AttributeValue::Float(_) | AttributeValue::Floats(_) => Some(DType::Float32),
            _ => made.dtype,
        };
        if let (AttributeValue::Tensor(tensor), true) = (value, is_stored) {
            made.stored = Some(stored(tensor, true));
        }
    }

    /// A node with bodies reads what they read from outside, and holds their constants.
    fn bodies(&mut self, node: &crate::Node, inputs: &mut Vec<Option<u32>>) -> Vec<u32> {
        let mut handed_on = Vec::new();
        let mut open: Vec<GraphId> = graphs(node).collect();
        while let Some(body) = open.pop().and_then(|id| self.file.graph(id)) {
            for tensor in &body.initializers {
                self.value(tensor.name).stored = Some(stored(tensor, true));
            }
            for inner in &body.nodes {
                let outer = inner.inputs.iter().filter_map(|name| self.by_name.get(name));
                inputs.extend(outer.map(|index| Some(*index)));
                open.extend(graphs(inner));
                let is_handed_on = |name: &&Name| {
                    !name.is_empty() && body.outputs.iter().all(|output| output.name != **name)
                };
                for output in inner.outputs.iter().filter(is_handed_on) {
                    handed_on.push(self.index(*output));
                }
                if let ("Constant", Some(output)) =
                    (self.file.names.text(inner.op_type), inner.outputs.first())
                {
                    for attribute in &inner.attributes {
                        self.made(*output, &attribute.value, true);
                    }
                }
            }
            for info in &body.value_infos {
                self.describe(info.name, info.elem_type).is_described = true;
            }
        }
        handed_on
    }

    fn node(&mut self, node: &crate::Node) -> Node {
        let names = &self.file.names;
        let text = |name: Name| names.text(name).to_owned();
        let mut attributes = Args::default();
        for attribute in &node.attributes {
            if let Some(value) = argument(&attribute.value, names) {
                attributes.set(text(attribute.name), value);
            }
        }
        let (op, domain, name) = (text(node.op_type), text(node.domain), text(node.name));
        let mut list = |names: &[Name]| {
            let index = |name: &Name| (!name.is_empty()).then(|| self.index(*name));
            names.iter().map(index).collect::<Vec<_>>()
        };
        let (mut inputs, outputs) = (list(&node.inputs), list(&node.outputs));
        let inner = self.bodies(node, &mut inputs);
        if let ("Constant" | "ConstantOfShape", Some(output)) = (op.as_str(), node.outputs.first())
        {
            for attribute in &node.attributes {
                self.made(*output, &attribute.value, op == "Constant");
            }
        }
        Node {
            op,
            domain,
            name,
            inputs,
            outputs,
            inner,
            attributes,
            length: node.length,
            notes_length: node.notes_length,
            wrong: None,
        }
    }
}

/// The graphs among a node's attributes.
fn graphs(node: &crate::Node) -> impl Iterator<Item = GraphId> {
    node.attributes.iter().filter_map(|attribute| match attribute.value {
        AttributeValue::Graph(id) => Some(id),
        _ => None,
    })
}

fn stored(tensor: &Tensor, in_node: bool) -> StoredValue {
    StoredValue {
        shape: tensor.dims.iter().map(|dim| u64::try_from(*dim).unwrap_or(0)).collect(),
        dtype: dtype(tensor.data_type),
        in_node,
        length: tensor.length,
        payload: match tensor.storage {
            Storage::Inline { bytes } | Storage::Typed { bytes } => bytes,
            Storage::Missing | Storage::External { .. } => 0,
        },
    }
}

/// Numbers and texts; a float that is a whole number as one.
fn argument(value: &AttributeValue, names: &crate::Names) -> Option<Arg> {
    Some(match value {
        AttributeValue::Int(int) => Arg::Int(*int),
        AttributeValue::Ints(ints) => Arg::from(ints.all()?.to_vec()),
        AttributeValue::Str(text) => Arg::from(names.text(*text).to_owned()),
        #[expect(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
        AttributeValue::Float(float) if float.fract() == 0.0 && float.abs() < 1e9 => {
            Arg::Int(*float as i64)
        }
        AttributeValue::Float(float) => Arg::from(float.to_string()),
        _ => return None,
    })
}
