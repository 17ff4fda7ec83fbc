//! Signal transforms whose bases are kept as weights.

use super::stated_only;
use crate::kind::{Kind, count, size, weight};
use crate::{Arg, Role};

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "stft",
        aliases: &["stft_spectrogram"],
        title: "short-time Fourier transform",
        summary: "a spectrogram by convolution with sine and cosine bases, which count as weights",
        source: "Keras STFTSpectrogram",
        args: &[
            size("f", "frame_length", "samples in a frame"),
            size("b", "bins", "frequencies").from(|site| {
                let length = site.args.int("fft_length").or(site.args.int("frame_length"))?;
                Some(Arg::Int(length.checked_div(2)?.checked_add(1)?))
            }),
            count("k", "bases", 2, "bases: sine and cosine, or one of them"),
        ],
        formula: "k? × f × b",
        weights: &[weight("basis", Role::Kernel, "[k, f, 1, b]")],
        shape: stated_only,
        ..Kind::PLAIN
    },
    Kind {
        name: "parameter",
        aliases: &["free_parameter", "weight"],
        title: "free parameter",
        phrase: "{s} values",
        summary: "a tensor that the model learns outside of any layer of a known kind",
        source: "PyTorch nn.Parameter, Keras add_weight",
        args: &[size("s", "shape", "sizes")],
        formula: "prod(s)",
        weights: &[weight("parameter", Role::Parameter, "[s...]")],
        shape: stated_only,
        ..Kind::PLAIN
    },
];
