"""A configuration of the first Keras 2, whose wrappers have no say in what is trained."""

from keras1 import layers, save, Sequential  # as these classes were in Keras 1


def frozen_wrappers():
    chain = [
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), trainable=False, input_shape=(5, 6)),
        layers.TimeDistributed(layers.Dense(4), trainable=False),
        layers.TimeDistributed(layers.Dense(2, trainable=False)),
    ]
    return Sequential(chain)


if __name__ == "__main__":
    shows = "frozen wrappers, whose layers are trained, and a wrapper of a frozen layer"
    save("keras2-first-wrappers", shows, frozen_wrappers, made_by="keras2_first.py")
