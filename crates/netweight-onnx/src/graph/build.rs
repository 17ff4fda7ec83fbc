//! From names to numbers: scopes, bodies, functions.

use std::collections::HashMap;

use netweight_core::Diagnostic;

use super::{Call, CallId, Ends, Origin, Reader, Scope, TensorId, Value, ValueId, Wiring, Within};
use crate::name::Map;
use crate::{Function, Graph, GraphId, Name, Node, OnnxFile, ValueInfo};

pub(super) fn wire(file: &OnnxFile) -> Wiring<'_> {
    let mut builder = Builder {
        wiring: Wiring {
            file,
            calls: Vec::new(),
            values: Vec::new(),
            tensors: Vec::new(),
            inputs: Vec::new(),
            problems: Vec::new(),
            nowhere: Value::default(),
        },
        scopes: Vec::new(),
        functions: HashMap::new(),
        held: Map::default(),
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

pub(super) struct Builder<'f> {
    pub(super) wiring: Wiring<'f>,
    pub(super) scopes: Vec<Scope>,
    pub(super) functions: HashMap<(&'f str, Name, Name), &'f Function>,
    /// Tensors in bodies and nodes by where they stand, so that a function that is called twice
    /// holds its own once.
    pub(super) held: Map<usize, TensorId>,
    /// Bodies and functions around.
    pub(super) depth: usize,
    /// Nodes of functions so far.
    pub(super) inlined: usize,
    /// The call of the function around.
    pub(super) given: Option<&'f Node>,
    pub(super) within: Option<Within>,
}

impl<'f> Builder<'f> {
    /// The domain of an operator, the standard one being empty.
    pub(super) fn domain(&self, domain: Name) -> &'f str {
        match self.wiring.text(domain) {
            "ai.onnx" => "",
            other => other,
        }
    }

    fn main(&mut self, id: GraphId) {
        let Some(graph) = self.wiring.file.graph(id) else { return };
        let scope = self.open(None);
        self.reserve(scope, graph);
        self.tensors(scope, graph);
        for input in &graph.inputs {
            if self.find(scope, input.name).is_none() {
                let value = self.declare(scope, input.name, Origin::Input);
                self.wiring.inputs.push(value);
            }
        }
        let infos = graph.value_infos.iter().chain(&graph.inputs).chain(&graph.outputs);
        self.nodes(scope, &graph.nodes, infos);
        self.training();
        for output in &graph.outputs {
            if let Some(value) =
                self.find(scope, output.name).and_then(|id| self.wiring.values.get_mut(id.index()))
            {
                value.given = true;
            }
        }
    }

    /// Makes room for what the main graph holds: lists that grow take their memory twice.
    fn reserve(&mut self, scope: usize, graph: &Graph) {
        let values = graph.initializers.len() + graph.inputs.len() + graph.nodes.len();
        self.wiring.calls.reserve_exact(graph.nodes.len());
        self.wiring.values.reserve_exact(values);
        self.wiring.tensors.reserve_exact(graph.initializers.len());
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.values.reserve(values);
        }
    }

    pub(super) fn open(&mut self, parent: Option<usize>) -> usize {
        self.scopes.push(Scope { parent, values: Map::default() });
        self.scopes.len() - 1
    }

    pub(super) fn find(&self, scope: usize, name: Name) -> Option<ValueId> {
        let mut scope = self.scopes.get(scope)?;
        loop {
            if let Some(value) = scope.values.get(&name) {
                return Some(*value);
            }
            scope = self.scopes.get(scope.parent?)?;
        }
    }

    pub(super) fn bind(&mut self, scope: usize, name: Name, value: ValueId) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.values.insert(name, value);
        }
    }

    fn new_value(&mut self, name: Name, origin: Origin) -> ValueId {
        self.wiring.values.push(Value { name, origin, ..Value::default() });
        ValueId::new(self.wiring.values.len() - 1)
    }

    pub(super) fn declare(&mut self, scope: usize, name: Name, origin: Origin) -> ValueId {
        let value = self.new_value(name, origin);
        self.bind(scope, name, value);
        value
    }

    /// The nodes of one graph or function, in two rounds, so that their order does not matter.
    pub(super) fn nodes(
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
            if let Some(value) = own.and_then(|id| self.wiring.values.get_mut(id.index())) {
                value.info = Some(info);
            }
        }
        for node in nodes {
            self.node(scope, node);
        }
    }

    fn node(&mut self, scope: usize, node: &'f Node) {
        if node.op_type.is_empty() {
            let what = "some nodes name no operator; they are left out";
            self.problem("onnx/no-operator", what);
        }
        if node.op_type.is_empty() || self.is_beyond() || self.constant(scope, node) {
            return;
        }
        let inputs: Ends = node.inputs.iter().map(|name| self.read(scope, *name)).collect();
        let outputs: Ends = node
            .outputs
            .iter()
            .map(|name| if name.is_empty() { None } else { self.find(scope, *name) })
            .collect();
        if let Some(function) = self.function(node) {
            self.inline(node, function, &inputs, &outputs);
            return;
        }
        let call = CallId::new(self.wiring.calls.len());
        for (input, value) in inputs.iter().enumerate() {
            let value = value.and_then(|id| self.wiring.values.get_mut(id.index()));
            if let Some(value) = value {
                value.readers.push(Reader { call, input });
            }
        }
        for (index, value) in outputs.iter().enumerate() {
            let value = value.and_then(|id| self.wiring.values.get_mut(id.index()));
            if let Some(value) = value.filter(|value| value.origin == Origin::Open) {
                value.origin = Origin::Call(call, index);
            }
        }
        let lists = self.lists(node);
        let own = Call {
            node,
            inputs,
            outputs,
            bodies: Vec::new(),
            lists,
            within: self.within,
            given: self.given,
        };
        self.wiring.calls.push(own);
        self.generate(call);
        if self.wiring.has_body(call) {
            let inputs = self.wiring.call(call).map_or_else(Ends::new, |call| call.inputs.clone());
            let bodies = self.bodies(scope, node, &inputs);
            if let Some(call) = self.wiring.calls.get_mut(call.index()) {
                call.bodies = bodies;
            }
        }
    }

    /// Tells of a problem, once.
    pub(super) fn problem(&mut self, code: &'static str, what: &str) {
        if self.wiring.problems.iter().all(|problem| problem.code != code) {
            self.wiring.problems.push(Diagnostic::warning(code, what));
        }
    }

    /// The value of a name that a node reads; a new one where nothing makes it.
    fn read(&mut self, scope: usize, name: Name) -> Option<ValueId> {
        if name.is_empty() {
            return None;
        }
        let found = self.find(scope, name);
        Some(found.unwrap_or_else(|| self.declare(scope, name, Origin::Open)))
    }
}
