//! Classes of KerasHub: layers that are small models of their own, and backbones, of which a
//! config keeps nothing but the constructor's arguments.
//!
//! Each is written as what it is made of; what that weighs is the core's to say.

mod block;
mod contrastive;
mod convnets;
mod cspnet;
mod decoders;
mod dinov2;
mod dinov3;
mod efficientnet;
mod encoders;
mod esm;
mod gemma;
mod hgnetv2;
mod language;
mod language_models;
mod mixture;
mod mobilenet;
mod moonshine;
mod patches;
mod resnet;
mod retinanet;
mod rwkv7;
mod segmentation;
mod speech;
mod swin;
mod tasks;
mod vision;
mod vit_det;
mod xlnet;

pub(crate) use block::built_width;
pub(crate) use contrastive::CLASSES as CONTRASTIVE;
pub(crate) use convnets::CLASSES as CONVNETS;
pub(crate) use cspnet::CLASSES as CSPNET;
pub(crate) use decoders::CLASSES as DECODERS;
pub(crate) use dinov2::CLASSES as DINOV2;
pub(crate) use dinov3::CLASSES as DINOV3;
pub(crate) use efficientnet::CLASSES as EFFICIENTNET;
pub(crate) use encoders::CLASSES as ENCODERS;
pub(crate) use esm::CLASSES as ESM;
pub(crate) use gemma::CLASSES as GEMMA;
pub(crate) use hgnetv2::CLASSES as HGNETV2;
pub(crate) use language::CLASSES as LANGUAGE;
pub(crate) use language_models::CLASSES as LANGUAGE_MODELS;
pub(crate) use mixture::CLASSES as MIXTURES;
pub(crate) use mobilenet::CLASSES as MOBILENET;
pub(crate) use moonshine::CLASSES as MOONSHINE;
pub(crate) use patches::CLASSES as PATCHES;
pub(crate) use resnet::CLASSES as RESNET;
pub(crate) use retinanet::CLASSES as RETINANET;
pub(crate) use rwkv7::CLASSES as RWKV7;
pub(crate) use segmentation::CLASSES as SEGMENTATION;
pub(crate) use speech::CLASSES as SPEECH;
pub(crate) use swin::CLASSES as SWIN;
pub(crate) use tasks::CLASSES as TASKS;
pub(crate) use vision::CLASSES as VISION;
pub(crate) use vit_det::CLASSES as VIT_DET;
pub(crate) use xlnet::CLASSES as XLNET;
