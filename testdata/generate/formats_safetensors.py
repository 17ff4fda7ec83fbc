"""safetensors files: PyTorch modules saved by the reference library, and weights in the layouts of the quantizers."""

import json
import shutil

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch
from torch import nn

import formats_truth
import truth

FOLDER = truth.TESTDATA / "safetensors"
TORCH = f"torch {torch.__version__.split('+')[0]}, safetensors {safetensors.__version__}"
BY_LAYOUT = f"laid out by hand, safetensors {safetensors.__version__}"
RANDOM = np.random.default_rng(7)


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.bn = nn.BatchNorm2d(8)
        self.dw = nn.Conv2d(8, 8, 5, groups=8, bias=False)
        self.prelu = nn.PReLU(8)
        self.grouped = nn.Conv2d(8, 12, 3, groups=4)
        self.group_norm = nn.GroupNorm(3, 12)
        self.up = nn.ConvTranspose2d(12, 5, 2)
        self.conv1d = nn.Conv1d(5, 6, 4)
        self.conv3d = nn.Conv3d(2, 3, (1, 2, 3))
        self.fc = nn.Linear(6, 10)
        self.gamma = nn.Parameter(torch.ones(10))
        self.scale = nn.Parameter(torch.tensor(2.0))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(50, 16)
        self.position_embeddings = nn.Parameter(torch.zeros(1, 9, 16))
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True) for _ in range(2))
        self.norm = nn.RMSNorm(16)
        self.lm_head = nn.Linear(16, 50, bias=False)
        self.register_buffer("position_ids", torch.arange(9)[None])
        self.register_buffer("inv_freq", torch.ones(4))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(7, 5, num_layers=2, bidirectional=True)
        self.gru = nn.GRU(10, 4, bias=False)
        self.rnn = nn.RNN(4, 3)
        self.cell = nn.GRUCell(3, 2)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(20, 6)
        self.lm_head = nn.Linear(6, 20, bias=False)
        self.lm_head.weight = self.wte.weight


def module_case(module, file, shows):
    """Saves a module; its own named_parameters and named_buffers are the truth."""
    safetensors.torch.save_file(untied(module), FOLDER / file)
    return of_module(module, file, shows)


def untied(module):
    """The state without a parameter's second name, as model libraries save it."""
    state, kept = module.state_dict(), dict(module.named_parameters())
    tied = {name for name, _ in module.named_parameters(remove_duplicate=False)} - set(kept)
    return {name: value.contiguous() for name, value in state.items() if name not in tied}


def of_module(module, file, shows, stored=None, diagnostics=()):
    tensors = {name: value.numel() for name, value in module.named_parameters()}
    if stored is not None:
        tensors = {name: count for name, count in tensors.items() if name in stored}
    statistics = {name: value.numel() for name, value in module.named_buffers() if "running_" in name}
    layers = {}
    for path, part in module.named_modules():
        own = [name for name, _ in part.named_parameters(recurse=False)]
        # A module with modules inside it has rows of its own for what it holds directly.
        if own and path and not list(part.children()):
            layers[path] = sum(tensors.get(f"{path}.{name}", 0) for name in own)
    layers = {path: count for path, count in layers.items() if count}
    return formats_truth.case(
        file, shows, TORCH, tensors, statistics=statistics, layers=layers, diagnostics=diagnostics
    )


