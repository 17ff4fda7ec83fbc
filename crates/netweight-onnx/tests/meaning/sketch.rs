//! Small models written down by hand, a line for each thing, and what is made of them.
//!
//! The bytes are written by an independent protobuf library.

use netweight_core::{
    Analysis, Bytes, Category, Check, ImportOptions, Importer, LayerAnalysis, Model, analyze,
};
use netweight_onnx::OnnxImporter;
use onnx_protobuf::attribute_proto::AttributeType;
use onnx_protobuf::tensor_shape_proto::{Dimension, dimension};
use onnx_protobuf::type_proto::{Tensor as TensorType, Value};
use onnx_protobuf::{
    AttributeProto, FunctionProto, GraphProto, Message as _, ModelProto, NodeProto,
    OperatorSetIdProto, StringStringEntryProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto,
};

/// A model in the making.
pub(crate) struct Sketch {
    pub(crate) model: ModelProto,
    pub(crate) graph: GraphProto,
}

/// A model of these lines:
///
/// ```text
/// input x 1x4            a graph input, dimensions by number or name
/// weight W 4x3           an initializer of floats without values
/// weight W 4x3 int8      … of another type
/// ints s 2,3             an initializer of integers
/// floats c 0,1           an initializer of floats
/// info v 1x4             what is known of a value
/// output y 1x3           a graph output
/// y = MatMul(x, W)       a node; `-` leaves an input out
/// y = Gemm(x, W) transB=1 name=/fc/Gemm domain=com.microsoft
/// ```
pub(crate) fn sketch(lines: &str) -> Sketch {
    let opset = OperatorSetIdProto { version: 17, ..Default::default() };
    let model = ModelProto { ir_version: 8, opset_import: vec![opset], ..Default::default() };
    Sketch { model, graph: graph(lines) }
}

/// A graph alone: a body.
pub(crate) fn graph(lines: &str) -> GraphProto {
    let mut graph = GraphProto { name: "sketch".to_owned(), ..Default::default() };
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["input", name, shape] => graph.input.push(value(name, shape)),
            ["output", name, shape] => graph.output.push(value(name, shape)),
            ["info", name, shape] => graph.value_info.push(value(name, shape)),
            ["weight", name, shape] => graph.initializer.push(weight(name, shape, "float")),
            ["weight", name, shape, dtype] => graph.initializer.push(weight(name, shape, dtype)),
            ["ints", name, list] => graph.initializer.push(ints(name, list)),
            ["floats", name, list] => graph.initializer.push(floats(name, list)),
            _ => graph.node.push(node(line)),
        }
    }
    graph
}

fn dims(shape: &str) -> Vec<i64> {
    if shape == "scalar" {
        Vec::new()
    } else {
        shape.split('x').map(|d| d.parse().unwrap()).collect()
    }
}

fn value(name: &str, shape: &str) -> ValueInfoProto {
    let dim = |text: &str| {
        let value = match text.parse() {
            Ok(size) => dimension::Value::DimValue(size),
            Err(_) => dimension::Value::DimParam(text.to_owned()),
        };
        Dimension { value: Some(value), ..Default::default() }
    };
    let shape = TensorShapeProto { dim: shape.split('x').map(dim).collect(), ..Default::default() };
    let tensor = TensorType { elem_type: 1, shape: Some(shape).into(), ..Default::default() };
    let kind = TypeProto { value: Some(Value::TensorType(tensor)), ..Default::default() };
    ValueInfoProto { name: name.to_owned(), type_: Some(kind).into(), ..Default::default() }
}

