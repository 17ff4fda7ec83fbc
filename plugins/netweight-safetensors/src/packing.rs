//! How quantizers lay out their weights: which tensor holds the packed values, how many there
//! are, and which tensors beside it are scales, zero points and tables.

use std::collections::HashMap;

use netweight_core::{DType, Role};
use serde::Deserialize;

use crate::config::Config;
use crate::header::Tensor;

/// A layout, told by the name of the tensor with the packed values and by what stands beside it.
pub(crate) struct Layout {
    /// The quantizer's name, as a report shows it.
    pub(crate) name: &'static str,
    /// What the packed tensor's name ends in; what stands before it, its stem, is shared.
    marker: &'static str,
    /// Reads the packed tensor; none where it is of another layout.
    unpack: fn(&Packed) -> Option<Values>,
    /// Tensors of the same stem that serve to unpack it.
    sides: &'static [(&'static str, Role)],
}

/// The values that a packed tensor stands for.
#[derive(Debug, PartialEq)]
pub(crate) struct Values {
    /// Dimensions, outputs first; one dimension where only the number of values is known.
    pub(crate) shape: Vec<u64>,
    /// The type of a value; the container's own where none has its width.
    pub(crate) dtype: DType,
}

/// A packed tensor among the tensors of its module.
pub(crate) struct Packed<'a> {
    pub(crate) path: &'a str,
    pub(crate) stem: &'a str,
    pub(crate) tensor: &'a Tensor,
    pub(crate) beside: &'a HashMap<&'a str, &'a Tensor>,
    pub(crate) evidence: &'a Evidence<'a>,
}

/// What the rest of the checkpoint says.
pub(crate) struct Evidence<'a> {
    pub(crate) config: &'a Config,
    /// The length of the last normalization's weight, which is the size of an embedding.
    pub(crate) hidden: Option<u64>,
    /// Columns of the packed token embedding.
    pub(crate) embedding_columns: Option<u64>,
}

static LAYOUTS: &[Layout] = &[
    Layout {
        name: "GPTQ",
        marker: "qweight",
        unpack: gptq,
        sides: &[("scales", Role::Scale), ("qzeros", Role::ZeroPoint), ("g_idx", Role::Constant)],
    },
    Layout {
        name: "AWQ",
        marker: "qweight",
        unpack: awq,
        sides: &[("scales", Role::Scale), ("qzeros", Role::ZeroPoint)],
    },
    Layout {
        name: "bitsandbytes 4-bit",
        marker: "weight",
        unpack: bitsandbytes_4bit,
        sides: &[
            ("weight.absmax", Role::Scale),
            ("weight.quant_map", Role::Constant),
            ("weight.nested_absmax", Role::Scale),
            ("weight.nested_quant_map", Role::Constant),
        ],
    },
    Layout {
        name: "bitsandbytes 8-bit",
        marker: "weight",
        unpack: |packed| packed.whole(DType::Int8, "SCB"),
        sides: &[("SCB", Role::Scale), ("weight_format", Role::Constant)],
    },
    Layout {
        name: "compressed-tensors",
        marker: "weight_packed",
        unpack: compressed_tensors,
        sides: &[],
    },
    Layout { name: "NVFP4", marker: "weight", unpack: nvfp4, sides: &[] },
    Layout {
        name: "int8",
        marker: "weight",
        unpack: |packed| packed.whole(DType::Int8, "weight_scale"),
        sides: &[],
    },
    Layout {
        name: "EETQ",
        marker: "weight",
        unpack: |packed| packed.whole(DType::Int8, "weight_scales"),
        sides: &[("weight_scales", Role::Scale)],
    },
    Layout { name: "MXFP4", marker: "_blocks", unpack: mxfp4, sides: &[("_scales", Role::Scale)] },
    Layout {
        name: "MLX",
        marker: "weight",
        unpack: mlx,
        sides: &[("scales", Role::Scale), ("biases", Role::ZeroPoint)],
    },
    Layout {
        name: "HQQ",
        marker: "W_q",
        unpack: hqq,
        sides: &[("scale", Role::Scale), ("zero", Role::ZeroPoint)],
    },
    Layout {
        name: "Quanto",
        marker: "weight._data",
        unpack: |packed| packed.whole(DType::Int8, "weight._scale"),
        sides: &[("weight._scale", Role::Scale), ("weight._shift", Role::ZeroPoint)],
    },
];

/// Names that serve quantization in whatever layout: FP8 weights, which need no unpacking, have
/// them as well.
static SIDES: &[(&str, Role)] = &[
    ("weight_scale", Role::Scale),
    ("weight_scale_inv", Role::Scale),
    ("weight_scale_2", Role::Scale),
    ("weight_global_scale", Role::Scale),
    ("weight_zero_point", Role::ZeroPoint),
    ("weight_g_idx", Role::Constant),
    ("input_scale", Role::Scale),
    ("input_global_scale", Role::Scale),
    ("input_zero_point", Role::ZeroPoint),
    ("output_scale", Role::Scale),
    ("scale_weight", Role::Scale),
    ("scale_input", Role::Scale),
    ("q_scale", Role::Scale),
    ("k_scale", Role::Scale),
    ("v_scale", Role::Scale),
];

