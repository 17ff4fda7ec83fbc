"""Backbones of KerasHub, made small: their configurations keep nothing but the constructor's arguments."""

import keras_truth as oracle  # before keras: it names the backend
import truth

import keras
import keras_hub
from keras_hub.models import (
    BloomBackbone,
    GemmaBackbone,
    OPTBackbone,
    Phi3Backbone,
    Qwen3MoeBackbone,
    QwenMoeBackbone,
    VGGBackbone,
    WhisperBackbone,
    XLNetBackbone,
)

SIZES = {"vocabulary_size": 110, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "intermediate_dim": 32}
GROUPED = {
    "vocabulary_size": 90,
    "num_layers": 2,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "hidden_dim": 16,
    "intermediate_dim": 24,
}
EXPERTS = {"num_experts": 3, "top_k": 2, "moe_intermediate_dim": 10, "norm_top_k_prob": True, "decoder_sparse_step": 1}

CASES = {
    "hub-bloom": lambda: BloomBackbone(**SIZES),
    "hub-gemma": lambda: GemmaBackbone(head_dim=6, use_post_ffw_norm=True, use_post_attention_norm=True, **GROUPED),
    "hub-opt": lambda: OPTBackbone(max_sequence_length=12, **SIZES),
    "hub-phi3": lambda: Phi3Backbone(**GROUPED),
    "hub-qwen-moe": lambda: QwenMoeBackbone(
        **EXPERTS, **GROUPED, shared_expert_intermediate_dim=14, mlp_only_layers=[1], layer_norm_epsilon=1e-6
    ),
    "hub-qwen3-moe": lambda: Qwen3MoeBackbone(**EXPERTS, **GROUPED, head_dim=6, mlp_only_layers=[1]),
    "hub-vgg": lambda: VGGBackbone(stackwise_num_repeats=[2, 3], stackwise_num_filters=[8, 16], image_shape=(32, 32, 3)),
    "hub-whisper": lambda: WhisperBackbone(
        num_mels=20, max_encoder_sequence_length=40, max_decoder_sequence_length=12, **SIZES
    ),
    "hub-xlnet": lambda: XLNetBackbone(**SIZES),
}


def save(case, build):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build()
    rows = [oracle.layer_record(path, layer) for path, layer in oracle.walk(model) if isinstance(layer, keras.Layer)]
    file = oracle.FOLDER / f"{case}.json"
    file.write_text(model.to_json())
    head = {
        "made_by": "keras_backbones.py",
        "framework": f"{oracle.FRAMEWORK}, keras_hub {keras_hub.__version__}",
        "shows": f"{type(model).__name__}, of which a config keeps the arguments alone",
        "name": model.name,
    }
    truth.write(file, {**head, **truth.totals(rows), "layers": rows})


if __name__ == "__main__":
    for case, build in CASES.items():
        save(case, build)
