//! Plain stacks of convolutions.

use netweight_core::Arg;

use super::block::{Block, int};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["VGGBackbone"], more: vgg, ..Class::PLAIN }];

fn vgg(draft: &mut Draft) {
    let repeats = draft.counts("stackwise_num_repeats");
    let filters = draft.sizes("stackwise_num_filters");
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    for (stack, (count, filters)) in (1..).zip(repeats.iter().zip(&filters)) {
        for index in 1..=*count {
            let name = format!("block{stack}_conv{index}");
            from = block.conv_with(&name, from, (Some(*filters), 3), 1, "same", true);
        }
        let args = [("kernel_size", Some(Arg::from(vec![2; 2]))), ("stride", int(Some(2)))];
        let name = format!("block{stack}_pool");
        from = block.add(&name, "MaxPooling2D", "pool", &args, &[from]);
    }
    block.finish(draft);
}
