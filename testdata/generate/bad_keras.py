"""Wrong input that takes Keras to make."""

import truth

FILES = {"keras/weights-only.weights.h5": ("what `save_weights` writes: tensors without a network", None)}


def main():
    from keras_archives import fresh_network  # here, so that the manifest reads the table without Keras

    for name in FILES:
        fresh_network().save_weights(truth.TESTDATA / "bad" / name)


if __name__ == "__main__":
    main()