def every_type():
    """One tensor of each element type, sub-byte ones included, through the library's own writer."""
    types = {
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "C64": 8,
        "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
    }  # fmt: skip
    entries, at = {}, 0
    for name, size in types.items():
        entries[f"{name.lower()}.values"] = {"dtype": name, "shape": [3, 4], "data_offsets": [at, at + 12 * size]}
        at += 12 * size
    for name, bits in {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E8M0": 8}.items():
        entries[f"{name.lower()}.values"] = {"dtype": name, "shape": [2, 8], "data_offsets": [at, at + 2 * bits]}
        at += 2 * bits
    header = json.dumps(entries).encode()
    header += b" " * (-len(header) % 8)
    file = FOLDER / "every-type.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(at))
    with safetensors.safe_open(file, "np") as opened:
        assert set(opened.keys()) == set(entries), "the reference library reads the file"
    floats = {name: 12 for name in entries if name.startswith(("f64", "f32", "f16", "bf16", "f8_e4", "f8_e5", "c64"))}
    floats |= {name: 16 for name in entries if name.startswith(("f4", "f6_", "f8_e8"))}
    return formats_truth.case("every-type.safetensors", "each element type once; integers are no parameters", TORCH, floats)


def sharded():
    """Two shards and their index, the third tensor in the second file."""
    module = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.Linear(16, 4))
    state = module.state_dict()
    folder = FOLDER / "sharded"
    folder.mkdir(exist_ok=True)
    parts = [{k: v for k, v in state.items() if k.startswith("0.")}, {k: v for k, v in state.items() if k[0] != "0"}]
    names = [f"model-{n:05}-of-00002.safetensors" for n in (1, 2)]
    for part, name in zip(parts, names):
        safetensors.torch.save_file(part, folder / name, metadata={"format": "pt"})
    total = sum(value.numel() * value.element_size() for value in state.values())
    placed = {key: name for part, name in zip(parts, names) for key in part}
    index = {"metadata": {"total_size": total}, "weight_map": placed}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")
    whole = of_module(module, "sharded/model.safetensors.index.json", "two shards read through their index")
    alone = ["safetensors/one-shard"]
    first = of_module(module, f"sharded/{names[0]}", "one shard of two, named alone", set(parts[0]), alone)
    return [whole, first]


LINEARS = {"layers.0": (128, 64), "layers.1": (64, 96)}  # path: inputs, outputs


def integers(kind, *shape):
    return RANDOM.integers(0, np.iinfo(kind).max, shape, dtype=kind)


def floats(*shape, kind=np.float16):
    return RANDOM.standard_normal(shape).astype(kind)


