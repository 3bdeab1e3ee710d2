"""The digits, the network and its training.

The network is a multilayer perceptron in NumPy with the article's five hyperparameters. Read
`train` first, then `forward`, `backward` and `sgd_step`, which it calls.
"""

import functools
import itertools
from dataclasses import dataclass

import numpy as np

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial.space import Float, Int, Space

SPACE = Space(
    learning_rate=Float(1e-4, 1.0, log=True),
    batch_size=Int(16, 256, log=True),
    dropout=Float(0.0, 0.6),
    n_layers=Int(1, 5),
    hidden_size=Int(32, 512, log=True),
)
HOURS_PER_TRAINING = 4  # the article's price of one evaluation; ours: docs/network.md

EPOCHS = 5  # docs/network.md says why
N_CLASSES = 10
N_VALIDATION = 60  # images of each digit: 600 in all
N_TEST = 40  # images of each digit: 400 in all; the remaining 797 train
GUESS = 1 / N_CLASSES  # the accuracy of guessing: both parts hold each digit equally often

# The data


@dataclass(frozen=True, eq=False)
class Images:
    """Hold images and what they show: `pixels` (n, 64), gray levels 0 to 16; `labels` (n,), 0-9."""

    pixels: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        self.pixels.setflags(write=False)  # one copy serves every training
        self.labels.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Digits:
    """Hold the three parts of the data set, each an `Images`."""

    train: Images
    validation: Images
    test: Images


@functools.cache
def digits() -> Digits:
    """Load scikit-learn's 1797 digits, split into 797 to train, 600 to validate and 400 to test.

    The split is one fixed permutation of the images: of each digit, the first 60 in that order
    validate, the next 40 test, the rest train. No seed of a training touches it.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, doi:10.24432/C50P49 (scikit-learn ships its test part).

    Raises:
        ImportError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits  # here, so that importing the course stays light
    except ImportError as error:
        raise _validate.missing_extra(error, "the course's network") from error

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    train, validation, test = [], [], []
    for digit in range(N_CLASSES):
        of_digit = order[labels[order] == digit]
        validation.extend(of_digit[:N_VALIDATION])
        test.extend(of_digit[N_VALIDATION : N_VALIDATION + N_TEST])
        train.extend(of_digit[N_VALIDATION + N_TEST :])
    return Digits(*(Images(pixels[part], labels[part]) for part in (train, validation, test)))


# The network


@dataclass(frozen=True, eq=False)
class Network:
    """Hold the weights of a multilayer perceptron with L hidden layers.

    Attributes:
        weights: L + 1 matrices, shapes (64, hidden), (hidden, hidden), ..., (hidden, 10).
        biases: L + 1 vectors, shapes (hidden,), ..., (10,).
    """

    weights: tuple
    biases: tuple

    @property
    def finite(self) -> bool:
        """Whether no weight and no bias has become infinite or NaN."""
        return all(np.isfinite(array).all() for array in (*self.weights, *self.biases))

    def accuracy(self, images: Images) -> float:
        """Return the share of `images` whose digit gets the largest logit; dropout is off.

        A network that has diverged (a weight or a logit is infinite or NaN) scores as guessing:
        `GUESS`, 1/10.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            logits = forward(self, images.pixels, no_dropout(self))[-1]
        if not (self.finite and np.isfinite(logits).all()):
            return GUESS
        return float(np.mean(logits.argmax(axis=1) == images.labels))


def initialize(sizes: list[int], rng: np.random.Generator) -> Network:
    """Draw a network for layers of the given sizes: weights from N(0, 2 / inputs), biases zero.

    Args:
        sizes: units of each layer from the pixels to the digits, such as [64, 256, 256, 10].

    Source: He et al. 2015, arXiv:1502.01852, eq. 10: with ReLU, this variance keeps the size of
    the activations the same from layer to layer.
    """
    shapes = list(itertools.pairwise(sizes))
    weights = tuple(rng.normal(0.0, np.sqrt(2 / shape[0]), shape) for shape in shapes)
    return Network(weights, biases=tuple(np.zeros(columns) for _, columns in shapes))


def draw_dropout(network: Network, dropout: float, n: int, rng: np.random.Generator) -> list:
    """Draw which hidden units each of `n` images keeps: a mask of shape (n, hidden) for each layer.

    A unit is dropped (0) with probability `dropout` and otherwise scaled by 1 / (1 - dropout), so
    that each activation keeps its mean and nothing has to change when dropout is off ("inverted").

    Source: Srivastava et al. 2014, Journal of Machine Learning Research 15, sections 4 and 10.
    """
    if dropout == 0:
        return no_dropout(network)
    keep = 1 - dropout
    return [(rng.random((n, len(bias))) < keep) / keep for bias in network.biases[:-1]]


