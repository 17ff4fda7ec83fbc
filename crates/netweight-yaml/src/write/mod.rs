//! Any model → a spec that, read back, counts the same: a skeleton to edit.

mod fold;
mod head;
mod minimal;
mod order;
mod scalar;
mod settle;
mod skeleton;
mod text;
mod word;

use netweight_core::Analysis;

/// Writes a spec of an analyzed model.
///
/// Layers keep their names and wiring. What the language has no kind for is left out where it
/// holds no parameters, and is a `parameter` of its size where it does. Repeated stretches are
/// groups with `repeat`.
///
/// ```
/// use netweight_core::{Args, Edge, Layer, Model, analyze};
///
/// let mut model = Model::new("sketch");
/// let input = model.push(Layer::input("features", [1u64, 3].as_slice().into()));
/// let dense = Layer::new("hidden", "Dense", "dense");
/// model.push(dense.with_args(Args::default().with("output_size", 5)).after(Edge::new(input, 0)));
///
/// assert_eq!(netweight_yaml::write_spec(&analyze(&model)), "\
/// convention: textbook
/// input: {features: [3]}
/// layers:
///   - dense: 5
///     name: hidden
/// expect: {parameters: 20}
/// ");
/// ```
pub fn write_spec(analysis: &Analysis<'_>) -> String {
    let mut skeleton = skeleton::Skeleton::of(analysis);
    settle::settle(&mut skeleton, analysis);
    let groups = fold::fold(&skeleton);
    text::render(analysis, &skeleton, &groups)
}