fn weight(name: &str, shape: &str, dtype: &str) -> TensorProto {
    let numbers = [
        ("float", 1),
        ("uint8", 2),
        ("int8", 3),
        ("int32", 6),
        ("int64", 7),
        ("float16", 10),
        ("uint4", 21),
    ];
    let data_type = numbers.iter().find(|(known, _)| *known == dtype).unwrap().1;
    let location = StringStringEntryProto {
        key: "location".to_owned(),
        value: "weights.bin".to_owned(),
        ..Default::default()
    };
    TensorProto {
        name: name.to_owned(),
        dims: dims(shape),
        data_type,
        external_data: vec![location],
        data_location: onnx_protobuf::tensor_proto::DataLocation::EXTERNAL.into(),
        ..Default::default()
    }
}

fn ints(name: &str, list: &str) -> TensorProto {
    let int64_data: Vec<i64> = list.split(',').map(|number| number.parse().unwrap()).collect();
    let dims = vec![i64::try_from(int64_data.len()).unwrap()];
    TensorProto { name: name.to_owned(), dims, data_type: 7, int64_data, ..Default::default() }
}

pub(crate) fn floats(name: &str, list: &str) -> TensorProto {
    let float_data: Vec<f32> = list.split(',').map(|number| number.parse().unwrap()).collect();
    let dims = vec![i64::try_from(float_data.len()).unwrap()];
    TensorProto { name: name.to_owned(), dims, data_type: 1, float_data, ..Default::default() }
}

/// `y, z = Op(x, w) key=value`.
pub(crate) fn node(line: &str) -> NodeProto {
    let (outputs, call) = line.split_once(" = ").unwrap();
    let (op, rest) = call.split_once('(').unwrap();
    let (inputs, settings) = rest.split_once(')').unwrap();
    let names = |list: &str| -> Vec<String> {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| if name == "-" { String::new() } else { name.to_owned() }).collect()
    };
    let mut node = NodeProto {
        op_type: op.trim().to_owned(),
        input: names(inputs),
        output: names(outputs),
        ..Default::default()
    };
    for setting in settings.split_whitespace() {
        let (key, value) = setting.split_once('=').unwrap();
        match key {
            "name" => node.name = value.to_owned(),
            "domain" => node.domain = value.to_owned(),
            _ => node.attribute.push(attribute(key, value)),
        }
    }
    node
}

fn attribute(name: &str, value: &str) -> AttributeProto {
    let mut attribute = AttributeProto { name: name.to_owned(), ..Default::default() };
    let numbers: Option<Vec<i64>> =
        value.trim_matches(['[', ']']).split(',').map(|number| number.parse().ok()).collect();
    match numbers {
        Some(list) if value.starts_with('[') => {
            attribute.ints = list;
            attribute.type_ = AttributeType::INTS.into();
        }
        Some(list) => {
            attribute.i = list[0];
            attribute.type_ = AttributeType::INT.into();
        }
        None => {
            attribute.s = value.as_bytes().to_vec();
            attribute.type_ = AttributeType::STRING.into();
        }
    }
    attribute
}

/// An attribute that is a graph.
pub(crate) fn body(name: &str, lines: &str) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        g: Some(graph(lines)).into(),
        type_: AttributeType::GRAPH.into(),
        ..Default::default()
    }
}

/// An attribute that is a tensor.
pub(crate) fn tensor(name: &str, value: TensorProto) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        t: Some(value).into(),
        type_: AttributeType::TENSOR.into(),
        ..Default::default()
    }
}

fn entry(key: &str, value: &str) -> StringStringEntryProto {
    StringStringEntryProto { key: key.to_owned(), value: value.to_owned(), ..Default::default() }
}

impl Sketch {
    pub(crate) fn by(mut self, producer: &str) -> Self {
        self.model.producer_name = producer.to_owned();
        self
    }

    pub(crate) fn with_node(mut self, node: NodeProto) -> Self {
        self.graph.node.push(node);
        self
    }

    /// The same with these values in an initializer, as bytes.
    pub(crate) fn holding(mut self, name: &str, values: impl IntoIterator<Item = f32>) -> Self {
        let tensor = self.graph.initializer.iter_mut().find(|tensor| tensor.name == name).unwrap();
        tensor.raw_data = values.into_iter().flat_map(f32::to_le_bytes).collect();
        tensor.external_data.clear();
        tensor.data_location = onnx_protobuf::tensor_proto::DataLocation::DEFAULT.into();
        self
    }

