"""Layers of a person's own, as Keras counts them: what a config says of them is their class and `get_config()`."""

import keras_truth as oracle  # before keras: it names the backend
import truth
from keras_archives import timeless

import keras
from keras import Input, Sequential, layers, ops

FOLDER = truth.TESTDATA / "rules"


@keras.saving.register_keras_serializable(package="shop")
class Gate(layers.Layer):
    """Two dense layers of which one opens the other: 2 × d × units, and biases if asked for."""

    def __init__(self, units, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias

    def build(self, shape):
        self.value = self.add_weight(name="value", shape=(shape[-1], self.units))
        self.gate = self.add_weight(name="gate", shape=(shape[-1], self.units))
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,))

    def call(self, x):
        opened = ops.matmul(x, self.value) * ops.sigmoid(ops.matmul(x, self.gate))
        return opened + self.bias if self.use_bias else opened

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)

    def get_config(self):
        return super().get_config() | {"units": self.units, "use_bias": self.use_bias}


class Positions(layers.Layer):
    """A learned vector for each step: t × d."""

    def build(self, shape):
        self.table = self.add_weight(name="table", shape=tuple(shape[1:]))

    def call(self, x):
        return x + self.table


class Wide(layers.Dense):
    """A dense layer whose config has other words."""

    def __init__(self, width, biased=True, **kwargs):
        super().__init__(width, use_bias=biased, **kwargs)

    def get_config(self):
        inherited = layers.Layer.get_config(self)
        return inherited | {"width": self.units, "biased": self.use_bias}


class Center(layers.Layer):
    """What a normalization measures, and one slope that is learned: d + 1."""

    def build(self, shape):
        self.mean = self.add_weight(name="mean", shape=(shape[-1],), trainable=False)
        self.slope = self.add_weight(name="slope", shape=())

    def call(self, x):
        return (x - self.mean) * self.slope


class Pool(layers.Layer):
    """Steps weighed and added: t, and a projection of d to `options["units"]`."""

    def __init__(self, options, **kwargs):
        super().__init__(**kwargs)
        self.options = options

    def build(self, shape):
        self.weighting = self.add_weight(name="weighting", shape=(shape[-2],))
        self.projection = self.add_weight(name="projection", shape=(shape[-1], self.options["units"]))

    def call(self, x):
        return ops.matmul(ops.einsum("btd,t->bd", x, self.weighting), self.projection)

    def get_config(self):
        return super().get_config() | {"options": self.options}


def model():
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    chain = [
        Positions(name="positions"),
        Gate(6, name="gate"),
        layers.TimeDistributed(Gate(4, use_bias=False), name="each_step"),
        Wide(5, name="wide"),
        Wide(5, biased=False, trainable=False, name="frozen"),
        Center(name="center"),
        Pool({"units": 3}, name="pool"),
        layers.Dense(2, name="head"),
    ]
    return Sequential([Input([7, 8], name="input"), *chain], name="custom")


if __name__ == "__main__":
    network = model()
    assert network.built
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "custom-layers.json").write_text(network.to_json())
    record = oracle.describe(network, "layer classes of a person's own, with a rules file", "keras_custom.py")
    truth.write(FOLDER / "custom-layers.json", record)
    archive = FOLDER / "custom-layers-stored.keras"
    network.save(archive)
    timeless(archive)
    truth.write(archive, record | {"shows": "the same with its weights"})
