//! Keras configs read into the layer model
