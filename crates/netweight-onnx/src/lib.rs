//! ONNX graphs read into the layer model
