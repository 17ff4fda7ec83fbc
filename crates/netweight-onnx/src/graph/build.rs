//! From names to numbers: scopes, bodies, functions.

use std::collections::HashMap;

use netweight_core::{Diagnostic, limits};

use super::stored::{Kept, Stored, generated_type, identity};
use super::{Call, CallId, Origin, Reader, Scope, TensorId, Value, ValueId, Wiring, Within, find};
use crate::{AttributeValue, Function, Graph, GraphId, Name, Node, OnnxFile, ValueInfo};

pub(super) fn wire(file: &OnnxFile) -> Wiring<'_> {
    let mut builder = Builder {
        wiring: Wiring {
            file,
            calls: Vec::new(),
            values: Vec::new(),
            tensors: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            problems: Vec::new(),
            nowhere: Value::default(),
        },
        scopes: Vec::new(),
        functions: HashMap::new(),
        constants: HashMap::new(),
        depth: 0,
        inlined: 0,
        given: None,
        within: None,
    };
    for function in &file.functions {
        let key = (builder.domain(function.domain), function.name, function.overload);
        builder.functions.entry(key).or_insert(function);
    }
    builder.main(file.graph);
    builder.wiring
}

struct Builder<'f> {
    wiring: Wiring<'f>,
    scopes: Vec<Scope>,
    functions: HashMap<(&'f str, Name, Name), &'f Function>,
    /// Tensors of `Constant` nodes, so that a function called twice holds its own once.
    constants: HashMap<usize, TensorId>,
    depth: usize,
    inlined: usize,
    given: Option<&'f Node>,
    within: Option<Within>,
}

