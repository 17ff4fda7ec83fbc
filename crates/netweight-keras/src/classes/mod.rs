//! The rows of the class table, one file per family.

mod attention;
mod conv;
mod core;
mod image;
mod merge;
mod norm;
mod pool;
mod premade;
mod recurrent;
mod reshape;
mod text;
mod wrapper;

use crate::class::Class;
use crate::hub;

/// Every family; a new one is a file and a line here.
pub(crate) static FAMILIES: &[&[Class]] = &[
    core::CLASSES,
    conv::CLASSES,
    recurrent::CLASSES,
    norm::CLASSES,
    attention::CLASSES,
    wrapper::CLASSES,
    premade::CLASSES,
    pool::CLASSES,
    reshape::CLASSES,
    merge::CLASSES,
    image::CLASSES,
    text::CLASSES,
    hub::ENCODERS,
    hub::DECODERS,
    hub::LANGUAGE,
    hub::ESM,
    hub::LANGUAGE_MODELS,
    hub::GEMMA,
    hub::MIXTURES,
    hub::SPEECH,
    hub::MOONSHINE,
    hub::RWKV7,
    hub::XLNET,
    hub::VISION,
    hub::CONVNETS,
    hub::PATCHES,
    hub::DINOV2,
    hub::DINOV3,
    hub::VIT_DET,
    hub::CONTRASTIVE,
    hub::RESNET,
    hub::CSPNET,
    hub::HGNETV2,
    hub::SWIN,
    hub::EFFICIENTNET,
    hub::MOBILENET,
    hub::TASKS,
    hub::SEGMENTATION,
    hub::RETINANET,
];
