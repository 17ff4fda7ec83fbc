"""Small Keras 3 networks, one idea each."""

from keras_truth import save  # before keras: it names the backend

import keras
from keras import Input, Model, Sequential, layers

CASES = {}


def case(name, shows):
    """Enter a function that builds a network into the table."""

    def enter(build):
        CASES[name] = (shows, build)
        return build

    return enter


# How a model is put together


@case("two-inputs-concatenate", "two inputs meet in a Concatenate")
def two_inputs():
    image, extra = Input([16, 16, 3], name="image"), Input([5], name="extra")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(image))
    return Model([image, extra], layers.Dense(2, name="score")(layers.Concatenate()([x, extra])))


@case("two-outputs", "one trunk, two heads, given as a dict")
def two_outputs():
    x = Input([8])
    trunk = layers.Dense(6, activation="relu", name="trunk")(x)
    heads = {"kind": layers.Dense(3, name="kind")(trunk), "size": layers.Dense(1, name="size")(trunk)}
    return Model(x, heads)


@case("nested-models", "a Functional and a Sequential inside a Functional")
def nested_models():
    x = Input([8])
    code = layers.Dense(3, name="code")(layers.Dense(5, name="hidden")(x))
    encoder = Model(x, code, name="encoder")
    decoder = Sequential([Input([3]), layers.Dense(5), layers.Dense(8)], name="decoder")
    x = Input([8])
    return Model(x, decoder(encoder(x)), name="autoencoder")


@case("nested-shared-encoder", "one nested model called on two inputs counts once")
def nested_shared_encoder():
    tower = Sequential([Input([8]), layers.Dense(4, activation="tanh")], name="tower")
    left, right = Input([8], name="left"), Input([8], name="right")
    return Model([left, right], layers.Dot(axes=1)([tower(left), tower(right)]))


@case("shared-dense", "one Dense called twice counts once")
def shared_dense():
    left, right = Input([7], name="left"), Input([7], name="right")
    dense = layers.Dense(3, name="shared")
    return Model([left, right], layers.Subtract()([dense(left), dense(right)]))


@case("operations", "arithmetic on tensors, slices and keras.ops between layers")
def operations():
    x = Input([6, 4])
    y = layers.Dense(8)(x[:, 0] * 2.0 + 1.0)
    y = keras.ops.reshape(y, [-1, 2, 4])
    return Model(x, layers.Dense(1)(keras.ops.mean(y, axis=1)))


@case("operations-uneven", "parts that are not equal, sums along all values, flags that are numbers")
def operations_uneven():
    x = Input([5, 3])
    parts = keras.ops.array_split(x, 2, axis=1)
    rest = keras.ops.diff(x, n=2, axis=-2)
    kept = keras.ops.mean(x, axis=1, keepdims=1)
    dense = [layers.EinsumDense("abc,bd->adc", output_shape=[4, 3])(part) for part in (*parts, rest, kept)]
    return Model(x, [*dense, keras.ops.cumsum(x), keras.ops.cumsum(x, axis=1)])


@case("frozen-layer", "trainable: false on one layer")
def frozen_layer():
    return Sequential([Input([4]), layers.Dense(8, trainable=False, name="frozen"), layers.Dense(2, name="head")])


@case("frozen-encoder", "a frozen nested model with a batch normalization, under a head")
def frozen_encoder():
    normalized = [layers.Dense(5), layers.BatchNormalization()]
    encoder = Sequential([Input([8]), *normalized], name="encoder")
    encoder.trainable = False
    return Sequential([Input([8]), encoder, layers.Dense(2, name="head")])


# What a layer counts


@case("convolutions", "1, 2 and 3 dimensions, strides, dilation, groups, no bias")
def convolutions():
    line, image, volume = Input([20, 3]), Input([12, 12, 4]), Input([6, 6, 6, 2])
    outputs = [
        layers.Conv1D(5, 3, padding="causal")(line),
        layers.Conv2D(6, (3, 2), strides=2, padding="same")(image),
        layers.Conv2D(8, 3, groups=2, use_bias=False)(image),
        layers.Conv2D(2, 3, dilation_rate=2)(image),
        layers.Conv3D(3, 2)(volume),
    ]
    return Model([line, image, volume], outputs)


@case("depthwise-separable", "depthwise and separable convolutions with depth multipliers")
def depthwise_separable():
    x = Input([12, 12, 3])
    y = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
    return Model(x, layers.SeparableConv2D(5, 3, depth_multiplier=2, use_bias=False)(y))


