"""The worked examples, as Keras 3 configurations."""

from keras_truth import save  # before keras: it names the backend

from keras import Input, Sequential, layers


def dense_chain(inputs, *units):
    return Sequential([Input([inputs]), *(layers.Dense(n) for n in units)])


def conv(inputs, filters):
    return Sequential([Input([8, 8, inputs]), layers.Conv2D(filters, 2)])


def bigru_lstm():
    gru = layers.GRU(5, return_sequences=True, reset_after=False)
    return Sequential([Input([None, 8]), layers.Bidirectional(gru), layers.LSTM(50)])


CASES = {
    "ffnn-3-5-2": ("(3 × 5 + 5 × 2) + (5 + 2) = 32", lambda: dense_chain(3, 5, 2)),
    "ffnn-50-100-1-100-50": ("a narrow middle: 10,451", lambda: dense_chain(50, 100, 1, 100, 50)),
    "lstm-2-3": ("4 × [2(2 + 3) + 2] = 48", lambda: Sequential([Input([None, 3]), layers.LSTM(2)])),
    "bigru-lstm": ("one bias a gate: 2 × 3 × [5(5 + 8) + 5] + 4 × [50(50 + 10) + 50] = 12,620", bigru_lstm),
    "conv-1-3": ("[1 × (2 × 2) × 3] + 3 = 15", lambda: conv(1, 3)),
    "conv-3-1": ("[3 × (2 × 2) × 1] + 1 = 13", lambda: conv(3, 1)),
    "conv-2-3": ("[2 × (2 × 2) × 3] + 3 = 27", lambda: conv(2, 3)),
}

if __name__ == "__main__":
    for case, (shows, build) in CASES.items():
        save(case, shows, build, "keras_worked.py")
