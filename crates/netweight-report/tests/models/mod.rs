//! Reports written by hand: numbers from the textbook's examples and from published models.
#![allow(dead_code, reason = "no test needs all of them")]

use netweight_core::Diagnostic;
use netweight_core::{Category, Check, Dim, Shape};
use netweight_report::{
    CategoryTotal, Formula, Items, Layer, ModelReport, OutputShape, Size, SizeKind, Totals, Weight,
};

pub(crate) fn layer(path: &str, type_name: &str, parameters: u64, numbers: &str) -> Layer {
    let formula = (!numbers.is_empty()).then(|| Formula {
        symbols: String::new(),
        numbers: numbers.into(),
        value: parameters,
        check: Check::Agree,
    });
    Layer {
        path: path.into(),
        type_name: type_name.into(),
        parameters: Some(parameters),
        trainable: Some(parameters),
        non_trainable: Some(0),
        formula,
        ..Layer::default()
    }
}

pub(crate) fn output(layer: Layer, dims: &[u64]) -> Layer {
    let dims = dims.iter().map(|&n| Dim::Known(n)).collect();
    Layer { output_shape: Some(OutputShape::One(dims)), ..layer }
}

/// A model whose parameters are all known and trainable.
pub(crate) fn model(source: &str, description: &str, layers: Vec<Layer>) -> ModelReport {
    let own = |layer: &&Layer| layer.shared_with.is_none();
    let parameters = layers.iter().filter(own).filter_map(|layer| layer.parameters).sum();
    let holds = |layer: &&Layer| own(layer) && layer.parameters != Some(0);
    let totals = Totals {
        parameters: Some(parameters),
        trainable: parameters,
        complete: true,
        layers: layers.len() as u64,
        layers_with_parameters: layers.iter().filter(holds).count() as u64,
        ..Totals::default()
    };
    ModelReport {
        source: source.into(),
        format: "onnx".into(),
        plugin: None,
        description: description.into(),
        totals,
        layers,
        ..ModelReport::default()
    }
}

pub(crate) fn size(scheme: &str, kind: SizeKind, weights_bytes: u64, parameters: u64) -> Size {
    Size {
        scheme: scheme.into(),
        kind,
        weights_bytes,
        file_bytes: None,
        bits_per_parameter: Some(weights_bytes as f64 * 8.0 / parameters as f64),
        ratio: Some(weights_bytes as f64 / (parameters as f64 * 4.0)),
        items: Items { weights: weights_bytes, ..Items::default() },
        refused: None,
        file_tolerance: None,
        note: None,
        largest: vec![],
        kept: vec![],
        assumed: vec![],
        layer_bytes: vec![],
    }
}

/// The two recurrent layers of the textbook: 420 + 12,200 = 12,620.
pub(crate) fn bigru_lstm() -> ModelReport {
    let layers = vec![
        layer("bigru", "GRU", 420, "2 × 3 × [5(5 + 8) + 5]"),
        layer("lstm", "LSTM", 12_200, "4 × [50(50 + 10) + 50]"),
    ];
    let widths = [("float32", 50_480), ("float16", 25_240), ("int8", 12_620), ("int4", 6_310)];
    let size = |(scheme, bytes)| size(scheme, SizeKind::Width, bytes, 12_620);
    ModelReport {
        format: "yaml".into(),
        sizes: widths.map(size).to_vec(),
        ..model("bigru-lstm.yaml", "YAML spec, textbook convention", layers)
    }
}

