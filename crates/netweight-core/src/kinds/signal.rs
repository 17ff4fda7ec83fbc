//! Signal transforms whose bases are kept as weights.

use super::{one, stated_only, unknown};
use crate::kind::{Kind, count, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Dim, Role};

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
            option("frame_step", "samples from one frame to the next, half a frame by default"),
            option("padding", "`valid` or `same`"),
            option("layout", "`channels_first` or `channels_last`"),
            flag("complex", false, "whether real and imaginary part stand side by side"),
            flag("expand_dims", false, "whether channels keep a dimension of their own"),
        ],
        formula: "k? × f × b",
        weights: &[weight("basis", Role::Kernel, "[k, f, 1, b]")],
        shape: spectrogram,
        ..Kind::PLAIN
    },
    Kind {
        name: "mel_spectrogram",
        title: "mel spectrogram",
        summary: "a spectrogram in bands as wide as the ear hears them; nothing is kept as a weight",
        args: &[
            option("bins", "bands"),
            option("frame_length", "samples in a frame"),
            option("frame_step", "samples from one frame to the next"),
        ],
        shape: mel_spectrogram,
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

/// Frames by frequencies; channels multiply the frequencies, or keep their dimension.
fn spectrogram(site: &Site) -> Outputs {
    let Some(input) = site.input().filter(|input| input.len() == 3) else { return unknown() };
    let first = site.channels_first();
    let (time, channel) = if first { (2, 1) } else { (1, 2) };
    let dim = |axis: usize| input.get(axis).cloned().unwrap_or(Dim::Unknown);
    let length = site.size("frame_length");
    let step = site.size("frame_step").or(length.map(|length| length / 2));
    let frames = dim(time).map(|samples| {
        let step = step.filter(|step| *step > 0)?;
        match site.args.text("padding") {
            Some("same") => samples.checked_add(step)?.checked_sub(1)?.checked_div(step),
            _ => samples.checked_sub(length?)?.checked_div(step)?.checked_add(1),
        }
    });
    let parts = if site.args.flag("complex") { 2 } else { 1 };
    let bins = site.dim("bins").map(|bins| bins.checked_mul(parts));
    let dims = match (site.args.flag("expand_dims"), first) {
        (true, true) => vec![dim(channel), frames, bins],
        (true, false) => vec![frames, bins, dim(channel)],
        (false, first) => {
            let all = dim(channel).map(|channels| bins.known()?.checked_mul(channels));
            if first { vec![all, frames] } else { vec![frames, all] }
        }
    };
    one([dim(0)].into_iter().chain(dims).collect())
}

/// Samples become bands by frames.
fn mel_spectrogram(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let frames = input.last().map(|samples| {
        samples.map(|samples| {
            let step = site.size("frame_step")?;
            // One more frame than is, where the samples fall short of one by a single sample.
            samples.checked_add(step)?.checked_add(1)?.checked_div(step)
        })
    });
    let kept = input.len().saturating_sub(1);
    let bands = [site.dim("bins"), frames.unwrap_or(Dim::Unknown)];
    one(input.iter().take(kept).cloned().chain(bands).collect())
}