impl Layout {
    /// The layout of a tensor of a module, with its stem, where it is packed.
    pub(crate) fn of<'a>(
        name: &'a str,
        packed: impl Fn(&'a str) -> Packed<'a>,
    ) -> Option<(&'static Self, &'a str, Values)> {
        LAYOUTS.iter().find_map(|layout| {
            let stem = name.strip_suffix(layout.marker)?;
            // A marker that is a whole name is not the end of a longer one.
            if !stem.is_empty() && !layout.marker.starts_with('_') {
                return None;
            }
            Some((layout, stem, (layout.unpack)(&packed(stem))?))
        })
    }

    /// The roles of the tensors beside a packed one.
    pub(crate) fn sides(&self) -> &'static [(&'static str, Role)] {
        self.sides
    }
}

/// The role of a tensor that serves quantization whatever the layout.
pub(crate) fn side(name: &str) -> Option<Role> {
    SIDES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
}

/// Whether a tensor's few bytes tell another one's shape.
pub(crate) fn tells_a_shape(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name);
    end == "weight_shape" || end == "shape" || end.starts_with("bitsandbytes__")
}

impl Packed<'_> {
    fn side(&self, name: &str) -> Option<&Tensor> {
        match self.stem {
            "" => self.beside.get(name).copied(),
            stem => self.beside.get(format!("{stem}{name}").as_str()).copied(),
        }
    }

    fn is(&self, dtype: DType) -> bool {
        self.tensor.element.dtype == dtype
    }

    fn dims<const N: usize>(&self) -> Option<[u64; N]> {
        self.tensor.shape.as_slice().try_into().ok()
    }

    /// A tensor of one value an element, given that its scale stands beside it.
    fn whole(&self, dtype: DType, scale: &str) -> Option<Values> {
        self.side(scale)?;
        self.is(dtype).then(|| Values { shape: self.tensor.shape.clone(), dtype })
    }

    /// The shape that a tensor of 64-bit numbers beside it spells out.
    fn spelled_shape(&self, name: &str) -> Option<Vec<u64>> {
        let tensor = self.side(name).filter(|tensor| tensor.element.dtype == DType::Int64)?;
        let (numbers, _) = tensor.detail.as_deref()?.as_chunks::<8>();
        Some(numbers.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect())
    }
}

/// Two sizes of a matrix; none for tensors of another rank.
fn matrix(tensor: &Tensor) -> Option<(u64, u64)> {
    match tensor.shape.as_slice() {
        [rows, columns] => Some((*rows, *columns)),
        _ => None,
    }
}

/// The unsigned type of that many bits, else the container's.
fn unsigned(bits: u64, container: DType) -> DType {
    match bits {
        2 => DType::UInt2,
        4 => DType::UInt4,
        8 => DType::UInt8,
        _ => container,
    }
}

/// `qweight` [in × bits ÷ 32, out], packed along the inputs.
fn gptq(packed: &Packed) -> Option<Values> {
    let ([rows, columns], (_, out)) = (packed.dims()?, matrix(packed.side("scales")?)?);
    if columns != out {
        return None;
    }
    let from_zeros = || {
        let (_, words) = matrix(packed.side("qzeros")?)?;
        words.checked_mul(32)?.checked_div(out)
    };
    let from_groups = || {
        let inputs = packed.side("g_idx")?.elements;
        rows.checked_mul(32)?.checked_div(inputs)
    };
    let bits =
        from_zeros().or_else(from_groups).or_else(|| packed.evidence.config.packed_bits())?;
    let inputs = rows.checked_mul(32)?.checked_div(bits)?;
    Some(Values { shape: vec![out, inputs], dtype: unsigned(bits, DType::Int32) })
}

/// `qweight` [in, out × bits ÷ 32], packed along the outputs.
fn awq(packed: &Packed) -> Option<Values> {
    let ([inputs, words], (_, out)) = (packed.dims()?, matrix(packed.side("scales")?)?);
    let bits = words.checked_mul(32)?.checked_div(out)?;
    let exact = bits > 0 && bits < 32;
    exact.then(|| Values { shape: vec![out, inputs], dtype: unsigned(bits, DType::Int32) })
}

