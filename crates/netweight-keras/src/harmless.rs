//! Arguments that change neither what a layer weighs nor its shape, and those that a class'
//! own function reads.

/// Whether an argument is known to need no key in the row of its class.
pub(crate) fn is_harmless(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending)) || HARMLESS.binary_search(&name).is_ok()
}

static ENDINGS: &[&str] = &["_initializer", "_regularizer", "_constraint", "_init", "_quantizer"];

#[rustfmt::skip]
static HARMLESS: &[&str] = &[
    "activation", "addition_factor", "adjustment", "all_ops", "alpha", "antialias", "arguments",
    "atrous_rate", "attention_axes", "axes", "axis", "backward_layer", "batch_input_shape",
    "batch_shape", "beta_fast", "beta_slow", "bias", "bin_boundaries", "bins", "border_mode",
    "bounding_box_format", "brightness_factor", "causal", "cell", "cells", "center", "chain_depth",
    "clip_limit", "concat_axis", "consume_less", "contrast_factor", "crop_to_aspect_ratio",
    "cropping", "data_format", "dim_ordering", "dnn_model", "dot_axes", "dropout", "dropout_U",
    "dropout_W", "dtype", "encoding", "epsilon", "expand_dims", "factor", "fft_length", "fill_mode",
    "fill_value", "frame_step", "function", "function_type", "fused", "go_backwards", "groups",
    "height", "height_factor", "hue_factor", "idf_weights", "implementation", "init",
    "inner_activation", "input_dim", "input_dtype", "input_length", "input_shape", "interpolation",
    "invert", "kernel_dim1", "kernel_dim2", "kernel_dim3", "kernel_size", "key_shape", "l1", "l2",
    "layer", "layers", "linear_model", "logit_soft_cap", "lora_alpha", "mag_exp", "mask_token",
    "mask_value", "mask_zero", "max_freq", "max_number", "max_tokens", "max_value",
    "max_wavelength", "mean", "merge_mode", "min_freq", "min_power", "mode", "mode_type", "module",
    "momentum", "name", "nb_col", "nb_row", "negative_slope", "ngrams", "noise_shape", "normalize",
    "num_bins", "num_chains", "num_oov_indices", "num_ops", "num_tokens", "offset", "oov_method",
    "oov_token", "optional", "output_mask", "output_mask_type", "output_mode", "output_padding",
    "output_sequence_length", "output_shape", "output_shape_module", "output_shape_type", "p",
    "pad_to_aspect_ratio", "pad_to_max_tokens", "padding", "periodic", "power_iterations",
    "power_to_db", "quantization_config", "query_shape", "ragged", "rate", "recurrent_activation",
    "recurrent_dropout", "ref_power", "renorm_clipping", "renorm_momentum", "reset_after",
    "reverse_dtype", "rms_scaling", "salt", "sampling_rate", "saturation_factor", "scale",
    "scaling", "score_mode", "seed", "sequence_length", "sigma", "sliding_window", "sparse",
    "split", "standardize", "stateful", "stddev", "supports_masking", "synchronized", "theta",
    "threshold", "threshold_factor", "tile_grid_size", "time_distributed", "time_major", "top_db",
    "trainable", "unit_forget_bias", "unroll", "value_range", "value_shape", "variance",
    "virtual_batch_size", "vocabulary", "vocabulary_dtype", "vocabulary_size", "weights", "width",
    "width_factor", "window", "x_factor", "y_factor", "zero_output_for_mask",
];

#[cfg(test)]
mod tests {
    #[test]
    fn harmless_arguments_are_sorted() {
        assert!(super::HARMLESS.is_sorted());
    }
}