@case("transposed-convolution", "Conv2DTranspose: the kernel has outputs before inputs")
def transposed_convolution():
    return Sequential([Input([7, 7, 4]), layers.Conv2DTranspose(3, 3, strides=2, padding="same")])


@case("channels-first", "data_format: channels_first, in the convolution, its pooling and its normalization")
def channels_first():
    first = {"data_format": "channels_first"}
    chain = [layers.Conv2D(4, 3, **first), layers.BatchNormalization(axis=1), layers.MaxPooling2D(**first)]
    return Sequential([Input([3, 10, 10]), *chain, layers.Flatten(), layers.Dense(2)])


@case("conv-lstm", "a recurrent cell that convolves")
def conv_lstm():
    return Sequential([Input([5, 8, 8, 2]), layers.ConvLSTM2D(3, 3)])


@case("embedding-gru", "an embedding table, then a GRU with its second bias (reset_after)")
def embedding_gru():
    return Sequential([Input([None], dtype="int32"), layers.Embedding(100, 6), layers.GRU(4), layers.Dense(1)])


@case("simple-rnn", "one gate")
def simple_rnn():
    first = layers.SimpleRNN(4, return_sequences=True)
    return Sequential([Input([None, 3]), first, layers.SimpleRNN(2, use_bias=False)])


@case("stacked-cells", "an RNN over a list of different cells")
def stacked_cells():
    cells = [layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(2)]
    return Sequential([Input([None, 5]), layers.RNN(cells)])


@case("bidirectional-merges", "concat doubles the width, sum keeps it, and the layer behind feels it")
def bidirectional_merges():
    x = Input([None, 3])
    concat = layers.Bidirectional(layers.LSTM(4), merge_mode="concat", name="concat")(x)
    added = layers.Bidirectional(layers.LSTM(4), merge_mode="sum", name="sum")(x)
    return Model(x, [layers.Dense(2, name="behind_concat")(concat), layers.Dense(2, name="behind_sum")(added)])


@case("time-distributed", "a Dense applied at each step counts once")
def time_distributed():
    return Sequential([Input([10, 6]), layers.TimeDistributed(layers.Dense(3))])


@case("attention", "multi-head attention over itself and over another sequence; attentions with a scale")
def attention():
    query, memory = Input([5, 12], name="query"), Input([7, 12], name="memory")
    x = layers.MultiHeadAttention(3, key_dim=4, name="over_itself")(query, query)
    x = layers.MultiHeadAttention(2, key_dim=5, value_dim=6, use_bias=False, name="over_memory")(x, memory)
    x = layers.GroupQueryAttention(4, 4, 2, name="grouped")(x, x)
    scaled = layers.Attention(use_scale=True, name="scaled")([x, memory])
    return Model([query, memory], layers.AdditiveAttention(name="additive")([scaled, memory]))


@case("normalizations", "batch, layer, group, RMS and unit normalization, with and without their vectors")
def normalizations():
    options = {"center": False, "scale": False}
    zoo = [
        layers.BatchNormalization(name="batch"),
        layers.BatchNormalization(name="batch_bare", **options),
        layers.LayerNormalization(name="layer"),
        layers.LayerNormalization(axis=[1, 2], name="layer_two_axes"),
        layers.LayerNormalization(center=False, name="layer_no_beta"),
        layers.GroupNormalization(2, name="group"),
        layers.RMSNormalization(name="rms"),
        layers.UnitNormalization(name="unit"),
    ]
    return Sequential([Input([5, 6]), *zoo])


@case("input-normalization", "Normalization keeps mean, variance and a count that no gradient changes")
def input_normalization():
    return Sequential([Input([4]), layers.Normalization(), layers.Dense(2)])


@case("prelu", "one slope an element, and one a channel")
def prelu():
    return Sequential([Input([6, 6, 3]), layers.PReLU(name="each"), layers.PReLU(shared_axes=[1, 2], name="channel")])


@case("einsum-dense", "a kernel whose shape stands in an equation")
def einsum_dense():
    heads = layers.EinsumDense("abc,cde->abde", output_shape=[None, 2, 3], bias_axes="de")
    return Sequential([Input([5, 8]), heads])


