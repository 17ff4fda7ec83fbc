//! Hand-written YAML specs read into the layer model
