#!/bin/sh
# Makes all test data anew, in throw-away environments under the folder given (default: a temporary one).
set -eu
cd "$(dirname "$0")"
environments=${1:-$(mktemp -d)}

run() { # environment, then scripts without .py
    environment=$environments/$1
    if [ ! -d "$environment" ]; then
        version=$(sed -n '1s/# Python \([0-9.]*[0-9]\).*/\1/p' "requirements-$1.txt")
        "python$version" -m venv "$environment"
        "$environment/bin/pip" install --quiet --requirement "requirements-$1.txt"
    fi
    shift
    for script; do
        echo "$script.py"
        "$environment/bin/python" "$script.py"
    done
}

run keras keras_worked keras_applications keras_layers keras_archives keras_custom bad_keras
run keras1 keras1
run keras2-first keras2_first
run keras2-early keras2_early
run keras2 keras2
run keras-hub keras_backbones
run tflite formats_tflite written_tflite
run torch formats_safetensors formats_gguf
run sklearn onnx_sklearn
run paddle onnx_paddle
run torch torch_worked torch_models torch_layers onnx_edited onnx_quantized onnx_optimized onnx_simplified onnx_shapes onnx_custom bad_bytes bad_configs bad_models manifest
run onnxruntime written_onnx