def no_dropout(network: Network) -> list:
    """Return the masks that leave every hidden unit as it is."""
    return [1.0] * len(network.biases[:-1])


def forward(network: Network, pixels: np.ndarray, masks: list) -> list[np.ndarray]:
    """Compute every layer's activations: hidden = ReLU(inputs W + b) * mask, logits = hidden W + b.

    Args:
        pixels: shape (n, 64). masks: one for each hidden layer, shape (n, hidden) or 1.

    Returns:
        L + 2 arrays: the pixels, the hidden activations (n, hidden), the logits (n, 10).
    """
    activations = [pixels]
    for weight, bias, mask in zip(network.weights[:-1], network.biases[:-1], masks, strict=True):
        activations.append(np.maximum(activations[-1] @ weight + bias, 0) * mask)
    activations.append(activations[-1] @ network.weights[-1] + network.biases[-1])
    return activations


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn each row of logits (n, k) into probabilities, exp(logit) / sum of exp(logits)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))  # the shift cancels out
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def backward(
    network: Network, activations: list[np.ndarray], masks: list, labels: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Compute the gradient of the mean cross-entropy, -mean(log softmax(logits)[label]).

    `delta` is the gradient with respect to what enters a layer's nonlinearity, shape (n, units).
    At the logits it is (probabilities - one-hot label) / n; the chain rule carries it down.

    Args:
        activations: what `forward` returned with these `masks`. labels: shape (n,).

    Returns:
        Two lists in the order of `network.weights`: their gradients, and those of the biases.
    """
    n = len(labels)
    delta = softmax(activations[-1])
    delta[np.arange(n), labels] -= 1
    delta /= n
    weight_gradients, bias_gradients = [], []
    for layer in reversed(range(len(network.weights))):
        weight_gradients.append(activations[layer].T @ delta)
        bias_gradients.append(delta.sum(axis=0))
        if layer > 0:
            delta = (delta @ network.weights[layer].T) * masks[layer - 1] * (activations[layer] > 0)
    return weight_gradients[::-1], bias_gradients[::-1]


def sgd_step(
    network: Network,
    weight_gradients: list[np.ndarray],
    bias_gradients: list[np.ndarray],
    learning_rate: float,
) -> None:
    """Move the network downhill: parameter -= learning_rate * gradient, for every parameter.

    In place for both, because copies of large matrices would take most of the time; the gradients
    are used up.
    """
    parameters = (*network.weights, *network.biases)
    for parameter, gradient in zip(parameters, weight_gradients + bias_gradients, strict=True):
        gradient *= learning_rate
        parameter -= gradient


@computing  # a training is chaotic in its last digit: docs/network.md
def train(config: dict, seed: int = 0) -> Network:
    """Train a network on the 797 training images: `EPOCHS` epochs of mini-batch SGD.

    Args:
        config: a configuration of `SPACE`.
        seed: a non-negative integer. It decides the initial weights, the batches and the dropout,
            and nothing else: the images and the split are always the same.

    Returns:
        A `Network`. Training stops early where it diverges.

    Raises:
        TypeError, ValueError: `config` is not of `SPACE`, or `seed` is not a non-negative integer.
    """
    SPACE.validate(config)
    rng = np.random.default_rng(_validate.whole_number("seed", seed, 0))
    images = digits().train
    n, n_pixels = images.pixels.shape
    hidden_layers = [config["hidden_size"]] * config["n_layers"]
    network = initialize([n_pixels, *hidden_layers, N_CLASSES], rng)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging run overflows: it is scored so
        for _ in range(EPOCHS):
            order = rng.permutation(n)
            for start in range(0, n, config["batch_size"]):
                batch = order[start : start + config["batch_size"]]
                masks = draw_dropout(network, config["dropout"], len(batch), rng)
                activations = forward(network, images.pixels[batch], masks)
                gradients = backward(network, activations, masks, images.labels[batch])
                sgd_step(network, *gradients, config["learning_rate"])
            if not network.finite:
                break
    return network


def validation_accuracy(config: dict, seed: int = 0) -> float:
    """Train with `config` and return the share of the 600 validation images it gets right.

    This is the objective f(x) of the course, to maximize: a fraction in [0, 1]. Arguments and
    errors as in `train`. The test images are not looked at.
    """
    return train(config, seed).accuracy(digits().validation)


def test_accuracy(config: dict, seed: int = 0) -> float:
    """Train with `config` and return the share of the 400 test images it gets right.

    For the end of a search, once: a test set that helps to choose is a second validation set.
    """
    return train(config, seed).accuracy(digits().test)
