"""Networks of a real shape, small enough to keep whole, with the weights in the file."""

import torch
import torchvision
from torch import nn
from torch.nn import functional

import torch_truth

SCRIPT = "torch_models.py"


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.output = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (
            part(x).reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """Token and position embeddings, two encoder blocks, a classifier."""

    def __init__(self, tokens=100, length=12, width=16, heads=2):
        super().__init__()
        self.token = nn.Embedding(tokens, width)
        self.position = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(2))
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, 3)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.token(tokens) + self.position(places)
        for block in self.blocks:
            x = block(x)
        return self.classifier(self.norm(x).mean(1))


class ConvNet(nn.Module):
    """A digit reader: two convolutions with batch normalization, two dense layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(16 * 7 * 7, 32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 10)
        )

    def forward(self, x):
        return self.classifier(self.features(x))


def folded(network):
    """Each batch normalization folded into its convolution, as PyTorch itself does it."""
    fuse = nn.utils.fusion.fuse_conv_bn_eval
    for n in (0, 4):
        convolution, normalization = network.features[n : n + 2]
        network.features[n] = fuse(convolution, normalization).requires_grad_()
        network.features[n + 1] = nn.Identity()
    return network


def main():
    tokens = torch.zeros(1, 12, dtype=torch.long)
    digit, photo = torch.zeros(1, 1, 28, 28), torch.zeros(1, 3, 224, 224)
    save = torch_truth.save
    mobilenet = torchvision.models.mobilenet_v2(width_mult=0.25, num_classes=10)
    save("mobilenet-v2-x0-25", "MobileNet V2 of a quarter width with 10 classes, batch normalizations kept", SCRIPT,
         mobilenet, (photo,), folding=False)  # fmt: skip
    shufflenet = torchvision.models.shufflenet_v2_x0_5(num_classes=10)
    save("shufflenet-v2-x0-5", "channels shuffled by computed shapes, batch normalizations kept", SCRIPT,
         shufflenet, (photo,), folding=False)  # fmt: skip
    save("transformer", "matrices renamed and turned, biases keep their names", SCRIPT, Transformer(), (tokens,))
    save("transformer-dynamo", "the same: metadata name every tensor", SCRIPT, Transformer(), (tokens,), dynamo=True)
    save("convnet", "batch normalizations kept, any number of images", SCRIPT, ConvNet(), (digit,),
         folding=False, dynamic_batch=True)  # fmt: skip
    save("convnet-folded", "batch normalizations folded: the convolutions hold all that is left", SCRIPT,
         ConvNet(), (digit,), counted=folded)  # fmt: skip
    save("convnet-folded-dynamo", "folded by the new exporter, any number of images", SCRIPT, ConvNet(), (digit,),
         counted=folded, dynamo=True, dynamic_batch=True)  # fmt: skip


if __name__ == "__main__":
    main()