/// Convolutions of ResNet-18 with folded normalizations, as exporters write them.
pub(crate) fn cnn() -> ModelReport {
    let conv = |path: &str, i: u64, f: u64, o: u64, side: u64| {
        let numbers = format!("[{i} × ({f} × {f}) × {o}] + {o}");
        output(layer(path, "Conv", i * f * f * o + o, &numbers), &[1, o, side, side])
    };
    let plain = |path: &str, op: &str, dims: &[u64]| output(layer(path, op, 0, ""), dims);
    let mut layers = vec![
        plain("input", "Input", &[1, 3, 224, 224]),
        conv("conv1", 3, 7, 64, 112),
        plain("relu", "Relu", &[1, 64, 112, 112]),
        plain("maxpool", "MaxPool", &[1, 64, 56, 56]),
        conv("layer1.0.conv1", 64, 3, 64, 56),
        conv("layer4.1.conv2", 512, 3, 512, 7),
        plain("avgpool", "GlobalAveragePool", &[1, 512, 1, 1]),
        output(layer("fc", "Gemm", 513_000, "512 × 1000 + 1000"), &[1, 1000]),
    ];
    // The 9,472, 36,928 and 513,000 of the published network, and 512 · 9 · 512 + 512 = 2,359,808.
    assert_eq!(layers.iter().filter_map(|l| l.parameters).sum::<u64>(), 2_919_208);
    if let Some(conv1) = layers.get_mut(1) {
        conv1.node = Some("/conv1/Conv".into());
        let kernel = weight("conv1.weight", "kernel", &[64, 3, 7, 7]);
        conv1.weights = vec![kernel, weight("conv1.bias", "bias", &[64])];
    }
    let folded = Diagnostic::note(
        "onnx/folded-normalization",
        "batch normalization looks folded into 3 convolutions (they carry biases that the \
         architecture lacks)",
    );
    let stored = Size {
        file_bytes: Some(11_702_311),
        ..size("float32", SizeKind::Stored, 11_676_832, 2_919_208)
    };
    let widths = [("float32", 11_676_832), ("float16", 5_838_416), ("int8", 2_919_208)];
    let size = |(scheme, bytes)| size(scheme, SizeKind::Width, bytes, 2_919_208);
    ModelReport {
        producer: Some("pytorch 2.9.1".into()),
        file_bytes: Some(11_702_311),
        stored: Some(stored),
        sizes: widths.map(size).to_vec(),
        diagnostics: vec![folded],
        ..model("resnet-part.onnx", "ONNX opset 17, pytorch 2.9.1", layers)
    }
}

pub(crate) fn weight(name: &str, role: &str, shape: &[u64]) -> Weight {
    let elements: u64 = shape.iter().product();
    Weight {
        name: name.into(),
        role: role.to_owned().into(),
        category: Category::Trainable,
        shape: shape.to_vec(),
        dtype: "float32".into(),
        elements,
        stored_bytes: Some(elements * 4),
        shared: false,
    }
}

/// A dense layer on an open input, another that is frozen, one that differs from its file, and
/// normalizations; with everything that is counted apart.
pub(crate) fn unknown() -> ModelReport {
    let open = Layer {
        parameters: None,
        trainable: None,
        non_trainable: None,
        output_shape: Some(OutputShape::One(Shape::from(vec![
            Dim::Unknown,
            Dim::Named("time".into()),
            Dim::Known(16),
        ]))),
        ..layer("dense", "Dense", 0, "")
    };
    let frozen = Layer {
        trainable: Some(0),
        non_trainable: Some(272),
        frozen: true,
        ..layer("dense_1", "Dense", 272, "16 × 16 + 16")
    };
    let mut differs = layer("dense_2", "Dense", 34, "16 × 3 + 3");
    if let Some(formula) = &mut differs.formula {
        (formula.value, formula.check) = (51, Check::Differ);
    }
    let norm = Layer {
        trainable: Some(32),
        non_trainable: Some(32),
        ..layer("bn", "BatchNormalization", 64, "4 × 16")
    };
    let open_2 = Layer { path: "head".into(), ..open.clone() };
    let why = |path: &str| {
        Diagnostic::warning("keras/no-input-shape", "the input size is open")
            .at(path)
            .help("--input-shape '?,28' gives it")
    };
    let category = |category, tensors, elements, bytes, detail: Option<&str>| CategoryTotal {
        category,
        tensors,
        elements,
        stored_bytes: Some(bytes),
        detail: detail.map(Into::into),
    };
    ModelReport {
        totals: Totals {
            parameters: Some(370),
            trainable: 66,
            non_trainable: 304,
            complete: false,
            constants: 12_304,
            quantization: 33,
            unused: 50_000,
            layers: 5,
            layers_with_parameters: 5,
            stored_bytes: Some(1_480),
        },
        categories: vec![
            category(
                Category::NonTrainable,
                4,
                304,
                1_216,
                Some("running statistics, 1 frozen layer"),
            ),
            category(Category::Constant, 33, 12_304, 49_216, Some("2 masks, 31 shape vectors")),
            category(Category::Quantization, 1, 33, 132, None),
            category(Category::Unused, 3, 50_000, 200_000, None),
        ],
        sizes: vec![size("int8", SizeKind::Width, 370, 370)],
        diagnostics: vec![
            why("dense"),
            why("head"),
            Diagnostic::error("keras/differs", "config and weights disagree").at("dense_2"),
            Diagnostic::note("keras/version", "written by Keras 1").at("keras_version"),
        ],
        ..model("open.keras", "Keras 3.15.1 config", vec![open, frozen, differs, norm, open_2])
    }
}

