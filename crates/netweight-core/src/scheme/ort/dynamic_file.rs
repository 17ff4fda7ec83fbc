//! The nodes that dynamic quantization writes, message by message.

use super::edit::MICROSOFT;
use super::flow::Flow;
use crate::graph::{Dim, Node, message};

/// A node that finds an activation's scale while the model runs.
pub(super) fn measured(name: &str) -> u64 {
    let given = ["quantized", "scale", "zero_point"].map(|suffix| format!("{name}_{suffix}"));
    let [codes, scale, zero] = &given;
    let own = format!("{name}_QuantizeLinear");
    message::node("DynamicQuantizeLinear", "", &own, &[name, codes, scale, zero], &[])
}

/// A product of whole numbers in the place of a node.
pub(super) struct Product<'n> {
    pub(super) op: &'static str,
    pub(super) node: &'n Node,
    /// Bytes of the node's own attributes.
    pub(super) settings: u64,
    pub(super) input: &'n str,
    /// The tensor whose scale the input goes by.
    pub(super) input_scale: &'n str,
    pub(super) weight: &'n str,
    pub(super) bias: Option<&'n str>,
    pub(super) output: &'n str,
    /// Dimensions of the weight.
    pub(super) rank: u64,
    /// What inference finds for the result.
    pub(super) dims: Option<&'n [Dim]>,
}

impl Product<'_> {
    /// What stands in the node's place; of the node itself only the settings remain, those of a
    /// Gemm not.
    pub(super) fn messages(&self) -> Vec<u64> {
        let Self { op, node, input, input_scale, weight, output, .. } = self;
        let is_gemm = node.op == "Gemm";
        // A Gemm becomes a product and, where it has a bias, a sum.
        let suffix = |is_product: bool| if is_product { "_MatMul" } else { "" };
        let is_summed = is_gemm && self.bias.is_some();
        let name = format!("{}{}_quant", node.name, suffix(is_gemm));
        let output = format!("{output}{}", suffix(is_summed));
        let codes = format!("{output}_output_quantized");
        let cast = format!("{codes}_cast");
        let cast_output = format!("{cast}_output");
        let scales = format!("{name}_scales_mul");
        let scale = format!("{scales}:0");
        let of = |name: &str, suffix: &str| format!("{name}_{suffix}");
        let bias = self.bias.filter(|_| !is_gemm);
        let result =
            if bias.is_some() { format!("{output}quant_scaled_output") } else { output.clone() };
        let read = [
            of(input, "quantized"),
            of(weight, "quantized"),
            of(input_scale, "zero_point"),
            of(weight, "zero_point"),
        ];
        let plain = |op: &str, name: &str, names: &[&str]| message::node(op, "", name, names, &[]);
        let settings = if is_gemm { 0 } else { self.settings };
        let [a, b, c, d] = &read;
        let mut messages = vec![
            plain(op, &name, &[a, b, c, d, &codes]).saturating_add(settings),
            message::node("Cast", "", &cast, &[&codes, &cast_output], &[message::int("to", 1)]),
            plain("Mul", &scales, &[&of(input_scale, "scale"), &of(weight, "scale"), &scale]),
            plain("Mul", &of(&name, "output_scale_mul"), &[&cast_output, &scale, &result]),
        ];
        if let Some(bias) = bias {
            messages.extend(self.biased(bias));
        }
        if is_summed {
            let sum = format!("{}_Add", node.name);
            let names = [output.as_str(), self.bias.unwrap_or_default(), self.output];
            messages.push(plain("Add", &sum, &names));
            messages.push(message::shape(&output, self.dims));
        }
        messages
    }

    /// A bias gets a convolution's dimensions before it is added; all but one are open or ones.
    fn biased(&self, bias: &str) -> [u64; 3] {
        let output = self.output;
        let [shape, reshaped] =
            ["shape", "output"].map(|suffix| format!("{output}_bias_reshape_{suffix}"));
        let scaled = format!("{output}quant_scaled_output");
        let sum = format!("{output}_bias_add");
        // Minus one takes ten bytes.
        let numbers = 10 + self.rank.saturating_sub(1);
        [
            message::tensor(&shape, &[self.rank], numbers),
            message::node("Reshape", "", "", &[bias, &shape, &reshaped], &[]),
            message::node("Add", "", &sum, &[&scaled, &reshaped, output], &[]),
        ]
    }
}

/// A node that casts a result back, with the scale of the tensor that it was made of.
pub(super) fn dequantized(name: &str, source: &str) -> u64 {
    let [codes, own] = ["quantized", "DequantizeLinear"].map(|suffix| format!("{name}_{suffix}"));
    let [scale, zero] = ["scale", "zero_point"].map(|suffix| format!("{source}_{suffix}"));
    message::node("DequantizeLinear", "", &own, &[&codes, &scale, &zero, name], &[])
}

/// An LSTM as ONNX Runtime's own operator, with scales and zero points behind its inputs, which
/// are all written down.
pub(super) fn lstm(flow: &Flow<'_>, node: &Node, weights: [u32; 2]) -> u64 {
    const INPUTS: usize = 8;
    let longer = message::field("DynamicQuantizeLSTM".len() as u64)
        .saturating_sub(message::field("LSTM".len() as u64))
        + message::field(MICROSOFT.len() as u64)
        + ("_quant".len() + 2 * "_quantized".len()) as u64;
    let open = INPUTS.saturating_sub(node.inputs.len()) as u64 * message::field(0);
    let added = weights.iter().flat_map(|weight| {
        let name = flow.name(*weight).len() as u64;
        ["_scale", "_zero_point"].map(|suffix| message::field(name + suffix.len() as u64))
    });
    let length = node.length.saturating_sub(node.notes_length);
    added.fold(length.saturating_add(longer).saturating_add(open), u64::saturating_add)
}
