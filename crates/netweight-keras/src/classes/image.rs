//! Image and signal preprocessing: shapes may change, little is learned.

use netweight_core::Arg;

use crate::class::{Class, Key, LAYOUT, key, option};
use crate::config::Read;
use crate::layer::Draft;

const STFT: &[Key] = &[
    key(&["frame_length"], "frame_length", Read::Size),
    option(&["frame_step"], "frame_step", Read::Size),
    option(&["fft_length"], "fft_length", Read::Size),
    key(&["padding"], "padding", Read::Word(&[("valid", "valid"), ("same", "same")])),
    key(&["expand_dims"], "expand_dims", Read::Flag),
    LAYOUT,
];

pub(super) static CLASSES: &[Class] = &[
    Class { names: &["Rescaling"], kind: "rescaling", ..Class::PLAIN },
    Class {
        names: &["Resizing", "CenterCrop", "RandomCrop"],
        kind: "resizing",
        keys: &[LAYOUT],
        rank: (3, usize::MAX),
        more: height_and_width,
        ..Class::PLAIN
    },
    Class {
        names: &[
            "AugMix",
            "AutoContrast",
            "ContrastLimitedAdaptiveHistogramEqualization",
            "CutMix",
            "Equalization",
            "MaxNumBoundingBoxes",
            "MixUp",
            "RandAugment",
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomColorJitter",
            "RandomContrast",
            "RandomElasticTransform",
            "RandomErasing",
            "RandomFlip",
            "RandomGaussianBlur",
            "RandomGrayscale",
            "RandomHue",
            "RandomInvert",
            "RandomPerspective",
            "RandomPosterization",
            "RandomRotation",
            "RandomSaturation",
            "RandomSharpness",
            "RandomShear",
            "RandomTranslation",
            "RandomZoom",
            "Solarization",
        ],
        kind: "augmentation",
        ..Class::PLAIN
    },
    Class {
        names: &["RandomHeight"],
        kind: "resizing",
        rank: (3, usize::MAX),
        more: |draft| draft.set("sizes", vec![-1, 0]),
        ..Class::PLAIN
    },
    Class {
        names: &["RandomWidth"],
        kind: "resizing",
        rank: (3, usize::MAX),
        more: |draft| draft.set("sizes", vec![0, -1]),
        ..Class::PLAIN
    },
    Class { names: &["STFTSpectrogram"], kind: "stft", keys: STFT, more: bases, ..Class::PLAIN },
    Class {
        names: &["MelSpectrogram"],
        kind: "mel_spectrogram",
        keys: &[
            key(&["num_mel_bins"], "bins", Read::Size),
            key(&["fft_length"], "frame_length", Read::Size),
            key(&["sequence_stride"], "frame_step", Read::Size),
        ],
        ..Class::PLAIN
    },
];

fn height_and_width(draft: &mut Draft) {
    if let Some((height, width)) = draft.size(&["height"]).zip(draft.size(&["width"])) {
        draft.set("sizes", vec![height, width]);
    }
}

/// One basis for the real or imaginary part alone, two for all that is made of both.
fn bases(draft: &mut Draft) {
    match draft.text(&["mode"]) {
        Some("real" | "imag") => draft.set("bases", Arg::Int(1)),
        Some("stft") => draft.set("complex", true),
        _ => {}
    }
}