def gptq(bits, group, act_order=True):
    def pack(path, inputs, outputs):
        groups = inputs // group
        tensors = {
            f"{path}.qweight": integers(np.int32, inputs * bits // 32, outputs),
            f"{path}.qzeros": integers(np.int32, groups, outputs * bits // 32),
            f"{path}.scales": floats(groups, outputs),
        }
        if act_order:
            tensors[f"{path}.g_idx"] = integers(np.int32, inputs)
        return tensors, f"{path}.qweight", 2 * groups * outputs + inputs * act_order

    return pack


def awq(path, inputs, outputs):
    groups = inputs // 32
    tensors = {
        f"{path}.qweight": integers(np.int32, inputs, outputs // 8),
        f"{path}.qzeros": integers(np.int32, groups, outputs // 8),
        f"{path}.scales": floats(groups, outputs),
    }
    return tensors, f"{path}.qweight", 2 * groups * outputs


def bitsandbytes_4bit(path, inputs, outputs):
    count, blocks = inputs * outputs, inputs * outputs // 64
    state = json.dumps({"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [outputs, inputs]})
    tensors = {
        f"{path}.weight": integers(np.uint8, count // 2, 1),
        f"{path}.weight.absmax": integers(np.uint8, blocks),
        f"{path}.weight.quant_map": floats(16, kind=np.float32),
        f"{path}.weight.nested_absmax": floats(-(-blocks // 256), kind=np.float32),
        f"{path}.weight.nested_quant_map": floats(256, kind=np.float32),
        f"{path}.weight.quant_state.bitsandbytes__nf4": np.frombuffer(state.encode(), np.uint8),
    }
    return tensors, f"{path}.weight", blocks + 16 + -(-blocks // 256) + 256


def bitsandbytes_8bit(path, inputs, outputs):
    tensors = {
        f"{path}.weight": integers(np.int8, outputs, inputs),
        f"{path}.SCB": floats(outputs, kind=np.float32),
        f"{path}.weight_format": np.array(0, np.uint8),
    }
    return tensors, f"{path}.weight", outputs + 1


def compressed_int4(path, inputs, outputs):
    tensors = {
        f"{path}.weight_packed": integers(np.int32, outputs, inputs // 8),
        f"{path}.weight_scale": floats(outputs, inputs // 32),
        f"{path}.weight_shape": np.array([outputs, inputs]),
    }
    return tensors, f"{path}.weight_packed", outputs * inputs // 32


def mlx(bits, group):
    def pack(path, inputs, outputs):
        groups = inputs // group
        tensors = {
            f"{path}.weight": integers(np.uint32, outputs, inputs * bits // 32),
            f"{path}.scales": floats(outputs, groups),
            f"{path}.biases": floats(outputs, groups),
        }
        return tensors, f"{path}.weight", 2 * outputs * groups

    return pack


def hqq(path, inputs, outputs):
    groups = inputs * outputs // 64
    tensors = {
        f"{path}.W_q": integers(np.uint8, groups // 2, 64),
        f"{path}.scale": floats(groups, 1),
        f"{path}.zero": floats(groups, 1),
        f"{path}.shape": np.array([outputs, inputs]),
        f"{path}.nbits": np.array(4, np.int32),
        f"{path}.packing": np.frombuffer(b"4bit_u8", np.uint8),
    }
    return tensors, f"{path}.W_q", 2 * groups


def mxfp4(path, inputs, outputs):
    path = path.replace("layers.", "experts.")
    tensors = {
        f"{path}_proj_blocks": integers(np.uint8, 4, outputs, inputs // 32, 16),
        f"{path}_proj_scales": integers(np.uint8, 4, outputs, inputs // 32),
    }
    return tensors, f"{path}_proj_blocks", 4 * outputs * inputs // 32


def packed(name, shows, pack, *, experts=1, config=None, embedding=None):
    """Two linear layers in a layout, with a bias and a normalization that stay as they are."""
    tensors, learned, layers, quantization = {}, {}, {}, 0
    for path, (inputs, outputs) in LINEARS.items():
        part, weight, serving = pack(path, inputs, outputs)
        tensors |= part
        learned[weight] = experts * inputs * outputs
        quantization += serving
        if experts == 1:
            tensors[f"{path}.bias"] = floats(outputs)
            learned[f"{path}.bias"] = outputs
            layers[path] = inputs * outputs + outputs
    tensors["norm.weight"] = floats(128)
    learned["norm.weight"] = layers["norm"] = 128
    if embedding:
        part, weight, serving = embedding("embed_tokens", 128, 40)
        tensors |= part
        learned[weight] = layers["embed_tokens"] = 40 * 128
        quantization += serving
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    if config:
        (folder / "config.json").write_text(json.dumps(config) + "\n")
    file = f"{name}/model.safetensors"
    return formats_truth.case(file, shows, BY_LAYOUT, learned, quantization=quantization, layers=layers)


def fp8():
    """Full-size weights in 8-bit floats with a scale a block, as DeepSeek publishes them."""
    tensors, learned, layers = {}, {}, {}
    for path, (inputs, outputs) in LINEARS.items():
        tensors[f"{path}.weight"] = torch.zeros(outputs, inputs, dtype=torch.float8_e4m3fn)
        tensors[f"{path}.weight_scale_inv"] = torch.ones(-(-outputs // 128), -(-inputs // 128))
        learned[f"{path}.weight"] = layers[path] = inputs * outputs
    safetensors.torch.save_file(tensors, FOLDER / "fp8-block.safetensors")
    shows = "8-bit floats with a scale for each block"
    return formats_truth.case("fp8-block.safetensors", shows, BY_LAYOUT, learned, quantization=2, layers=layers)


def nvfp4():
    """Two values a byte, a scale in 8-bit float for every 16 of them, as ModelOpt writes them."""
    tensors, learned, layers, quantization = {}, {}, {}, 0
    for path, (inputs, outputs) in LINEARS.items():
        tensors[f"{path}.weight"] = torch.zeros(outputs, inputs // 2, dtype=torch.uint8)
        tensors[f"{path}.weight_scale"] = torch.ones(outputs, inputs // 16).to(torch.float8_e4m3fn)
        tensors[f"{path}.weight_scale_2"] = torch.tensor(1.0)
        tensors[f"{path}.input_scale"] = torch.tensor(1.0)
        learned[f"{path}.weight"] = layers[path] = inputs * outputs
        quantization += outputs * inputs // 16 + 2
    safetensors.torch.save_file(tensors, FOLDER / "nvfp4.safetensors")
    shows = "4-bit floats, two a byte, a scale for every 16"
    return formats_truth.case("nvfp4.safetensors", shows, BY_LAYOUT, learned, quantization=quantization, layers=layers)


def lora():
    """An adapter of rank 4 with its configuration beside it."""
    tensors, layers = {}, {}
    for path, (inputs, outputs) in {"q_proj": (32, 32), "v_proj": (32, 16)}.items():
        base = f"base_model.model.layers.0.self_attn.{path}"
        tensors |= {f"{base}.lora_A.weight": torch.zeros(4, inputs), f"{base}.lora_B.weight": torch.zeros(outputs, 4)}
        layers |= {f"{base}.lora_A": 4 * inputs, f"{base}.lora_B": 4 * outputs}
    folder = FOLDER / "lora"
    folder.mkdir(exist_ok=True)
    safetensors.torch.save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "base_model_name_or_path": "example/base"}
    (folder / "adapter_config.json").write_text(json.dumps(config) + "\n")
    counts = {name: value.numel() for name, value in tensors.items()}
    return formats_truth.case("lora/adapter_model.safetensors", "an adapter, not its base", TORCH, counts, layers=layers)


def main():
    torch.manual_seed(0)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    config = {"quantization": {"bits": 8, "group_size": 32}}
    formats_truth.write("safetensors", [
        module_case(Convolutions(), "convolutions.safetensors", "convolutions, normalizations, running statistics"),
        module_case(Transformer(), "transformer.safetensors", "embeddings, projections in one tensor, buffers"),
        module_case(Recurrent(), "recurrent.safetensors", "recurrent layers, stacked and in both directions"),
        module_case(Tied(), "tied.safetensors", "a tied output layer is not stored"),
        every_type(),
        *sharded(),
        packed("gptq-4bit", "GPTQ, 4 bits, groups of 32", gptq(4, 32)),
        packed("gptq-3bit", "GPTQ, 3 bits, no order of groups", gptq(3, 32, act_order=False)),
        packed("awq-4bit", "AWQ, packed along the outputs", awq),
        packed("bitsandbytes-4bit", "bitsandbytes NF4, its shape in a tensor of text", bitsandbytes_4bit),
        packed("bitsandbytes-8bit", "bitsandbytes int8", bitsandbytes_8bit),
        packed("compressed-tensors", "compressed-tensors, 4 bits", compressed_int4),
        packed("mxfp4-experts", "MXFP4 experts as in gpt-oss", mxfp4, experts=4),
        packed("mlx-8bit-config", "MLX, 8 bits told by config.json", mlx(8, 32), config=config),
        packed("mlx-4bit", "MLX, 4 bits told by the embedding", mlx(4, 64), embedding=mlx(4, 64)),
        packed("mlx-8bit", "MLX, 8 bits told by the embedding", mlx(8, 32), embedding=mlx(8, 32)),
        packed("hqq-4bit", "HQQ, its shape in a tensor of numbers", hqq),
        fp8(),
        nvfp4(),
        lora(),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
