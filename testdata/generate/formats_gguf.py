"""GGUF files: small models under llama.cpp's tensor names, written and quantized by the gguf package."""

import shutil
from importlib.metadata import version

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import LlamaFileType as FileType

import formats_truth
import truth

FOLDER = truth.TESTDATA / "gguf"
FRAMEWORK = f"gguf {version('gguf')}"
RANDOM = np.random.default_rng(7)
VOCABULARY, WIDTH, HEADS, KEY_VALUE_HEADS, HIDDEN = 24, 32, 4, 2, 64


def llama(*, tied=False, biases=False, experts=0, hidden=HIDDEN, width=WIDTH):
    """Tensors of a decoder of one block, [out, in] as NumPy has them."""
    keys = width // HEADS * KEY_VALUE_HEADS
    shapes = {"token_embd.weight": (VOCABULARY, width), "output_norm.weight": (width,)}
    if not tied:
        shapes["output.weight"] = (VOCABULARY, width)
    block = {
        "attn_norm": (width,), "attn_q": (width, width), "attn_k": (keys, width), "attn_v": (keys, width),
        "attn_output": (width, width), "ffn_norm": (width,),
    }  # fmt: skip
    if experts:
        block["ffn_gate_inp"] = (experts, width)
        block |= {f"ffn_{part}_exps": (experts, hidden, width) for part in ("gate", "up")}
        block["ffn_down_exps"] = (experts, width, hidden)
    else:
        block |= {f"ffn_{part}": (hidden, width) for part in ("gate", "up")}
        block["ffn_down"] = (width, hidden)
    shapes |= {f"blk.0.{name}.weight": shape for name, shape in block.items()}
    if biases:
        shapes |= {f"blk.0.{name}.bias": (block[name][0],) for name in ("attn_q", "attn_k", "attn_v")}
    return shapes


def metadata(writer, name, file_type=None, experts=0, hidden=HIDDEN, width=WIDTH):
    writer.add_name(name)
    writer.add_context_length(128)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_VALUE_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_token_list([f"token {n}" for n in range(VOCABULARY)])
    if file_type is not None:
        writer.add_file_type(file_type)
    if experts:
        writer.add_expert_count(experts)


def add(writer, shapes, kind):
    """Adds matrices in a type, vectors and routers in 32 bits, as quantizers do."""
    for name, shape in shapes.items():
        values = RANDOM.standard_normal(shape).astype(np.float32)
        stays = len(shape) == 1 or name.endswith(("_inp.weight", "freqs.weight")) or kind == Type.F32
        if stays:
            writer.add_tensor(name, values)
        elif kind == Type.F16:
            writer.add_tensor(name, values.astype(np.float16))
        else:
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_back(*files):
    """Values and bytes by tensor, as the package reads them."""
    tensors = [tensor for file in files for tensor in gguf.GGUFReader(FOLDER / file).tensors]
    return {tensor.name: (int(tensor.n_elements), int(tensor.n_bytes)) for tensor in tensors}


def layers(tensors):
    counts = {}
    for name, count in tensors.items():
        path = name.removesuffix(".weight").removesuffix(".bias")
        counts[path] = counts.get(path, 0) + count
    return counts


def case(file, shows, tensors, **more):
    counts = {name: count for name, (count, _) in tensors.items()}
    record = formats_truth.case(file, shows, FRAMEWORK, counts, layers=layers(counts), **more)
    return record | {"stored_bytes": sum(size for _, size in tensors.values())}


def decoder(file, shows, kind, file_type=None, endianess=gguf.GGUFEndian.LITTLE, extra=None, **shape):
    writer = gguf.GGUFWriter(FOLDER / file, "llama", endianess=endianess)
    sizes = {key: value for key, value in shape.items() if key in ("experts", "hidden", "width")}
    metadata(writer, file.removesuffix(".gguf"), file_type, **sizes)
    add(writer, llama(**shape) | (extra or {}), kind)
    finish(writer)
    tensors = read_back(file)
    return case(file, shows, {name: found for name, found in tensors.items() if name not in (extra or {})})