@case("einsum-elided", "an ellipsis, and an output shape that states what it stands for as well")
def einsum_elided():
    x = Input([4, 4])
    one = layers.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y", name="one")(x)
    all_of_it = layers.EinsumDense("...x,xy->...y", output_shape=[4, 3], bias_axes="y", name="all_of_it")(x)
    return Model(x, [one, all_of_it])


@case("augmentations", "every argument of every layer that augments images")
def augmentations():
    chain = [
        layers.RandomColorJitter(
            brightness_factor=0.1, contrast_factor=0.1, saturation_factor=0.2, hue_factor=0.1, value_range=(0, 1)
        ),
        layers.RandomGaussianBlur(factor=0.5, kernel_size=5, sigma=0.5),
        layers.RandAugment(num_ops=3, factor=0.3),
        layers.RandomErasing(factor=0.5, scale=(0.1, 0.2)),
        layers.AugMix(num_chains=2, chain_depth=2, alpha=0.5),
        layers.RandomElasticTransform(factor=0.5, scale=0.5),
        layers.Conv2D(2, 3),
    ]
    return Sequential([Input([8, 8, 3]), *chain])


@case("spectral-normalization", "a wrapper with a vector of its own that is not trained")
def spectral_normalization():
    return Sequential([Input([8, 8, 3]), layers.SpectralNormalization(layers.Conv2D(4, 3))])


@case("weightless", "layers that only shape, pick, drop or bend")
def weightless():
    chain = [
        layers.ZeroPadding2D(1),
        layers.Cropping2D(((1, 0), (0, 1))),
        layers.MaxPooling2D(2, padding="same"),
        layers.UpSampling2D(2),
        layers.AveragePooling2D(3, strides=2),
        layers.LeakyReLU(),
        layers.Dropout(0.5),
        layers.GaussianNoise(0.1),
        layers.Permute([3, 1, 2]),
        layers.Reshape([3, -1]),
        layers.GlobalMaxPooling1D(),
        layers.RepeatVector(4),
        layers.Flatten(),
        layers.Softmax(),
    ]
    return Sequential([Input([11, 11, 3]), *chain])


@case("lora", "a low-rank adapter freezes the kernel under it")
def lora():
    model = Sequential([Input([8]), layers.Dense(6, name="adapted"), layers.Dense(2, name="head")])
    model.get_layer("adapted").enable_lora(2)
    return model


@case("quantized-policies", "policies of whole numbers, with and without a scale for each block of inputs")
def quantized_policies():
    from keras.quantizers import Int4QuantizationConfig

    plain = layers.Dense(6, dtype="int4_from_float32")
    blocks = layers.EinsumDense("abc,cd->abd", output_shape=[None, 7], bias_axes="d", name="blocks")
    model = Sequential([Input([5, 10]), plain, layers.Dense(8, dtype="int8_from_float32"), blocks])
    blocks.quantize("int4", config=Int4QuantizationConfig(block_size=4))
    return model


@case("float8-lora", "an adapter under a kernel in 8-bit floats")
def float8_lora():
    head = layers.EinsumDense("abc,cd->abd", output_shape=[None, 7], bias_axes="d", lora_rank=2, name="head")
    model = Sequential([Input([5, 8]), layers.Dense(6, lora_rank=2), head])
    model.quantize("float8")
    return model


@case("quantized-attention", "policies that attention hands on to its dense layers; a packed table for the way back")
def quantized_attention():
    words, images = Input([6], dtype="int32", name="words"), Input([5, 12], name="images")
    policies = ["int8_from_float32", "int4/8_from_float32", "float8_from_float32"]
    table = layers.ReversibleEmbedding(20, 11, tie_weights=False, dtype=policies[1])
    x = layers.MultiHeadAttention(3, 4, value_dim=5, output_shape=7, use_gate=True, dtype=policies[0])(table(words), images)
    x = layers.MultiHeadAttention(2, 5, use_bias=False, dtype=policies[1])(x, images, images)
    return Model([words, images], layers.GroupQueryAttention(4, 6, 2, dtype=policies[2])(x, x))


# What stays open


@case("unknown-width", "no sizes of the image: the count is known, the shapes are not")
def unknown_width():
    chain = [layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    return Sequential([Input([None, None, 3]), *chain])


@case("unbuilt", "no input shape: what the Dense layers weigh is not in the file")
def unbuilt():
    return Sequential([layers.Dense(5, activation="relu"), layers.ReLU(), layers.Dense(2)])


if __name__ == "__main__":
    for name, (shows, build) in CASES.items():
        save(name, shows, build, "keras_layers.py")
