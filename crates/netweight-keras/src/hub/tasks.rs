//! Tasks: a backbone, and a head on it.

use netweight_core::{Arg, Edge, Layer};

use super::block::{Block, Size};
use super::encoders::masked_lm_parts;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class {
        names: &[
            "BartSeq2SeqLM",
            "BloomCausalLM",
            "FalconCausalLM",
            "GPT2CausalLM",
            "GPTNeoXCausalLM",
            "Gemma3CausalLM",
            "GemmaCausalLM",
            "GptOssCausalLM",
            "Llama3CausalLM",
            "LlamaCausalLM",
            "MistralCausalLM",
            "MixtralCausalLM",
            "OPTCausalLM",
            "PaliGemmaCausalLM",
            "Phi3CausalLM",
            "Qwen3CausalLM",
            "Qwen3MoeCausalLM",
            "QwenCausalLM",
            "QwenMoeCausalLM",
            "SmolLM3CausalLM",
            "T5Seq2SeqLM",
        ],
        more: language_model,
        ..Class::PLAIN
    },
    Class { names: &["ESMMaskedPLM"], more: |draft| masked_lm(draft, 0, false), ..Class::PLAIN },
    Class { names: &["RoformerV2MaskedLM"], more: plain_masked_lm, ..Class::PLAIN },
    Class {
        names: &["AlbertMaskedLM", "BertMaskedLM", "FNetMaskedLM"],
        more: |draft| masked_lm(draft, SEQUENCE, true),
        ..Class::PLAIN
    },
    Class {
        names: &[
            "DebertaV3MaskedLM",
            "DistilBertMaskedLM",
            "RobertaMaskedLM",
            "XLMRobertaMaskedLM",
        ],
        more: |draft| masked_lm(draft, 0, true),
        ..Class::PLAIN
    },
    Class {
        names: &["BertTextClassifier"],
        more: |draft| pooled_classifier(draft, "classifier_dropout"),
        ..Class::PLAIN
    },
    Class {
        names: &["AlbertTextClassifier", "FNetTextClassifier"],
        more: |draft| pooled_classifier(draft, "output_dropout"),
        ..Class::PLAIN
    },
    Class {
        names: &[
            "ESMProteinClassifier",
            "RobertaTextClassifier",
            "RoformerV2TextClassifier",
            "XLMRobertaTextClassifier",
        ],
        more: |draft| token_classifier(draft, &["pooled_dropout"], "output_dropout"),
        ..Class::PLAIN
    },
    Class {
        names: &["DistilBertTextClassifier"],
        more: |draft| token_classifier(draft, &[], "output_dropout"),
        ..Class::PLAIN
    },
    Class {
        names: &["DebertaV3TextClassifier"],
        more: |draft| token_classifier(draft, &["pooled_dropout"], "classifier_dropout"),
        ..Class::PLAIN
    },
    Class {
        names: &[
            "CSPNetImageClassifier",
            "DenseNetImageClassifier",
            "EfficientNetImageClassifier",
            "ImageClassifier",
            "MiTImageClassifier",
            "ResNetImageClassifier",
            "XceptionImageClassifier",
        ],
        more: image_classifier,
        ..Class::PLAIN
    },
    Class {
        names: &["SwinTransformerImageClassifier"],
        more: |draft| {
            let Some(mut task) = Task::begin(draft) else { return };
            let mean = task.patch_mean();
            task.score(draft, mean, "output_dropout", "predictions");
        },
        ..Class::PLAIN
    },
    Class {
        // The backbone gives scores of its own.
        names: &["RWKV7CausalLM"],
        more: |draft| {
            let Some(task) = Task::begin(draft) else { return };
            task.block.finish(draft);
        },
        ..Class::PLAIN
    },
    Class {
        names: &["ViTImageClassifier", "DeiTImageClassifier"],
        more: patch_classifier,
        ..Class::PLAIN
    },
    Class { names: &["VGGImageClassifier"], more: vgg_classifier, ..Class::PLAIN },
    Class { names: &["MobileNetImageClassifier"], more: mobilenet_classifier, ..Class::PLAIN },
];

/// Of a backbone that gives features of the whole and of each token: which these are.
const SEQUENCE: u32 = 1;

/// A task begun: its backbone, and what is put on it.
pub(super) struct Task {
    pub(super) block: Block,
    pub(super) features: Edge,
    /// The table of tokens: entries, and values of each.
    table: (Size, Size),
}

impl Task {
    pub(super) fn begin(draft: &mut Draft) -> Option<Self> {
        let Some(entry) = draft.given(&["backbone"]) else {
            draft.refuse("backbone", "a task without a backbone");
            return None;
        };
        let mut block = Block::of(draft);
        let features = draft.model(&mut block, entry);
        let table = block.layer(features).and_then(table).unwrap_or_default();
        Some(Self { block, features, table })
    }

    /// The height and width that go into the backbone.
    pub(super) fn image(&self) -> [Size; 2] {
        let backbone = self.block.layer(self.features);
        let input = backbone.and_then(|backbone| backbone.inner.first());
        let shape = input.and_then(|input| input.stated_outputs.first()?.as_ref());
        let size = |axis| i64::try_from(shape?.axis(axis)?.known()?).ok();
        [size(1), size(2)]
    }

    /// Features of the first token alone.
    fn first_token(&mut self, from: Edge) -> Edge {
        let args = [("items", Some(Arg::from(":, 0")))];
        self.block.add("get_item", "GetItem", "slice", &args, &[from])
    }

    /// The mean of all patches.
    fn patch_mean(&mut self) -> Edge {
        let args = [("axes", Some(Arg::from(vec![1])))];
        self.block.add("mean", "Mean", "reduce", &args, &[self.features])
    }