/// A transformer of 32 equal blocks, its output tied to its embedding.
pub(crate) fn transformer() -> ModelReport {
    let hidden = 4096;
    let mut layers = vec![layer("model.embed_tokens", "Embedding", 131_072_000, "32000 × 4096")];
    for block in 0..32 {
        for (name, inner) in [("self_attn.q_proj", hidden), ("mlp.down_proj", 11_008)] {
            let path = format!("model.layers.{block}.{name}");
            let numbers = format!("{inner} × {hidden}");
            layers.push(layer(&path, "Linear", inner * hidden, &numbers));
            layers.push(layer(&format!("{path}.act"), "Mul", 0, ""));
        }
    }
    layers.push(Layer {
        shared_with: Some("model.embed_tokens".into()),
        ..layer("lm_head", "Linear", 131_072_000, "4096 × 32000")
    });
    // 131,072,000 + 32 · (4096² + 11,008 · 4096)
    let model = model("llama.gguf", "GGUF 3", layers);
    assert_eq!(model.totals.parameters, Some(2_110_783_488));
    model
}

/// Names as exporters make them, and the FFNN with the longest arithmetic of the textbook.
pub(crate) fn long_names() -> ModelReport {
    let ffnn = "(50 × 100 + 100 × 1 + 1 × 100 + 100 × 50) + (100 + 1 + 100 + 50)";
    let t5 = "decoder.decoder.block.11.layer.2.DenseReluDense.wo.MatMul_quant_weight_transposed";
    let layers = vec![
        layer(t5, "MatMul", 2_359_296, "3072 × 768"),
        Layer { shared_with: Some(t5.into()), ..layer("tied", "MatMul", 2_359_296, "") },
        layer("ffnn", "Dense", 10_451, ffnn),
        layer("evil\u{1b}[31m\nname|`x`", "=HYPERLINK(\"x\"),\"y\"", 5, "5"),
        layer("卷积层", "Conv", 15, "[1 × (2 × 2) × 3] + 3"),
    ];
    model("t5\u{7}.onnx", "ONNX opset 17", layers)
}

/// A file in which there is nothing.
pub(crate) fn empty() -> ModelReport {
    model("empty.onnx", "ONNX opset 17", vec![])
}

/// A decoder of so many layers: equal blocks of 16 layers, four of them with weights, and a block
/// that is wider than the others.
pub(crate) fn decoder(layers: u64) -> ModelReport {
    let mut all = vec![layer("embed", "Embedding", 512_000, "1000 × 512")];
    for block in 0..layers / 16 {
        let wide = if block == 3 { 2 } else { 1 };
        for part in ["attn.q", "attn.v", "mlp.up", "mlp.down"] {
            let path = format!("decoder.layers.{block}.{part}");
            let size = 512 * wide;
            let mut linear = layer(&path, "Linear", 512 * size, &format!("512 × {size}"));
            linear.kind = Some("dense".into());
            linear.weights = vec![weight(&format!("{path}.weight"), "kernel", &[size, 512])];
            all.push(linear);
            for op in ["Reshape", "Transpose", "Mul"] {
                all.push(layer(&format!("{path}.{op}"), op, 0, ""));
            }
        }
    }
    let mut norm = layer("norm", "RMSNorm", 512, "512");
    norm.frozen = true;
    (norm.trainable, norm.non_trainable) = (Some(0), Some(512));
    all.push(norm);
    let mut model = model("decoder.onnx", "ONNX opset 20", all);
    model.totals.trainable -= 512;
    model.totals.non_trainable = 512;
    model
}
