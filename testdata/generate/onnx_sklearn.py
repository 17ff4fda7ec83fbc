"""Models that scikit-learn fitted, as skl2onnx writes them: what their estimators hold is what counts.

Coefficients and intercepts of linear models and of networks are parameters. Scales, calibrations, thresholds and
statistics of the data stand beside them and are none.
"""

import numpy as np
import onnx
import skl2onnx
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import truth

FOLDER = truth.TESTDATA / "onnx"
RANDOM = np.random.default_rng(1)
DATA = RANDOM.standard_normal((60, 4)).astype(np.float32)
LINE = DATA @ np.arange(1, 5) + RANDOM.standard_normal(60)
TWO = (LINE > 0).astype(int)
THREE = TWO + (DATA[:, 0] > 1)


def linear(path):
    """A linear model as one layer."""
    return lambda model: [(path, [model.coef_, *([model.intercept_] if model.fit_intercept else [])])]


def network(model):
    """A perceptron as one layer for each of its matrices."""
    paths = ["MatMul"] + [f"MatMul{index}" for index in range(1, len(model.coefs_))]
    return [(path, list(weights)) for path, *weights in zip(paths, model.coefs_, model.intercepts_)]


def calibrated(model):
    """The estimators of the folds."""
    paths = ["LinearClassifier", "LinearClassifier1"]
    folds = [fold.estimator for fold in model.calibrated_classifiers_]
    return [layer for path, fold in zip(paths, folds, strict=True) for layer in linear(path)(fold)]


def in_order(model):
    """The exporter takes versions of domains out of a set."""
    model.opset_import.sort(key=lambda version: version.domain)
    for node in model.graph.node:
        node.attribute.sort(key=lambda attribute: attribute.name)
    return model


def save(case, shows, model, target, layers, inputs=DATA):
    model.fit(DATA, target)
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    onnx.save(in_order(skl2onnx.to_onnx(model, inputs[:1], name=case)), FOLDER / f"{case}.onnx")
    counts = [(path, sum(np.asarray(weight).size for weight in weights)) for path, weights in layers(last)]
    found = [
        {"path": path, "type": type(last).__name__, "parameters": count, "trainable": count, "non_trainable": 0}
        for path, count in counts
    ]
    record = {
        "made_by": "onnx_sklearn.py",
        "framework": f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}",
        "shows": shows,
        **truth.totals(found),
        "layers": found,
    }
    truth.write(FOLDER / f"{case}.onnx", record)


if __name__ == "__main__":
    folds = CalibratedClassifierCV(LogisticRegression(), cv=2, method="isotonic")
    forest = RandomForestClassifier(2, max_depth=2, random_state=1)
    scaled = make_pipeline(MinMaxScaler(), MLPClassifier((5,), max_iter=20, random_state=1))
    standard = make_pipeline(StandardScaler(), PoissonRegressor())
    save("fitted-two-classes", "one row of coefficients is said twice", LogisticRegression(), TWO, linear("LinearClassifier"))
    save("fitted-two-classes-matrix", "the same by a matrix of doubles", LogisticRegression(), TWO, linear("MatMul"), DATA.astype(float))
    save("fitted-no-intercept", "an intercept of zero is made up", Ridge(fit_intercept=False), LINE, linear("LinearRegressor"))
    save("fitted-network", "the scales of its inputs are no parameters", scaled, THREE, network)
    save("fitted-vector", "a vector times the inputs, one bias", standard, np.abs(LINE), linear("Ma_MatMul"), DATA.astype(float))
    save("fitted-calibration", "steps of a calibration are no parameters", folds, TWO, calibrated)
    save("fitted-forest", "thresholds of trees are no parameters", forest, TWO, lambda _: [])
