"""PyTorch modules as ONNX files, with what PyTorch itself counts in them and where the file holds it.

Every parameter gets random values, so that a tensor of the file can be told by its values,
whatever the exporter named it or did to it.
"""

import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

import truth

FRAMEWORK = f"torch {torch.__version__.split('+')[0]}"
FOLDER = truth.TESTDATA / "onnx"


def randomize(module):
    """Values as after a training: no two tensors alike, variances positive."""
    statistics = [(name, buffer) for name, buffer in module.named_buffers() if "running_" in name]
    for name, tensor in [*module.named_parameters(), *statistics]:
        values = torch.randn(tensor.shape) * 0.1
        tensor.data = values.abs() + 1 if name.endswith("running_var") else values
    return module


def export(module, inputs, file, dynamo=False, folding=True, dynamic_batch=False):
    """Write the ONNX file with the old (TorchScript) or the new (dynamo) exporter."""
    if dynamo:
        export_dynamo(module, inputs, file, dynamic_batch)
        return
    names = [f"input_{n}" for n in range(len(inputs))] if len(inputs) > 1 else ["input"]
    axes = {name: {0: "batch"} for name in [*names, "output"]} if dynamic_batch else None
    # With the training mode preserved, batch normalizations stay as they are.
    mode = torch.onnx.TrainingMode.EVAL if folding else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        module, inputs, file, dynamo=False, opset_version=17, input_names=names, output_names=["output"],
        do_constant_folding=folding, training=mode, dynamic_axes=axes,
    )  # fmt: skip


def export_dynamo(module, inputs, file, dynamic_batch):
    shapes = [{0: torch.export.Dim("batch")} for _ in inputs] if dynamic_batch else None
    torch.onnx.export(
        module, inputs, file, dynamo=True, external_data=False, verbose=False, output_names=["output"],
        dynamic_shapes=shapes,
    )  # fmt: skip
    proto = onnx.load(file)
    for node in proto.graph.node:
        drop_stack_trace(node.metadata_props)
    onnx.save(proto, file)


def drop_stack_trace(properties):
    """The exporter notes the paths of the machine that it ran on."""
    kept = [entry for entry in properties if "stack_trace" not in entry.key]
    del properties[:]
    properties.extend(kept)


def save(case, shows, script, module, inputs, counted=None, **options):
    """Write `case.onnx` and its truth. `counted` stands in for the module where the exporter rewrites it."""
    torch.manual_seed(1)
    module = randomize(module).eval()
    file = FOLDER / f"{case}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(module, inputs, str(file), **options)
    counted = counted(module) if counted else module
    record = describe(counted, inputs, file, shows, script, options)
    truth.write(file, record)


def describe(module, inputs, file, shows, script, options):
    """The truth record: layers as the module tree names them, tensors as the file does."""
    held = file_tensors(file)
    owners, constants = match(parameters_and_statistics(module), held)
    shapes = output_shapes(module, inputs, options.get("dynamic_batch"))
    seen = {}
    layers = [
        layer_record(path, layer, owners, shapes, seen)
        for path, layer in module.named_modules()
        if own_tensors(layer)
    ]
    return {
        "made_by": script,
        "framework": f"{FRAMEWORK}, onnx {onnx.__version__}",
        "exporter": "dynamo" if options.get("dynamo") else "torchscript",
        "shows": shows,
        **truth.totals(layers),
        "constants": [{"name": name, "shape": list(held[name].shape)} for name in constants],
        "layers": layers,
    }


def own_tensors(layer):
    """Parameters and running statistics held by the layer itself, not by its children."""
    own = [*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)]
    return [(name, tensor) for name, tensor in own if isinstance(tensor, nn.Parameter) or "running_" in name]


def parameters_and_statistics(module):
    return {
        (path, name): tensor.detach().numpy()
        for path, layer in module.named_modules()
        for name, tensor in own_tensors(layer)
    }


def layer_record(path, layer, owners, shapes, seen):
    """One module. A tensor that an earlier module holds already is not counted again."""
    fresh = {name: tensor for name, tensor in own_tensors(layer) if id(tensor) not in seen}
    shared = {seen[id(tensor)] for name, tensor in own_tensors(layer) if name not in fresh}
    seen.update({id(tensor): path for tensor in fresh.values()})
    trainable = sum(tensor.numel() for tensor in fresh.values() if tensor.requires_grad)
    count = sum(tensor.numel() for tensor in fresh.values())
    record = {
        "path": path,
        "type": type(layer).__name__,
        "parameters": count,
        "trainable": trainable,
        "non_trainable": count - trainable,
        "output_shape": shapes.get(path),
        "weights": [
            {"name": name, "shape": list(tensor.shape), "trainable": tensor.requires_grad,
             "tensors": owners[path, name]}
            for name, tensor in own_tensors(layer)
        ],
    }  # fmt: skip
    return record | ({"shared_with": shared.pop()} if shared else {})


def output_shapes(module, inputs, dynamic_batch):
    """The shape that each module gives, where it gives one tensor, and the same at each call."""
    shapes = {}

    def watch(path):
        def hook(_module, _inputs, output):
            shape = list(output.shape) if isinstance(output, torch.Tensor) else None
            if shape and dynamic_batch:
                shape[0] = "batch"
            shapes[path] = shape if shapes.get(path, shape) == shape else None

        return hook

    hooks = [layer.register_forward_hook(watch(path)) for path, layer in module.named_modules()]
    with torch.no_grad():
        module(*inputs)
    for hook in hooks:
        hook.remove()
    return shapes


def file_tensors(file):
    """Initializers and constant tensors of the main graph, by name."""
    graph = onnx.load(file).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            held |= {node.output[0]: numpy_helper.to_array(a.t) for a in node.attribute if a.name == "value"}
    return held


def match(sources, held):
    """Which tensors of the file hold each source tensor; and the names of those that hold none."""
    owners = {key: [] for key in sources}
    constants = []
    for name, tensor in held.items():
        keys = sources_of(name, tensor, sources) if tensor.dtype.kind == "f" else []
        for key in keys:
            owners[key].append(name)
        if not keys:
            constants.append(name)
    lost = [key for key, names in owners.items() if not names]
    assert not lost, f"not in the file: {lost}"
    return owners, constants


def sources_of(name, tensor, sources):
    """The source tensors that a tensor of the file holds: one, whole or permuted; a part of one; or several."""
    named = [key for key in sources if ".".join(filter(None, key)) == name]
    if named and alike(tensor, sources[named[0]]):
        return same_tensor(named[0], sources)
    whole = [key for key, source in sources.items() if alike(tensor, source)]
    if whole:
        return same_tensor(whole[0], sources)
    parts = [key for key, source in sources.items() if np.isin(source, tensor).all()]
    if parts and sum(sources[key].size for key in parts) == tensor.size:
        return parts
    if tensor.size > 1:
        return [key for key, source in sources.items() if np.isin(tensor, source).all()][:1]
    return []


def same_tensor(key, sources):
    """A tied tensor stands under several paths."""
    return [other for other in sources if np.array_equal(sources[other], sources[key])]


def alike(tensor, source):
    """The same values in any order: a reshaped or transposed copy, or one rounded by folding."""
    if tensor.size != source.size:
        return False
    return np.allclose(np.sort(tensor, None), np.sort(source, None), rtol=1e-5, atol=1e-7)