/// Two values a byte; the shape stands in the text of a tensor beside it.
fn bitsandbytes_4bit(packed: &Packed) -> Option<Values> {
    #[derive(Deserialize)]
    struct State {
        shape: Vec<u64>,
    }
    let states = ["nf4", "fp4"].map(|kind| format!("weight.quant_state.bitsandbytes__{kind}"));
    let state = states.iter().find_map(|name| packed.side(name));
    if !packed.is(DType::UInt8) || (state.is_none() && packed.side("weight.absmax").is_none()) {
        return None;
    }
    let read = |bytes: &[u8]| serde_json::from_slice::<State>(bytes).ok();
    let spelled = state.and_then(|state| read(state.detail.as_deref()?)).map(|state| state.shape);
    let values = packed.tensor.elements.checked_mul(2)?;
    // An odd number of values leaves half a byte over.
    let fits = |shape: &Vec<u64>| {
        netweight_core::elements(shape).is_some_and(|product| product.div_ceil(2) == values / 2)
    };
    Some(Values { shape: spelled.filter(fits).unwrap_or(vec![values]), dtype: DType::UInt4 })
}

/// `weight_packed` I32 [out, in × bits ÷ 32] or, for NVFP4, U8 [out, in ÷ 2].
fn compressed_tensors(packed: &Packed) -> Option<Values> {
    packed.side("weight_scale")?;
    let (per_word, dtype) = match packed.tensor.element.dtype {
        DType::UInt8 => (2, DType::Float4E2M1),
        DType::Int32 => {
            let bits = packed.evidence.config.packed_bits().unwrap_or(4);
            (32u64.checked_div(bits)?, unsigned(bits, DType::Int32))
        }
        _ => return None,
    };
    let mut shape = packed.tensor.shape.clone();
    let columns = shape.last_mut()?;
    *columns = columns.checked_mul(per_word)?;
    // The last word of a row may be filled up.
    let fits = |spelled: &Vec<u64>| {
        spelled.len() == shape.len() && spelled.iter().zip(&shape).all(|(a, b)| a <= b)
    };
    let spelled = packed.spelled_shape("weight_shape").filter(fits);
    Some(Values { shape: spelled.unwrap_or(shape), dtype })
}

/// ModelOpt's `weight` U8 [out, in ÷ 2] with a scale in F8 for every 16 inputs.
fn nvfp4(packed: &Packed) -> Option<Values> {
    let scale = packed.side("weight_scale")?;
    let ((out, columns), (_, groups)) = (matrix(packed.tensor)?, matrix(scale)?);
    let inputs = columns.checked_mul(2)?;
    let is_one = packed.is(DType::UInt8)
        && scale.element.dtype == DType::Float8E4M3Fn
        && groups.checked_mul(16) == Some(inputs);
    is_one.then(|| Values { shape: vec![out, inputs], dtype: DType::Float4E2M1 })
}

/// `…_blocks` U8 [experts, out, in ÷ 32, 16] with a scale for each block of 32.
fn mxfp4(packed: &Packed) -> Option<Values> {
    packed.side("_scales").filter(|_| packed.is(DType::UInt8))?;
    let (rest, [blocks, bytes]) = packed.tensor.shape.split_last_chunk::<2>()?;
    let inputs = blocks.checked_mul(*bytes)?.checked_mul(2)?;
    let shape = rest.iter().copied().chain([inputs]).collect();
    Some(Values { shape, dtype: DType::Float4E2M1 })
}

/// `weight` U32 [out, in × bits ÷ 32]; the header gives only bits × group size.
fn mlx(packed: &Packed) -> Option<Values> {
    packed.side("scales").filter(|_| packed.is(DType::UInt32))?;
    let evidence = packed.evidence;
    let from_embedding = || {
        let words = evidence.embedding_columns?.checked_mul(32)?;
        words.checked_div(evidence.hidden?).filter(|bits| (2..=8).contains(bits))
    };
    let from_groups_of_64 = || {
        let (columns, groups) = (packed.tensor.shape.last()?, packed.side("scales")?.shape.last()?);
        columns.checked_mul(32)?.checked_div(groups.checked_mul(64)?)
    };
    let bits = evidence.config.mlx_bits(packed.path).or_else(from_embedding);
    let bits = bits.or_else(from_groups_of_64).filter(|bits| *bits > 0)?;
    let mut shape = packed.tensor.shape.clone();
    let columns = shape.last_mut()?;
    *columns = columns.checked_mul(32)?.checked_div(bits)?;
    Some(Values { shape, dtype: unsigned(bits, DType::UInt32) })
}

/// `W_q`, packed along its first dimension; the shape is spelled out beside it, or follows from
/// a scale for each group of a row's length.
fn hqq(packed: &Packed) -> Option<Values> {
    let scale = packed.side("scale")?;
    let grouped = || {
        let (groups, size) = (scale.shape.first()?, packed.tensor.shape.last()?);
        Some(vec![groups.checked_mul(*size)?])
    };
    let shape = packed.spelled_shape("shape").or_else(grouped)?;
    let values = netweight_core::elements(&shape)?;
    let bits = packed.tensor.elements.checked_mul(packed.tensor.element.bits?)?;
    Some(Values { shape, dtype: unsigned(bits.checked_div(values)?, packed.tensor.element.dtype) })
}
