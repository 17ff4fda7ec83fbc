"""One small network in the archives that Keras saves: `.keras` (a zip) and the older `.h5`."""

import keras_truth as oracle  # before keras: it names the backend
import truth

import keras
from keras import Input, Sequential, layers


def fresh_network():
    """Convolution, normalization, recurrence: a file has to name every part."""
    chain = [
        layers.Conv1D(4, 3, name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Bidirectional(layers.GRU(3), name="gru"),
        layers.Dense(2, name="head"),
    ]
    return Sequential([Input([20, 5], name="input"), *chain], name="small")


def every_kind():
    """Layers under the names that Keras gives them, which are all that weights alone keep."""
    words, picture = Input([6], dtype="int32"), Input([8, 8, 3])
    x = layers.Conv2D(4, 3, use_bias=False)(picture)
    x = layers.BatchNormalization()(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
    x = layers.SeparableConv2D(5, 2)(x)
    x = layers.Conv2DTranspose(3, 2)(x)
    x = layers.GroupNormalization(3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    y = layers.Embedding(11, 8)(words)
    y = layers.MultiHeadAttention(2, 5, value_dim=3)(y, y)
    y = layers.LayerNormalization()(y)
    y = layers.TimeDistributed(layers.Dense(7))(y)
    y = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(y)
    y = layers.RNN(layers.StackedRNNCells([layers.GRUCell(3), layers.SimpleRNNCell(2)]))(y)
    return keras.Model([words, picture], layers.Dense(2)(layers.Concatenate()([x, y])))


def wrapped():
    """Layers in layers, in a model in a model, behind operations; one frozen, and not what it holds."""
    sound = Input([40], name="sound")
    x = layers.MelSpectrogram(fft_length=8, sequence_stride=4, num_mel_bins=5, sampling_rate=100, max_freq=40.0)(sound)
    x = keras.ops.transpose(x, [0, 2, 1])
    frame = Sequential([Input([5]), layers.Dense(4, name="inner"), layers.ReLU()], name="frame")
    line = Input([11, 5])
    steps = layers.TimeDistributed(frame, name="steps")(line)
    steps = keras.ops.diff(steps, axis=1) + 1.0
    x = keras.Model(line, steps, name="lines")(x)
    x = layers.TimeDistributed(layers.SpectralNormalization(layers.Dense(3, name="bounded")), name="bounds")(x)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True), trainable=False, name="both")(x)
    x = layers.RNN(layers.LSTMCell(2), trainable=False, name="cell")(x)
    return keras.Model(sound, x, name="wrapped")


def weightless():
    return Sequential([Input([3, 2]), layers.Flatten(), layers.Dropout(0.5)], name="weightless")


def save(case, build, shows, ending):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build()
    file = oracle.FOLDER / f"{case}{ending}"
    model.save_weights(file) if ending == ".weights.h5" else model.save(file)
    if ending == ".keras":
        truth.timeless(file)
    truth.write(file, oracle.describe(model, shows, "keras_archives.py"))


@keras.saving.register_keras_serializable("own")
class Block(layers.Layer):
    """A layer of a class of its own, whose parts are told by their groups and their names."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.conv = layers.Conv1D(width, 3, padding="same")
        self.bn = layers.BatchNormalization()
        self.more = [layers.BatchNormalization(scale=False, name="first"), layers.LayerNormalization()]
        self.features = layers.Normalization()
        self.bounded = layers.SpectralNormalization(layers.Dense(width))

    def build(self, shape):
        self.conv.build(shape)
        inner = (*shape[:-1], self.width)
        for part in (self.bn, *self.more, self.features, self.bounded):
            part.build(inner)
        self.scale = self.add_weight(shape=[self.width], name="scale")

    def call(self, x):
        x = self.features(self.bn(self.conv(x)))
        for part in self.more:
            x = part(x)
        return self.bounded(x) * self.scale

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.width)

    def get_config(self):
        return super().get_config() | {"width": self.width}


def own_layers():
    x = Input([9, 3])
    y = layers.TimeDistributed(layers.Dense(4), name="steps")(Block(4, name="top")(x))
    nested = keras.Model(x, y, name="nested")
    frames = Input([2, 9, 3], name="frames")
    y = layers.TimeDistributed(Block(2, name="inner"), name="each")(frames)
    z = Input([9, 3], name="line")
    return keras.Model([frames, z], [y, layers.Dense(2, name="head")(nested(z))], name="own_layers")


class Tagger(keras.Model):
    """A model of a class of its own: what a config says of it are the constructor's arguments."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.wide = layers.Dense(width)
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(2)

    def call(self, x):
        return self.head(self.norm(self.wide(x)))

    def get_config(self):
        return super().get_config() | {"width": self.width}


def save_own_class():
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = Tagger(5, name="tagger")
    model(keras.ops.zeros([1, 4]))
    file = oracle.FOLDER / "own-class.keras"
    model.save(file)
    truth.timeless(file)
    rows = [oracle.layer_record(layer.name, layer) for layer in (model.wide, model.norm, model.head)]
    head = {"made_by": "keras_archives.py", "framework": oracle.FRAMEWORK, "name": model.name}
    head["shows"] = "a model of a class of its own, whose layers are known by their weights alone"
    truth.write(file, {**head, **truth.totals(rows), "layers": rows})


if __name__ == "__main__":
    save("archive", fresh_network, "configuration and weights in a zip", ".keras")
    save("archive-legacy", fresh_network, "configuration and weights in HDF5", ".h5")
    save("weights-alone", every_kind, "weights without a configuration", ".weights.h5")
    save_own_class()
    oracle.save("wrapped", "layers in layers: what they hold says whether it is trained", wrapped, "keras_archives.py")
    save("wrapped-stored", wrapped, "layers in layers, a kernel stored twice", ".keras")
    save("wrapped-legacy", wrapped, "layers in layers, and operations without their modules", ".h5")
    save("weights-of-none", weightless, "weights of layers that have none", ".weights.h5")
    save("own-layers", own_layers, "layers of a class of their own, with statistics inside", ".keras")
    save("own-layers-legacy", own_layers, "the same in HDF5", ".h5")
