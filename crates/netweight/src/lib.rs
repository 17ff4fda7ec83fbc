//! What a model file weighs, layer by layer: the library to depend on