def split():
    """Three files through the package's own splitting; the first stands for the whole."""
    writer = gguf.GGUFWriter(FOLDER / "split.gguf", "llama", split_max_tensors=5)
    metadata(writer, "split")
    add(writer, llama(), Type.F16)
    finish(writer)
    files = sorted(file.name for file in FOLDER.glob("split-*.gguf"))
    whole = case(files[0], "the first of several files: all of them", read_back(*files))
    alone = case(files[1], "a later file: itself alone", read_back(files[1]), diagnostics=["gguf/one-split"])
    return [whole, alone]


def encoder():
    """An encoder with layer normalizations, biases and positions; there is no output layer to be tied."""
    writer = gguf.GGUFWriter(FOLDER / "bert-f16.gguf", "bert")
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_layer_norm_eps(1e-12)
    shapes = {
        "token_embd.weight": (VOCABULARY, 32), "position_embd.weight": (16, 32), "token_types.weight": (2, 32),
        "token_embd_norm.weight": (32,), "token_embd_norm.bias": (32,),
        "blk.0.attn_q.weight": (32, 32), "blk.0.attn_q.bias": (32,),
        "blk.0.ffn_up.weight": (64, 32), "blk.0.ffn_up.bias": (64,),
        "blk.0.ffn_down.weight": (32, 64), "blk.0.ffn_down.bias": (32,),
    }  # fmt: skip
    add(writer, shapes, Type.F16)
    finish(writer)
    return case("bert-f16.gguf", "an encoder: layer normalizations, positions, no tied output", read_back("bert-f16.gguf"))


def adapter():
    """A LoRA adapter: two low-rank factors for a matrix of its base."""
    writer = gguf.GGUFWriter(FOLDER / "lora.gguf", "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, 16.0)
    add(writer, {"blk.0.attn_q.weight.lora_a": (4, 64), "blk.0.attn_q.weight.lora_b": (64, 4)}, Type.F16)
    finish(writer)
    return case("lora.gguf", "an adapter, not its base", read_back("lora.gguf"))


def state_space():
    """A Mamba block: parameters without a layer of their own, a convolution over time."""
    writer = gguf.GGUFWriter(FOLDER / "mamba.gguf", "mamba")
    writer.add_embedding_length(16)
    writer.add_layer_norm_rms_eps(1e-5)
    shapes = {
        "token_embd.weight": (VOCABULARY, 16), "blk.0.ssm_in.weight": (64, 16), "blk.0.ssm_conv1d.weight": (32, 4),
        "blk.0.ssm_conv1d.bias": (32,), "blk.0.ssm_a": (32, 8), "blk.0.ssm_d": (32,), "blk.0.ssm_out.weight": (16, 32),
    }  # fmt: skip
    add(writer, shapes, Type.F32)
    finish(writer)
    return case("mamba.gguf", "parameters outside layers", read_back("mamba.gguf"))


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    frequencies = {"rope_freqs.weight": (8,)}
    formats_truth.write("gguf", [
        decoder("llama-f32.gguf", "a decoder in 32 bits", Type.F32, FileType.ALL_F32),
        decoder("llama-bf16.gguf", "a decoder in 16 bits", Type.BF16, FileType.MOSTLY_BF16),
        decoder("llama-q4_0.gguf", "blocks of 32 with a scale inside", Type.Q4_0, FileType.MOSTLY_Q4_0),
        decoder("llama-q5_1.gguf", "blocks of 32 with scale and minimum", Type.Q5_1, FileType.MOSTLY_Q5_1),
        decoder("llama-q8_0.gguf", "blocks of 32 in 8 bits", Type.Q8_0, FileType.MOSTLY_Q8_0),
        decoder("llama-tq2_0.gguf", "ternary blocks of 256", Type.TQ2_0, FileType.MOSTLY_TQ2_0, hidden=256, width=256),
        decoder("tied-f16.gguf", "no output layer: the embedding once more", Type.F16, tied=True),
        decoder("qwen-biases.gguf", "biases in the projections", Type.F16, biases=True),
        decoder("experts-q8_0.gguf", "experts in one tensor a projection", Type.Q8_0, experts=4),
        decoder("rope-frequencies.gguf", "a table of frequencies is no parameter", Type.F16, extra=frequencies),
        decoder("big-endian.gguf", "the other byte order", Type.F16, endianess=gguf.GGUFEndian.BIG),
        *split(),
        encoder(),
        adapter(),
        state_space(),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