    /// The same with an attribute at its last node.
    pub(crate) fn with_attribute(mut self, attribute: AttributeProto) -> Self {
        self.graph.node.last_mut().unwrap().attribute.push(attribute);
        self
    }

    pub(crate) fn with_function(
        mut self,
        name: &str,
        inputs: &str,
        outputs: &str,
        nodes: Vec<NodeProto>,
    ) -> Self {
        let names = |list: &str| list.split_whitespace().map(str::to_owned).collect();
        self.model.functions.push(FunctionProto {
            name: name.to_owned(),
            domain: "local".to_owned(),
            input: names(inputs),
            output: names(outputs),
            node: nodes,
            ..Default::default()
        });
        self
    }

    /// The same with metadata of the graph.
    pub(crate) fn noting(mut self, key: &str, value: &str) -> Self {
        self.graph.metadata_props.push(entry(key, value));
        self
    }

    /// The same with metadata of a value.
    pub(crate) fn noting_of(mut self, name: &str, key: &str, value: &str) -> Self {
        let mut info = ValueInfoProto { name: name.to_owned(), ..Default::default() };
        info.metadata_props.push(entry(key, value));
        self.graph.value_info.push(info);
        self
    }

    /// The same with metadata of its last node.
    pub(crate) fn noting_there(mut self, key: &str, value: &str) -> Self {
        self.graph.node.last_mut().unwrap().metadata_props.push(entry(key, value));
        self
    }

    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.model.graph = Some(self.graph).into();
        self.model.write_to_bytes().unwrap()
    }

    pub(crate) fn import(self) -> Model {
        let source = Bytes::new("sketch.onnx", self.bytes());
        OnnxImporter.import(&source, &ImportOptions::default()).unwrap()
    }
}

/// The layer at a path.
pub(crate) fn at<'a>(analysis: &'a Analysis<'a>, path: &str) -> &'a LayerAnalysis<'a> {
    let paths: Vec<&str> = analysis.model.layers.iter().map(|layer| layer.path.as_str()).collect();
    let index = paths.iter().position(|known| *known == path);
    &analysis.layers[index.unwrap_or_else(|| panic!("no layer {path} among {paths:?}"))]
}

/// Paths, kinds and parameters of the layers that have any.
pub(crate) fn weighted(model: &Model) -> Vec<(String, String, u64)> {
    let analysis = analyze(model);
    let layers = model.layers.iter().zip(&analysis.layers);
    let told = layers.filter_map(|(layer, analysis)| {
        let parameters = analysis.counts.map(|counts| counts.parameters())?;
        let kind = layer.kind.as_deref().unwrap_or("none").to_owned();
        (parameters > 0).then(|| (layer.path.clone(), kind, parameters))
    });
    told.collect()
}

/// The same as text, a layer a line.
pub(crate) fn told(model: &Model) -> String {
    let lines =
        weighted(model).into_iter().map(|(path, kind, count)| format!("{path} {kind} {count}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Values of a category in all.
pub(crate) fn values_of(model: &Model, category: Category) -> u64 {
    let analysis = analyze(model);
    let totals = &analysis.totals;
    match category {
        Category::Trainable => totals.counts.trainable,
        Category::NonTrainable => totals.counts.non_trainable,
        Category::Constant => totals.constants.elements,
        Category::Quantization => totals.quantization.elements,
        _ => totals.unused.elements,
    }
}

pub(crate) fn check(model: &Model, path: &str) -> Check {
    at(&analyze(model), path).check
}

pub(crate) fn codes(model: &Model) -> Vec<&str> {
    model.diagnostics.iter().map(|diagnostic| &*diagnostic.code).collect()
}
