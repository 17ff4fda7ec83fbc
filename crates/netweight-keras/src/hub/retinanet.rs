//! RetinaNet: a pyramid of features on the levels of another backbone, and coarser ones above.

use netweight_core::Edge;

use super::block::{Block, Size};
use super::segmentation::encoder;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["RetinaNetBackbone"], more: retinanet, ..Class::PLAIN }];

const FILTERS: Size = Some(256);

/// The levels of the encoder, and those above them.
struct Levels {
    given: Vec<u32>,
    coarser: Vec<u32>,
    /// The first coarser level comes from the encoder, not from the pyramid.
    direct: bool,
    normed: bool,
}

fn retinanet(draft: &mut Draft) {
    let level =
        |draft: &mut Draft, key: &'static str| u32::try_from(draft.layers(key)).unwrap_or_default();
    let (least, most) = (level(draft, "min_level"), level(draft, "max_level"));
    let image = draft.image();
    let mut block = Block::of(draft);
    let input = block.input("inputs", &image);
    let Some(found) = encoder(draft, &mut block, input, "backbone", least..=most) else { return };
    let last = found.keys().last().copied().unwrap_or(most);
    let levels = Levels {
        given: found.keys().copied().collect(),
        coarser: (last.saturating_add(1)..=most).collect(),
        direct: draft.flag(&["use_p5"]),
        normed: draft.flag(&["use_fpn_batch_norm"]),
    };
    let parts = levels.parts(block.inside("fpn"));
    let from: Vec<Edge> = found.into_values().collect();
    let pyramid = block.part("fpn", "FeaturePyramid", parts, &from);
    let halved = |size: Size, level: u32| {
        let step = 2i64.checked_pow(level)?;
        size?.checked_add(step - 1)?.checked_div(step)
    };
    let shapes: Vec<[Size; 3]> = levels
        .all()
        .map(|level| [halved(image[0], level), halved(image[1], level), FILTERS])
        .collect();
    block.state(pyramid, &shapes.iter().map(<[Size; 3]>::as_slice).collect::<Vec<_>>());
    let outputs = (0..).zip(&shapes).map(|(output, _)| Edge { output, ..pyramid });
    block.gives(&outputs.collect::<Vec<_>>());
    block.finish(draft);
}

impl Levels {
    fn all(&self) -> impl Iterator<Item = u32> {
        self.given.iter().chain(&self.coarser).copied()
    }

    fn parts(&self, mut block: Block) -> Block {
        let mut above = None;
        for level in &self.given {
            let input = block.fed();
            let mut from = block.conv_with(
                &format!("lateral_conv_P{level}"),
                input,
                (FILTERS, 1),
                1,
                "same",
                true,
            );
            if self.normed {
                from = block.batch_norm(&format!("lateral_norm_P{level}"), from);
            }
            let name = format!("output_conv_P{level}");
            from = block.conv_with(&name, from, (FILTERS, 3), 1, "same", true);
            above = Some(if self.direct { input } else { from });
        }
        for level in &self.coarser {
            let Some(from) = above else { break };
            let name = format!("coarser_P{level}");
            above = Some(block.conv_with(&name, from, (FILTERS, 3), 2, "same", true));
        }
        if self.normed {
            let Some(mut from) = above else { return block };
            for level in self.all() {
                from = block.batch_norm(&format!("output_norm_P{level}"), from);
            }
        }
        block
    }
}
