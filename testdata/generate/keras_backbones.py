"""Backbones and tasks of KerasHub, made small: their configurations keep nothing but the constructor's arguments."""

import keras_truth as oracle  # before keras: it names the backend
import truth

import keras
import keras_hub
from keras_hub.models import (
    AlbertBackbone,
    AlbertMaskedLM,
    BartBackbone,
    BartSeq2SeqLM,
    BloomBackbone,
    CLIPBackbone,
    CLIPTextEncoder,
    CLIPVisionEncoder,
    CSPNetBackbone,
    DebertaV3Backbone,
    DebertaV3TextClassifier,
    DINOV2Backbone,
    DINOV3Backbone,
    DeepLabV3Backbone,
    DeepLabV3ImageSegmenter,
    EfficientNetBackbone,
    ESMBackbone,
    ESMMaskedPLM,
    ESMProteinClassifier,
    GemmaBackbone,
    GptOssBackbone,
    HGNetV2Backbone,
    MetaCLIP2Backbone,
    MetaCLIP2TextEncoder,
    MetaCLIP2VisionEncoder,
    MiTBackbone,
    MobileNetBackbone,
    MoonshineBackbone,
    OPTBackbone,
    PaliGemmaBackbone,
    Phi3Backbone,
    Qwen3MoeBackbone,
    QwenMoeBackbone,
    RWKV7Backbone,
    ResNetBackbone,
    ResNetImageClassifier,
    RetinaNetBackbone,
    RoformerV2Backbone,
    RoformerV2MaskedLM,
    SegFormerBackbone,
    SigLIPBackbone,
    SigLIPTextEncoder,
    SigLIPVisionEncoder,
    SmolLM3Backbone,
    SwinTransformerBackbone,
    SwinTransformerImageClassifier,
    VGGBackbone,
    VGGImageClassifier,
    ViTBackbone,
    ViTDetBackbone,
    ViTImageClassifier,
    WhisperBackbone,
    XceptionBackbone,
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

def resnet(block_type="bottleneck_block", stem=(64,), **arguments):
    return ResNetBackbone(
        input_conv_filters=list(stem),
        input_conv_kernel_sizes=[3 if len(stem) > 1 else 7] * len(stem),
        stackwise_num_filters=[64, 16],
        stackwise_num_blocks=[2, 1],
        stackwise_num_strides=[1, 2],
        block_type=block_type,
        image_shape=(32, 32, 3),
        **arguments,
    )


def deep_lab():
    return DeepLabV3Backbone(
        image_encoder=resnet(),
        low_level_feature_key="P2",
        spatial_pyramid_pooling_key="P3",
        upsampling_size=2,
        dilation_rates=[2, 3],
        projection_filters=12,
        image_shape=(32, 32, 3),
    )


def seg_former():
    encoder = MiTBackbone(
        layerwise_depths=[1, 2],
        hidden_dims=[8, 16],
        image_shape=(64, 64, 3),
        num_layers=2,
        layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[2, 1],
        max_drop_path_rate=0.1,
        layerwise_patch_sizes=[7, 3],
        layerwise_strides=[4, 2],
    )
    return SegFormerBackbone(image_encoder=encoder, projection_filters=12)


def efficientnet():
    """One block of each kind; widths that are rounded."""
    return EfficientNetBackbone(
        stackwise_width_coefficients=[1.1] * 4,
        stackwise_depth_coefficients=[1.2] * 4,
        stackwise_kernel_sizes=[3, 5, 3, 3],
        stackwise_num_repeats=[1, 1, 1, 1],
        stackwise_input_filters=[32, 16, 24, 24],
        stackwise_output_filters=[16, 24, 24, 24],
        stackwise_expansion_ratios=[1, 6, 4, 1],
        stackwise_squeeze_and_excite_ratios=[0, 0.25, 0.25, 0],
        stackwise_strides=[1, 2, 1, 1],
        stackwise_block_types=["fused", "v1", "unfused", "cba"],
        stackwise_force_input_filters=[0] * 4,
        stackwise_nores_option=[False] * 4,
        input_shape=(32, 32, 3),
    )


def mobilenet():
    return MobileNetBackbone(
        stackwise_expansion=[[40], [64, 144]],
        stackwise_num_blocks=[1, 2],
        stackwise_num_filters=[[17], [30, 26]],
        stackwise_kernel_size=[[3], [5, 5]],
        stackwise_num_strides=[[2], [2, 1]],
        stackwise_se_ratio=[[None], [0.25, 0.25]],
        stackwise_activation=[["relu"], ["hard_swish"] * 2],
        stackwise_padding=[[1], [2, 2]],
        output_num_filters=32,
        input_num_filters=18,
        depthwise_filters=8,
        depthwise_stride=2,
        depthwise_residual=False,
        squeeze_and_excite=0.5,
        last_layer_filter=50,
        image_shape=(32, 32, 3),
    )


def xception():
    return XceptionBackbone(
        stackwise_conv_filters=[[32, 64], [128, 128], [128, 128], [90, 100]],
        stackwise_pooling=[False, True, False, False],
        image_shape=(64, 64, 3),
    )


def vit():
    return ViTBackbone((32, 32, 3), patch_size=8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=20)


def vgg(size):
    return VGGBackbone(stackwise_num_repeats=[2, 3], stackwise_num_filters=[8, 16], image_shape=(size, size, 3))


ENCODER = {"hidden_dim": 16, "num_layers": 1, "num_heads": 2, "intermediate_dim": 20}
TEXTS = {"vocabulary_size": 60, "embedding_dim": 16, "max_sequence_length": 9, **ENCODER}
IMAGES = {"patch_size": 8, "image_shape": (32, 32, 3), **ENCODER}


def cspnet(stage_type, block_type, **arguments):
    return CSPNetBackbone(
        stage_type=stage_type,
        block_type=block_type,
        stackwise_num_filters=[16, 24],
        stackwise_depth=[1, 2],
        stackwise_strides=[1, 2],
        bottle_ratio=[0.5],
        image_shape=(48, 48, 3),
        **arguments,
    )


def csp():
    stem = {"stem_filters": 8, "stem_kernel_size": 7, "stem_strides": 4, "stem_pooling": "max"}
    ratios = {"expand_ratio": [2.0, 1.0], "block_ratio": [1.0, 0.5], "cross_linear": True}
    return cspnet("csp", "bottleneck_block", groups=2, down_growth=True, **stem, **ratios)


def cs3():
    stem = {"stem_filters": [4, 6, 8], "stem_kernel_size": 3, "stem_strides": 4}
    return cspnet("cs3", "edge_block", block_ratio=[0.5], avg_down=True, activation="relu", **stem)


def darknet():
    return cspnet("dark", "dark_block", stem_filters=8, stem_kernel_size=3, stem_strides=1, stem_padding="same")


def hgnetv2():
    return HGNetV2Backbone(
        depths=[1, 2],
        embedding_size=8,
        hidden_sizes=[16, 24],
        stem_channels=[3, 8, 12],
        hidden_act="relu",
        use_learnable_affine_block=True,
        stackwise_stage_filters=[[12, 8, 16, 1, 3, 3], [16, 10, 24, 2, 2, 5]],
        apply_downsample=[False, True],
        use_lightweight_conv_block=[False, True],
        image_shape=(36, 36, 3),
    )


def pali_gemma():
    vision = {"num_layers": 1, "num_heads": 2, "hidden_dim": 8, "intermediate_dim": 20, "patch_size": 8}
    return PaliGemmaBackbone(
        image_size=32,
        head_dim=6,
        use_post_ffw_norm=True,
        **{f"vit_{key}": size for key, size in vision.items()},
        **GROUPED,
    )


def swin():
    return SwinTransformerBackbone(
        image_shape=(64, 96, 3),
        embed_dim=12,
        depths=[1, 2],
        num_heads=[2, 3],
        window_size=7,
        mlp_ratio=3.5,
        qkv_bias=False,
        patch_norm=False,
    )


def smollm3():
    sizes = {key.replace("num_query", "num_attention"): size for key, size in GROUPED.items()}
    return SmolLM3Backbone(
        attention_bias=True,
        attention_dropout=0.0,
        rope_layer_enabled_list=[True, False],
        layer_types=["full_attention"] * 2,
        mlp_bias=True,
        layer_norm_epsilon=1e-5,
        max_position_embeddings=64,
        rope_theta=1e4,
        partial_rotary_factor=1.0,
        **sizes,
    )


def task(task, backbone, **arguments):
    return task(backbone=backbone, preprocessor=None, **arguments)


CASES = {
    "hub-bloom": lambda: BloomBackbone(**SIZES),
    "hub-clip": lambda: CLIPBackbone(CLIPVisionEncoder(**IMAGES), CLIPTextEncoder(**TEXTS), projection_dim=12),
    "hub-csp": csp,
    "hub-cs3": cs3,
    "hub-darknet": darknet,
    "hub-dinov2": lambda: DINOV2Backbone(
        **IMAGES, num_register_tokens=3, use_swiglu_ffn=True, position_embedding_shape=(56, 56)
    ),
    "hub-dinov3": lambda: DINOV3Backbone(
        num_register_tokens=3, use_gated_mlp=True, use_key_bias=False, use_mask_token=False, **IMAGES
    ),
    "hub-efficientnet": efficientnet,
    "hub-esm": lambda: ESMBackbone(
        position_embedding_type="absolute", max_sequence_length=12, use_pre_layer_norm=True, **SIZES
    ),
    "hub-gemma": lambda: GemmaBackbone(head_dim=6, use_post_ffw_norm=True, use_post_attention_norm=True, **GROUPED),
    "hub-gpt-oss": lambda: GptOssBackbone(num_experts=3, top_k=2, head_dim=6, **GROUPED),
    "hub-hgnetv2": hgnetv2,
    "hub-metaclip": lambda: MetaCLIP2Backbone(
        MetaCLIP2VisionEncoder(**IMAGES), MetaCLIP2TextEncoder(**TEXTS), projection_dim=12
    ),
    "hub-mobilenet": mobilenet,
    "hub-moonshine": lambda: MoonshineBackbone(
        vocabulary_size=60,
        filter_dim=24,
        hidden_dim=24,
        encoder_num_layers=1,
        decoder_num_layers=2,
        intermediate_dim=20,
        encoder_num_heads=2,
        decoder_num_heads=3,
        pad_head_dim_to_multiple_of=8,
        attention_bias=True,
    ),
    "hub-opt": lambda: OPTBackbone(max_sequence_length=12, **SIZES),
    "hub-pali-gemma": pali_gemma,
    "hub-phi3": lambda: Phi3Backbone(**GROUPED),
    "hub-qwen-moe": lambda: QwenMoeBackbone(
        **EXPERTS, **GROUPED, shared_expert_intermediate_dim=14, mlp_only_layers=[1], layer_norm_epsilon=1e-6
    ),
    "hub-qwen3-moe": lambda: Qwen3MoeBackbone(**EXPERTS, **GROUPED, head_dim=6, mlp_only_layers=[1]),
    "hub-resnet-first": lambda: resnet("basic_block", use_pre_activation=True),
    "hub-resnet-vd": lambda: resnet("bottleneck_block_vd", stem=(32, 32, 64)),
    "hub-retinanet": lambda: RetinaNetBackbone(
        image_encoder=resnet(), min_level=2, max_level=4, use_p5=True, use_fpn_batch_norm=True, image_shape=(32, 32, 3)
    ),
    "hub-rwkv7": lambda: RWKV7Backbone(
        hidden_size=24,
        head_size=8,
        num_layers=2,
        vocabulary_size=60,
        intermediate_dim=20,
        gate_lora=6,
        mv_lora=5,
        aaa_lora=4,
        decay_lora=3,
    ),
    "hub-segformer": seg_former,
    "hub-siglip": lambda: SigLIPBackbone(SigLIPVisionEncoder(**IMAGES), SigLIPTextEncoder(**TEXTS)),
    "hub-smollm3": smollm3,
    "hub-swin": swin,
    "hub-task-apart": lambda: task(ESMMaskedPLM, ESMBackbone(**SIZES)),
    "hub-task-first-token": lambda: task(
        DebertaV3TextClassifier, DebertaV3Backbone(bucket_size=4, max_sequence_length=12, **SIZES), num_classes=3
    ),
    "hub-task-flattened": lambda: task(
        VGGImageClassifier, vgg(32), num_classes=4, pooling="flatten", pooling_hidden_dim=9
    ),
    "hub-task-inside": lambda: keras.Sequential(
        [keras.Input((32, 32, 3)), task(ResNetImageClassifier, resnet(), num_classes=4), keras.layers.Dense(2)]
    ),
    "hub-task-masked": lambda: task(
        AlbertMaskedLM, AlbertBackbone(embedding_dim=8, max_sequence_length=12, **SIZES)
    ),
    "hub-task-masked-plain": lambda: task(RoformerV2MaskedLM, RoformerV2Backbone(head_size=8, **SIZES)),
    "hub-task-mean": lambda: task(SwinTransformerImageClassifier, swin(), num_classes=4),
    "hub-task-patches": lambda: task(ViTImageClassifier, vit(), num_classes=4, intermediate_dim=7),
    "hub-task-protein": lambda: task(ESMProteinClassifier, ESMBackbone(use_bias=False, **SIZES), num_classes=3),
    "hub-task-segments": lambda: task(DeepLabV3ImageSegmenter, deep_lab(), num_classes=5),
    "hub-task-tied": lambda: task(BartSeq2SeqLM, BartBackbone(max_sequence_length=12, **SIZES)),
    "hub-vgg": lambda: vgg(32),
    "hub-vit-det": lambda: ViTDetBackbone(
        hidden_size=16,
        num_layers=2,
        intermediate_dim=20,
        num_heads=2,
        global_attention_layer_indices=[1],
        image_shape=(32, 32, 3),
        patch_size=8,
        num_output_channels=8,
        window_size=2,
    ),
    "hub-whisper": lambda: WhisperBackbone(
        num_mels=20, max_encoder_sequence_length=40, max_decoder_sequence_length=12, **SIZES
    ),
    "hub-xception": xception,
    "hub-xlnet": lambda: XLNetBackbone(**SIZES),
}


def records(model):
    """Each layer at its first call, with the weights that none before it has; inputs inside have numbers for names."""
    layers, weights = set(), set()
    for path, layer in oracle.walk(model):
        inside = "/" in path and isinstance(layer, keras.layers.InputLayer)
        if not isinstance(layer, keras.Layer) or inside or id(layer) in layers:
            continue
        record = oracle.layer_record(path, layer)
        shapes = [list(tensor.shape) for tensor in layer._inbound_nodes[0].output_tensors]
        record["output_shape"] = shapes[0] if len(shapes) == 1 else shapes
        if not isinstance(layer, keras.Model):
            new = [weight for weight in layer.weights if id(weight) not in weights]
            trained = oracle.elements([weight for weight in new if weight.trainable])
            record["parameters"] = oracle.elements(new)
            record["trainable"] = trained
            record["non_trainable"] = record["parameters"] - trained
            record["weights"] = [oracle.weight_record(layer, weight) for weight in new]
            weights.update(map(id, new))
        layers.add(id(layer))
        yield record


def save(case, build):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build()
    rows = list(records(model))
    file = oracle.FOLDER / f"{case}.json"
    file.write_text(model.to_json())
    head = {
        "made_by": "keras_backbones.py",
        "framework": f"{oracle.FRAMEWORK}, keras_hub {keras_hub.__version__}",
        "shows": f"{type(model).__name__}, of which a config keeps the arguments alone",
        "name": model.name,
    }
    totals = truth.totals(rows)
    assert totals["parameters"] == model.count_params(), case
    truth.write(file, {**head, **totals, "layers": rows})


if __name__ == "__main__":
    for case, build in CASES.items():
        save(case, build)