impl<'f> Builder<'f> {
    /// The domain of an operator, the standard one being empty.
    fn domain(&self, domain: Name) -> &'f str {
        match self.wiring.text(domain) {
            "ai.onnx" => "",
            other => other,
        }
    }

    fn main(&mut self, id: GraphId) {
        let Some(graph) = self.wiring.file.graph(id) else { return };
        let scope = self.open(None);
        self.tensors(scope, graph);
        for input in &graph.inputs {
            if self.find(scope, input.name).is_none() {
                let value = self.declare(scope, input.name, Origin::Input);
                self.wiring.inputs.push(value);
            }
        }
        let infos = graph.value_infos.iter().chain(&graph.inputs).chain(&graph.outputs);
        self.nodes(scope, &graph.nodes, infos);
        let outputs = graph.outputs.iter().filter_map(|output| self.find(scope, output.name));
        self.wiring.outputs = outputs.collect();
        for output in &self.wiring.outputs {
            if let Some(value) = self.wiring.values.get_mut(output.0) {
                value.given = true;
            }
        }
    }

    fn open(&mut self, parent: Option<usize>) -> usize {
        self.scopes.push(Scope { parent, values: HashMap::new() });
        self.scopes.len() - 1
    }

    fn find(&self, scope: usize, name: Name) -> Option<ValueId> {
        let mut scope = self.scopes.get(scope)?;
        loop {
            if let Some(value) = scope.values.get(&name) {
                return Some(*value);
            }
            scope = self.scopes.get(scope.parent?)?;
        }
    }

    fn bind(&mut self, scope: usize, name: Name, value: ValueId) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.values.insert(name, value);
        }
    }

    fn new_value(&mut self, name: Name, origin: Origin) -> ValueId {
        self.wiring.values.push(Value { name, origin, ..Value::default() });
        ValueId(self.wiring.values.len() - 1)
    }

    fn declare(&mut self, scope: usize, name: Name, origin: Origin) -> ValueId {
        let value = self.new_value(name, origin);
        self.bind(scope, name, value);
        value
    }

    fn store(&mut self, tensor: Stored<'f>) -> TensorId {
        self.wiring.tensors.push(tensor);
        TensorId(self.wiring.tensors.len() - 1)
    }

    fn tensors(&mut self, scope: usize, graph: &'f Graph) {
        let dense = graph
            .initializers
            .iter()
            .map(|tensor| Stored::tensor(tensor.name, tensor, Kept::Initializer));
        let sparse = graph
            .sparse_initializers
            .iter()
            .map(|sparse| Stored::sparse(sparse.values.name, sparse, Kept::Initializer));
        for stored in dense.chain(sparse) {
            let name = stored.name;
            let tensor = self.store(stored);
            self.declare(scope, name, Origin::Tensor(tensor));
        }
    }

    /// The nodes of one graph or function, in two rounds, so that their order does not matter.
    fn nodes(
        &mut self,
        scope: usize,
        nodes: &'f [Node],
        infos: impl Iterator<Item = &'f ValueInfo>,
    ) {
        for output in nodes.iter().flat_map(|node| &node.outputs) {
            let known = |scope: &Scope| scope.values.contains_key(output);
            if !output.is_empty() && !self.scopes.get(scope).is_some_and(known) {
                self.declare(scope, *output, Origin::Open);
            }
        }
        for info in infos {
            let own = self.scopes.get(scope).and_then(|scope| scope.values.get(&info.name));
            if let Some(value) = own.and_then(|id| self.wiring.values.get_mut(id.0)) {
                value.info = Some(info);
            }
        }
        for node in nodes {
            self.node(scope, node);
        }
    }

    fn node(&mut self, scope: usize, node: &'f Node) {
        if node.op_type.is_empty() {
            self.nameless();
            return;
        }
        if self.constant(scope, node) {
            return;
        }
        let inputs: Vec<Option<ValueId>> =
            node.inputs.iter().map(|name| self.read(scope, *name)).collect();
        let outputs: Vec<Option<ValueId>> = node
            .outputs
            .iter()
            .map(|name| if name.is_empty() { None } else { self.find(scope, *name) })
            .collect();
        if let Some(function) = self.function(node) {
            self.inline(node, function, &inputs, &outputs);
            return;
        }
        let call = CallId(self.wiring.calls.len());
        for (input, value) in inputs.iter().enumerate() {
            let value = value.and_then(|id| self.wiring.values.get_mut(id.0));
            if let Some(value) = value {
                value.readers.push(Reader { call, input });
            }
        }
        for (index, value) in outputs.iter().enumerate() {
            let value = value.and_then(|id| self.wiring.values.get_mut(id.0));
            if let Some(value) = value.filter(|value| value.origin == Origin::Open) {
                value.origin = Origin::Call(call, index);
            }
        }
        let lists = self.lists(node);
        let own = Call {
            node,
            inputs: inputs.clone(),
            outputs,
            bodies: Vec::new(),
            lists,
            within: self.within,
            given: self.given,
        };
        self.wiring.calls.push(own);
        self.generate(call);
        let bodies = self.bodies(scope, node, &inputs);
        if let Some(call) = self.wiring.calls.get_mut(call.0) {
            call.bodies = bodies;
        }
    }

    fn nameless(&mut self) {
        if self.wiring.problems.iter().all(|problem| problem.code != NO_OPERATOR) {
            let what = "some nodes name no operator; they are left out";
            self.wiring.problems.push(Diagnostic::warning(NO_OPERATOR, what));
        }
    }

    /// Classical models keep their values in attributes.
    fn lists(&mut self, node: &'f Node) -> Vec<(Name, TensorId)> {
        if self.domain(node.domain) != "ai.onnx.ml" {
            return Vec::new();
        }
        let name = node.outputs.first().copied().unwrap_or(node.name);
        let mut lists = Vec::new();
        for attribute in &node.attributes {
            let text = self.wiring.text(attribute.name);
            if let Some(stored) = Stored::attribute(name, text, &attribute.value) {
                lists.push((attribute.name, self.store(stored)));
            }
        }
        lists
    }

    /// The value of a name that a node reads; a new one where nothing makes it.
    fn read(&mut self, scope: usize, name: Name) -> Option<ValueId> {
        if name.is_empty() {
            return None;
        }
        let found = self.find(scope, name);
        Some(found.unwrap_or_else(|| self.declare(scope, name, Origin::Open)))
    }

    /// A `Constant` node is a stored tensor under its output's name.
    fn constant(&mut self, scope: usize, node: &'f Node) -> bool {
        let wiring = &self.wiring;
        if wiring.text(node.op_type) != "Constant" || !self.domain(node.domain).is_empty() {
            return false;
        }
        let Some(name) = node.outputs.first().copied() else { return true };
        let stored = node.attributes.iter().find_map(|attribute| {
            let (value, own) = match (&attribute.value, self.given) {
                (AttributeValue::Reference(outer), Some(given)) => {
                    (find(wiring.names(), given, wiring.text(*outer))?, given)
                }
                (value, _) => (value, node),
            };
            Some((identity(own), Stored::constant(name, wiring.text(attribute.name), value)?))
        });
        let (Some((identity, stored)), Some(value)) = (stored, self.find(scope, name)) else {
            return true;
        };
        let known = self.constants.get(&identity).copied();
        let tensor = known.unwrap_or_else(|| self.store(stored));
        self.constants.insert(identity, tensor);
        if let Some(value) = self.wiring.values.get_mut(value.0) {
            value.origin = Origin::Tensor(tensor);
        }
        true
    }

    /// A node that fills a stored shape stands for a tensor that the file leaves out.
    fn generate(&mut self, call: CallId) {
        let wiring = &self.wiring;
        let (dims, dtype) = match wiring.op(call) {
            "ConstantOfShape" => {
                let Some(dims) = wiring.input(call, 0).and_then(|id| wiring.constant_ints(id))
                else {
                    return;
                };
                (dims.to_vec(), generated_type(wiring.attribute(call, "value"), None))
            }
            "RandomNormal" | "RandomUniform" => {
                let Some(dims) = wiring.ints(call, "shape") else { return };
                (dims.to_vec(), generated_type(None, wiring.int(call, "dtype").or(Some(1))))
            }
            _ => return,
        };
        let Some(output) = wiring.output(call, 0) else { return };
        let name = wiring.value(output).name;
        let tensor = self.store(Stored::generated(name, &dims, dtype));
        if let Some(value) = self.wiring.values.get_mut(output.0) {
            value.origin = Origin::Tensor(tensor);
        }
    }

    fn function(&self, node: &Node) -> Option<&'f Function> {
        if self.functions.is_empty() {
            return None;
        }
        self.functions.get(&(self.domain(node.domain), node.op_type, node.overload)).copied()
    }

    fn inline(
        &mut self,
        node: &'f Node,
        function: &'f Function,
        inputs: &[Option<ValueId>],
        outputs: &[Option<ValueId>],
    ) {
        self.inlined = self.inlined.saturating_add(function.nodes.len().max(1));
        if self.depth >= limits::ONNX_DEPTH || self.inlined > limits::ONNX_INLINED {
            if self.wiring.problems.iter().all(|problem| problem.code != TOO_DEEP) {
                let what = "functions call functions too often to be followed; what they hold beyond is not counted";
                self.wiring.problems.push(Diagnostic::warning(TOO_DEEP, what));
            }
            return;
        }
        let scope = self.open(None);
        for (formal, actual) in function.inputs.iter().zip(inputs) {
            if let Some(actual) = actual {
                self.bind(scope, *formal, *actual);
            }
        }
        for (formal, actual) in function.outputs.iter().zip(outputs) {
            let Some(actual) = *actual else { continue };
            // An output may be an input passed on.
            match self.find(scope, *formal) {
                Some(passed) => {
                    if let Some(value) = self.wiring.values.get_mut(actual.0) {
                        value.origin = Origin::Same(passed);
                    }
                }
                None => self.bind(scope, *formal, actual),
            }
        }
        let given = self.given.replace(node);
        let within = self.within.replace(Within { name: node.name, body: Name::default() });
        self.depth += 1;
        self.nodes(scope, &function.nodes, function.value_infos.iter());
        self.depth -= 1;
        (self.given, self.within) = (given, within);
    }

    /// What the graphs in a node's attributes give.
    fn bodies(
        &mut self,
        scope: usize,
        node: &'f Node,
        inputs: &[Option<ValueId>],
    ) -> Vec<Vec<Option<ValueId>>> {
        let mut bodies = Vec::new();
        for attribute in &node.attributes {
            let ids = match &attribute.value {
                AttributeValue::Graph(id) => std::slice::from_ref(id),
                AttributeValue::Graphs(ids) => ids,
                _ => continue,
            };
            let within = self.within.replace(Within { name: node.name, body: attribute.name });
            for id in ids {
                bodies.extend(self.body(scope, node, *id, inputs));
            }
            self.within = within;
        }
        bodies
    }

    fn body(
        &mut self,
        around: usize,
        node: &'f Node,
        id: GraphId,
        inputs: &[Option<ValueId>],
    ) -> Option<Vec<Option<ValueId>>> {
        let graph = self.wiring.file.graph(id)?;
        if self.depth >= limits::ONNX_DEPTH {
            return None;
        }
        let scope = self.open(Some(around));
        self.tensors(scope, graph);
        let copies = self.copies(graph);
        for (index, input) in graph.inputs.iter().enumerate() {
            if self.scopes.get(scope).is_some_and(|scope| scope.values.contains_key(&input.name)) {
                continue;
            }
            match self.passed(node, graph, index, inputs, &copies) {
                Some(outer) => self.bind(scope, input.name, outer),
                None => {
                    self.declare(scope, input.name, Origin::Open);
                }
            }
        }
        self.depth += 1;
        let infos = graph.value_infos.iter().chain(&graph.inputs).chain(&graph.outputs);
        self.nodes(scope, &graph.nodes, infos);
        self.depth -= 1;
        Some(graph.outputs.iter().map(|output| self.find(scope, output.name)).collect())
    }

    /// What a graph's `Identity` nodes give, with what they take.
    fn copies(&self, graph: &Graph) -> HashMap<Name, Name> {
        let copies = graph.nodes.iter().filter(|node| self.wiring.text(node.op_type) == "Identity");
        copies.filter_map(|node| Some((*node.outputs.first()?, *node.inputs.first()?))).collect()
    }

    /// The outer value that a loop hands to its body unchanged at every step.
    fn passed(
        &self,
        node: &Node,
        body: &Graph,
        index: usize,
        inputs: &[Option<ValueId>],
        copies: &HashMap<Name, Name>,
    ) -> Option<ValueId> {
        if self.wiring.text(node.op_type) != "Loop" || index < 2 {
            return None;
        }
        let formal = body.inputs.get(index)?.name;
        let returned = body.outputs.get(index - 1)?.name;
        let source = copies.get(&returned).copied().unwrap_or(returned);
        if source == formal { *inputs.get(index)? } else { None }
    }
}

const NO_OPERATOR: &str = "onnx/no-operator";
const TOO_DEEP: &str = "onnx/functions-too-deep";
