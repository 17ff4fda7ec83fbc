"""Networks that everyone knows, as Keras Applications build them (untrained: only the configuration is kept)."""

from keras_truth import save  # before keras: it names the backend

from keras import applications

CASES = {
    "resnet50": ("residual additions, batch normalization: 53,120 not trainable", applications.ResNet50),
    "vgg16": ("a plain chain of large layers", applications.VGG16),
    "mobilenet-v2": ("depthwise convolutions without bias", applications.MobileNetV2),
    "efficientnet-b0": ("normalization and rescaling inside, squeeze and excitation", applications.EfficientNetB0),
}

if __name__ == "__main__":
    for case, (shows, build) in CASES.items():
        save(case, shows, lambda: build(weights=None), "keras_applications.py")
