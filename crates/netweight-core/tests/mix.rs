//! The best mix of widths against every mix that there is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use netweight_core::scheme::{self, How, Request, Which};
use netweight_core::{Args, DType, Layer, Model, analyze};

const WIDTHS: [DType; 3] = [DType::Int4, DType::Int8, DType::Float16];

/// Dense layers without biases, of so many weights on one input.
fn model(sizes: &[u64]) -> Model {
    let mut model = Model::new("sketch");
    for (index, size) in sizes.iter().enumerate() {
        let args = Args::default()
            .with("input_size", 2)
            .with("output_size", i64::try_from(*size).unwrap())
            .with("bias", false);
        model.push(Layer::new(format!("l{index}"), "Linear", "dense").with_args(args));
    }
    model
}

/// The steps above the narrowest width that a mix takes.
fn steps(mix: &Request) -> usize {
    let of = |policy: &scheme::Policy| {
        let How::Cast(dtype) = policy.how else { panic!("{policy:?}") };
        let [Which::Layers(paths)] = policy.which.as_slice() else { panic!("{policy:?}") };
        let width = WIDTHS.iter().position(|width| *width == dtype).unwrap();
        width * paths.texts().len()
    };
    mix.policies.iter().map(of).sum()
}

/// The most steps that fit, of all mixes. A layer has 2 · size weights, of ½, 1 or 2 bytes.
fn most(sizes: &[u64], budget: u64) -> Option<usize> {
    let count = u32::try_from(sizes.len()).unwrap();
    let mixes = (0..3usize.pow(count)).map(|code| {
        let widths: Vec<usize> = (0..count).map(|place| code / 3usize.pow(place) % 3).collect();
        let bytes: u64 = widths.iter().zip(sizes).map(|(width, size)| size << width).sum();
        (bytes, widths.iter().sum::<usize>())
    });
    mixes.filter(|(bytes, _)| *bytes <= budget).map(|(_, steps)| steps).max()
}

#[test]
fn no_other_mix_keeps_more_within_the_budget() {
    let sizes = [64, 8, 32, 128, 16, 200];
    let model = model(&sizes);
    let analysis = analyze(&model);
    for budget in (0..2_000).step_by(7) {
        let mix = scheme::mix(&analysis, budget);
        assert_eq!(mix.as_ref().map(steps), most(&sizes, budget), "{budget}");
        if let Some(mix) = mix {
            let size = scheme::sizes(&analysis, &[mix]).next().unwrap();
            assert!(size.total.total() <= budget, "{budget}: {}", size.total.total());
        }
    }
}

/// Embeddings rise before anything else does.
#[test]
fn embeddings_come_first() {
    let mut model = model(&[8, 8]);
    let args = Args::default().with("vocabulary_size", 100).with("embedding_size", 2);
    model.push(Layer::new("tokens", "Embedding", "embedding").with_args(args));
    // All at four bits take 116 bytes; the table's step costs 100 more.
    let mix = scheme::mix(&analyze(&model), 116 + 100).unwrap();
    let [policy] = mix.policies.as_slice() else { panic!("{mix:?}") };
    let [Which::Layers(paths)] = policy.which.as_slice() else { panic!("{mix:?}") };
    assert_eq!((paths.texts(), &policy.how), (&["tokens".to_owned()][..], &How::Cast(DType::Int8)));
}