    /// Dropout, then a score for each class.
    fn score(mut self, draft: &mut Draft, from: Edge, dropout: &str, scores: &str) {
        let classes = draft.size(&["num_classes"]);
        let kept = self.block.dropout(dropout, from);
        self.block.dense(scores, kept, classes, true);
        self.block.finish(draft);
    }
}

/// The sizes of a backbone's table of tokens.
fn table(layer: &Layer) -> Option<(Size, Size)> {
    match layer.kind.as_deref() {
        Some("reversible_embedding" | "embedding") => {
            Some((layer.args.int("vocabulary_size"), layer.args.int("embedding_size")))
        }
        _ => layer.inner.iter().find_map(table),
    }
}

/// The table of tokens is the way back to them as well.
fn language_model(draft: &mut Draft) {
    let Some(mut task) = Task::begin(draft) else { return };
    let dims = &[None, task.table.0];
    task.block.again("ReversibleEmbedding", "token_embedding", task.features, dims);
    task.block.finish(draft);
}

fn masked_lm(draft: &mut Draft, output: u32, shared: bool) {
    let Some(mut task) = Task::begin(draft) else { return };
    let (entries, width) = task.table;
    let features = Edge { output, ..task.features };
    let masked = task.block.input("mask_positions", &[None]);
    let head = masked_lm_parts(task.block.inside("mlm_head"), width, entries, shared);
    let head = task.block.part("mlm_head", "MaskedLMHead", head, &[features, masked]);
    task.block.state(head, &[&[None, entries]]);
    task.block.finish(draft);
}

/// The table of tokens alone makes scores of features.
fn plain_masked_lm(draft: &mut Draft) {
    let Some(mut task) = Task::begin(draft) else { return };
    let masked = task.block.input("mask_positions", &[None]);
    let from = [task.features, masked];
    let head = task.block.add("mlm_head", "RoformerV2MaskedLMHead", "opaque", &[], &from);
    task.block.state(head, &[&[None, task.table.0]]);
    task.block.finish(draft);
}

fn pooled_classifier(draft: &mut Draft, dropout: &str) {
    let Some(task) = Task::begin(draft) else { return };
    let features = task.features;
    task.score(draft, features, dropout, "logits");
}

/// One more dense layer on the first token.
fn token_classifier(draft: &mut Draft, before: &[&str], dropout: &str) {
    let width = draft.size(&["hidden_dim"]);
    let Some(mut task) = Task::begin(draft) else { return };
    let first = task.first_token(task.features);
    let kept = before.iter().fold(first, |from, name| task.block.dropout(name, from));
    let pooled = task.block.dense("pooled_dense", kept, width, true);
    task.score(draft, pooled, dropout, "logits");
}

fn image_classifier(draft: &mut Draft) {
    let Some(mut task) = Task::begin(draft) else { return };
    let pooled = task.block.global_pool(pooling(draft), task.features, false);
    task.score(draft, pooled, "output_dropout", "predictions");
}

fn pooling(draft: &Draft) -> &'static str {
    match draft.text(&["pooling"]) {
        Some("max") => "GlobalMaxPooling2D",
        _ => "GlobalAveragePooling2D",
    }
}

fn patch_classifier(draft: &mut Draft) {
    let inner = draft.size(&["intermediate_dim"]);
    let Some(mut task) = Task::begin(draft) else { return };
    let mut from = match draft.text(&["pooling"]) {
        Some("gap") => task.patch_mean(),
        _ => task.first_token(task.features),
    };
    if inner.is_some() {
        from = task.block.dense("pre_logits", from, inner, true);
    }
    task.score(draft, from, "output_dropout", "predictions");
}

/// Two more layers, dense ones where the features are flattened, else convolutions.
fn vgg_classifier(draft: &mut Draft) {
    let (inner, classes) = (draft.size(&["pooling_hidden_dim"]), draft.size(&["num_classes"]));
    let Some(mut task) = Task::begin(draft) else { return };
    let mut head = task.block.inside("head");
    let input = head.fed();
    let pooled = if draft.text(&["pooling"]) == Some("flatten") {
        let flat = head.add("flatten", "Flatten", "flatten", &[], &[input]);
        let first = head.dense("fc1", flat, inner, true);
        let kept = head.dropout("output_dropout", first);
        head.dense("fc2", kept, inner, true)
    } else {
        let first = head.conv_with("fc1", input, (inner, 7), 1, "valid", true);
        let kept = head.dropout("output_dropout", first);
        let second = head.conv_with("fc2", kept, (inner, 1), 1, "same", true);
        head.global_pool(pooling(draft), second, false)
    };
    let scores = head.dense("predictions", pooled, classes, true);
    head.gives(&[scores]);
    task.block.sequence("head", head, task.features);
    task.block.finish(draft);
}

fn mobilenet_classifier(draft: &mut Draft) {
    let (features, classes) = (draft.size(&["num_features"]), draft.size(&["num_classes"]));
    let Some(mut task) = Task::begin(draft) else { return };
    let pooled = task.block.global_pool("GlobalAveragePooling2D", task.features, true);
    let wide = task.block.conv_with("classifier_conv", pooled, (features, 1), 1, "valid", true);
    let flat = task.block.add("flatten", "Flatten", "flatten", &[], &[wide]);
    task.block.dense("predictions", flat, classes, true);
    task.block.finish(draft);
}

impl Block {
    fn global_pool(&mut self, class: &str, from: Edge, keep: bool) -> Edge {
        let args = [("keep_dims", Some(keep.into()))];
        self.add("pooler", class, "global_pool", &args, &[from])
    }
}
