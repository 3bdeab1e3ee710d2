"""The network: its calculus against independent answers, its data, its scores and its table."""

import hashlib
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from bo_tutorial import network
from bo_tutorial.network import table, training
from bo_tutorial.network.__main__ import main

pytestmark = pytest.mark.slow

ARTICLE = {  # the article's x, a row of the table
    "learning_rate": 0.001,
    "batch_size": 64,
    "dropout": 0.3,
    "n_layers": 4,
    "hidden_size": 256,
}
CHEAP = ARTICLE | {"batch_size": 256, "n_layers": 1, "hidden_size": 32}
DIVERGING = ARTICLE | {"learning_rate": 1.0, "hidden_size": 64}
# Rows to train again: not trivial (dropout, two to four hidden layers, a score away from both ends)
# and well conditioned, which a test below asserts. A training amplifies the last digits of its
# weights, some trainings by so much that the score changes: docs/network.md.
ROWS = [
    ARTICLE,
    {"learning_rate": 0.01, "batch_size": 32, "dropout": 0.15, "n_layers": 2, "hidden_size": 128},
    {"learning_rate": 0.01, "batch_size": 64, "dropout": 0.15, "n_layers": 3, "hidden_size": 256},
]
TWO_IMAGES = 2.5 / 600


# The data


def test_the_split_is_a_partition_with_equal_numbers_of_each_digit_where_we_measure():
    parts = network.digits()
    assert np.bincount(parts.validation.labels).tolist() == [60] * 10
    assert np.bincount(parts.test.labels).tolist() == [40] * 10
    assert len(parts.train.labels) == 797

    pixels, labels = load_digits(return_X_y=True)
    ours = [np.c_[p.pixels, p.labels] for p in (parts.train, parts.validation, parts.test)]
    everything = np.concatenate(ours)
    assert sorted(map(tuple, everything)) == sorted(map(tuple, np.c_[pixels, labels]))
    assert len(np.unique(everything, axis=0)) == 1797  # no image twice: the parts are disjoint


def test_the_split_never_changes():
    digests = {}
    for name in ("train", "validation", "test"):
        part = getattr(network.digits(), name)
        content = part.pixels.astype(np.uint8).tobytes() + part.labels.astype(np.uint8).tobytes()
        digests[name] = hashlib.sha256(content).hexdigest()[:16]
    assert digests == {
        "train": "7656d60f4304dad5",
        "validation": "2d88954d020c6d88",
        "test": "550238de6ac952b4",
    }


def test_the_images_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        network.digits().train.pixels[0, 0] = 1.0


def test_each_accuracy_looks_at_its_own_part_alone(monkeypatch):
    parts = network.digits()
    monkeypatch.setattr(training, "digits", lambda: network.Digits(parts.train, None, parts.test))
    assert 0.1 < network.test_accuracy(CHEAP) < 1
    monkeypatch.setattr(
        training, "digits", lambda: network.Digits(parts.train, parts.validation, None)
    )
    assert 0.1 < network.validation_accuracy(CHEAP) < 1


def test_importing_the_module_does_not_import_scikit_learn():
    code = "import sys; from bo_tutorial import network; assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# The calculus


def small_network(rng, sizes=(6, 5, 4, 3)):
    drawn = network.initialize(sizes, rng)
    return network.Network(drawn.weights, tuple(rng.normal(size=b.shape) for b in drawn.biases))


def cross_entropy(net, pixels, labels, masks):
    """Mean cross-entropy, written without the module's softmax: log sum exp(logits) - logit."""
    logits = network.forward(net, pixels, masks)[-1]
    return np.mean(np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels])


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("sizes", [(6, 5, 3), (6, 5, 4, 5, 3)])
def test_the_gradient_agrees_with_central_differences(dropout, sizes):
    rng = np.random.default_rng(3)
    net = small_network(rng, sizes)
    pixels, labels = rng.normal(size=(7, 6)), rng.integers(3, size=7)
    masks = network.draw_dropout(net, dropout, 7, rng)
    gradients = network.backward(net, network.forward(net, pixels, masks), masks, labels)
    step = 1e-6
    for parameters, ours in zip((net.weights, net.biases), gradients, strict=True):
        for parameter, gradient in zip(parameters, ours, strict=True):
            assert gradient.shape == parameter.shape
            for index in np.ndindex(parameter.shape):
                value = parameter[index]
                parameter[index] = value + step
                above = cross_entropy(net, pixels, labels, masks)
                parameter[index] = value - step
                below = cross_entropy(net, pixels, labels, masks)
                parameter[index] = value
                slope = (above - below) / (2 * step)
                assert gradient[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_an_sgd_step_subtracts_learning_rate_times_gradient():
    net = small_network(np.random.default_rng(0))
    before = [array.copy() for array in (*net.weights, *net.biases)]
    gradients = [np.full_like(w, 2.0) for w in net.weights], [np.ones_like(b) for b in net.biases]
    network.sgd_step(net, *gradients, 0.1)
    for old, new in zip(before[:3], net.weights, strict=True):
        np.testing.assert_allclose(new, old - 0.2, rtol=1e-14, atol=1e-14)
    for old, new in zip(before[3:], net.biases, strict=True):
        np.testing.assert_allclose(new, old - 0.1, rtol=1e-14, atol=1e-14)


def test_the_forward_pass_agrees_with_scikit_learn():
    net = network.train(ARTICLE)
    validation = network.digits().validation
    theirs = MLPClassifier(hidden_layer_sizes=(256,) * 4)
    theirs.partial_fit(validation.pixels[:20], validation.labels[:20], classes=range(10))
    theirs.coefs_, theirs.intercepts_ = list(net.weights), list(net.biases)
    logits = network.forward(net, validation.pixels, network.no_dropout(net))[-1]
    ours = network.softmax(logits)
    np.testing.assert_allclose(ours, theirs.predict_proba(validation.pixels), rtol=0, atol=1e-12)
    score = theirs.score(validation.pixels, validation.labels)
    assert net.accuracy(validation) == pytest.approx(score, abs=1e-15)


def test_softmax_of_huge_logits_stays_finite():
    np.testing.assert_array_equal(
        network.softmax(np.array([[1e4, 0.0], [-1e4, -1e4]])), [[1.0, 0.0], [0.5, 0.5]]
    )


def test_initial_weights_have_the_variance_of_he():
    net = network.initialize([64, 512, 512, 10], np.random.default_rng(0))
    assert [w.shape for w in net.weights] == [(64, 512), (512, 512), (512, 10)]
    for weight in net.weights:
        expected = 2 / weight.shape[0]
        error = expected * np.sqrt(2 / weight.size)  # standard error of a variance
        assert abs(weight.var() - expected) < 4 * error
        assert abs(weight.mean()) < 4 * np.sqrt(expected / weight.size)
    assert all((bias == 0).all() for bias in net.biases)


# Dropout


def test_dropout_keeps_the_expected_activation():
    rng = np.random.default_rng(1)
    net = small_network(rng, (6, 50, 40, 3))
    for dropout in (0.15, 0.6):
        masks = network.draw_dropout(net, dropout, 4000, rng)
        assert [mask.shape for mask in masks] == [(4000, 50), (4000, 40)]
        for mask in masks:
            assert set(np.unique(mask)) == {0.0, 1 / (1 - dropout)}
            error = np.sqrt(dropout / (1 - dropout) / mask.size)  # sd of a mask's mean
            assert abs(mask.mean() - 1) < 4 * error


def test_no_dropout_is_the_plain_network_and_draws_nothing():
    rng = np.random.default_rng(1)
    net = small_network(rng)
    state = rng.bit_generator.state
    assert network.draw_dropout(net, 0.0, 7, rng) == network.no_dropout(net)
    assert rng.bit_generator.state == state
    pixels = rng.normal(size=(7, 6))
    plain = pixels
    for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        plain = np.maximum(plain @ weight + bias, 0)
    plain = plain @ net.weights[-1] + net.biases[-1]
    ours = network.forward(net, pixels, network.no_dropout(net))
    np.testing.assert_array_equal(ours[-1], plain)


def test_dropout_is_off_when_the_network_is_scored(monkeypatch):
    net = network.train(CHEAP | {"dropout": 0.6})
    monkeypatch.setattr(training, "draw_dropout", None)
    assert net.accuracy(network.digits().validation) == net.accuracy(network.digits().validation)


# The seed


def test_a_seed_fixes_the_training_and_another_changes_it():
    first, again, other = (network.train(CHEAP, seed) for seed in (3, 3, 4))
    for a, b, c in zip(first.weights, again.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
    assert len({network.validation_accuracy(CHEAP, seed) for seed in range(5)}) > 1


def test_every_seed_trains_on_each_image_once_an_epoch(monkeypatch):
    seen = []

    def spy(net, activations, masks, labels):
        seen.append(np.c_[activations[0], labels])
        return backward(net, activations, masks, labels)

    backward = network.backward
    monkeypatch.setattr(training, "backward", spy)
    expected = np.c_[network.digits().train.pixels, network.digits().train.labels]
    orders = []
    for seed in (0, 1):
        seen.clear()
        network.train(CHEAP, seed)
        assert [len(batch) for batch in seen] == [256, 256, 256, 29] * network.EPOCHS
        for epoch in range(network.EPOCHS):
            images = np.concatenate(seen[4 * epoch : 4 * epoch + 4])
            orders.append(images)
            assert sorted(map(tuple, images)) == sorted(map(tuple, expected))
    assert not any(np.array_equal(orders[0], order) for order in orders[1:])


# Scores


def test_a_score_is_a_share_of_the_validation_images():
    score = network.validation_accuracy(CHEAP)
    assert type(score) is float
    assert score * 600 == pytest.approx(round(score * 600), abs=1e-9)


def test_a_training_that_diverges_scores_as_guessing_without_a_warning():
    before = np.geterr()
    with np.errstate(over="warn", invalid="warn", divide="warn"):  # and pytest turns them to errors
        assert not network.train(DIVERGING).finite
        assert network.validation_accuracy(DIVERGING) == 0.1
        assert network.test_accuracy(DIVERGING) == 0.1
    assert np.geterr() == before


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e300])
def test_weights_that_are_not_finite_or_overflow_score_as_guessing(poison):
    net = network.train(CHEAP)
    for weight in net.weights:
        weight *= poison
    assert net.accuracy(network.digits().validation) == 0.1


def test_guessing_is_what_naming_one_digit_scores():
    for part in (network.digits().validation, network.digits().test):
        assert {np.mean(part.labels == digit) for digit in range(10)} == {network.GUESS}


# Bad input


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"momentum": 0.9}, ValueError, "unknown name 'momentum'"),
        ({"learning_rate": 2.0}, ValueError, "learning_rate must be in"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate must be finite"),
        ({"batch_size": 64.0}, TypeError, "batch_size must be an integer, got 64.0"),
        ({"hidden_size": 1024}, ValueError, "hidden_size must be in"),
        ({"dropout": "0.3"}, TypeError, "dropout must be a number"),
    ],
)
def test_a_bad_configuration_is_refused(change, error, message):
    for function in (network.train, network.validation_accuracy, network.test_accuracy):
        with pytest.raises(error, match=message):
            function(ARTICLE | change)


def test_a_configuration_with_a_missing_name_is_refused():
    with pytest.raises(ValueError, match="config must give 'dropout'"):
        network.train({name: value for name, value in ARTICLE.items() if name != "dropout"})


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError), (None, TypeError)]
)
def test_a_bad_seed_is_refused(seed, error):
    with pytest.raises(error, match=f"seed must be .* got {seed}"):
        network.validation_accuracy(ARTICLE, seed)


# The table


def test_the_table_is_the_grid_of_the_space():
    shipped = network.grid_table()
    grid = network.SPACE.grid(5)
    assert len(grid) == 5**5 == 3125
    for name in network.SPACE.names:
        assert shipped[name].tolist() == [config[name] for config in grid]
    images = shipped["validation_accuracy"] * 600
    np.testing.assert_allclose(images, images.round(), rtol=0, atol=1e-9)
    assert 0 <= images.min() and images.max() <= 600
    assert network.TABLE.stat().st_size < 300_000


def test_the_grid_has_the_values_that_the_text_names():
    axes = {name: sorted(set(values)) for name, values in _grid_columns().items()}
    assert axes == {
        "learning_rate": [1e-4, 1e-3, 1e-2, 1e-1, 1.0],
        "batch_size": [16, 32, 64, 128, 256],
        "dropout": [0.0, 0.15, 0.3, 0.45, 0.6],
        "n_layers": [1, 2, 3, 4, 5],
        "hidden_size": [32, 64, 128, 256, 512],
    }
    assert ARTICLE in network.SPACE.grid(5)
    assert ARTICLE | {"hidden_size": 512} in network.SPACE.grid(5)


def _grid_columns():
    grid = network.SPACE.grid(5)
    return {name: [config[name] for config in grid] for name in network.SPACE.names}


@pytest.mark.parametrize("config", ROWS)
def test_a_row_of_the_table_is_reproduced_within_two_images(config):
    score = network.grid_table()["validation_accuracy"][network.SPACE.grid(5).index(config)]
    assert abs(network.validation_accuracy(config) - score) < TWO_IMAGES


@pytest.mark.parametrize("config", ROWS)
def test_the_rows_are_well_conditioned(config, monkeypatch):
    def perturbed(sizes, rng):
        net = initialize(sizes, rng)
        for weight in net.weights:
            weight *= 1 + 1e-10 * np.random.default_rng(0).normal(size=weight.shape)
        return net

    score = network.validation_accuracy(config)
    initialize = network.initialize
    monkeypatch.setattr(training, "initialize", perturbed)
    assert abs(network.validation_accuracy(config) - score) < TWO_IMAGES


def test_the_rows_are_reproduced_with_the_arithmetic_of_another_processor():
    # OpenBLAS chooses its kernels by processor, and can be told to use those of an older one. With
    # another BLAS or architecture this repeats the test above in a process of its own.
    code = (
        "import json, sys; from bo_tutorial import network; "
        "print(json.dumps([network.validation_accuracy(c) for c in json.loads(sys.argv[1])]))"
    )
    older = os.environ | {"OPENBLAS_CORETYPE": "Nehalem", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code, json.dumps(ROWS)]
    done = subprocess.run(command, env=older, capture_output=True, text=True, check=True)
    scores = network.grid_table()["validation_accuracy"]
    rows = [network.SPACE.grid(5).index(config) for config in ROWS]
    assert np.abs(np.array(json.loads(done.stdout)) - scores[rows]).max() < TWO_IMAGES


@pytest.fixture
def counted(monkeypatch):
    """Replace the training by a score that is quickly computed, and list what was asked for."""
    asked = []

    def score(config):
        asked.append(config)
        return config["n_layers"] / config["hidden_size"]

    monkeypatch.setattr(training, "validation_accuracy", score)
    return asked


@pytest.fixture
def grid():
    return network.SPACE.grid({name: 2 for name in network.SPACE.names})


@pytest.mark.parametrize("cut", [0, 1, 30, 73, 74, 75, 100, 200, 201, 202, -1, None])
def test_the_command_resumes_wherever_it_was_cut(tmp_path, counted, grid, cut):
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    network.write_table(whole, grid)
    assert counted == grid
    kept = whole.read_bytes()[:cut]
    part.write_bytes(kept)
    counted.clear()
    network.write_table(part, grid)
    assert part.read_bytes() == whole.read_bytes()
    complete_rows = max(kept.count(b"\n") - 1, 0)
    assert counted == grid[complete_rows:]


def test_a_table_with_nothing_missing_says_so(tmp_path, counted, grid, capsys):
    path = tmp_path / "grid.csv"
    network.write_table(path, grid)
    capsys.readouterr()
    counted.clear()
    network.write_table(path, grid)
    said = f"{path} has all of its 32 rows: nothing is left to train.\n"
    assert capsys.readouterr() == (said, "") and counted == []


def test_a_killed_command_leaves_no_process_and_is_completed_by_the_next(
    tmp_path, monkeypatch, counted, grid
):
    path = tmp_path / "grid.csv"
    command = [sys.executable, "-m", "bo_tutorial.network", "table", "--points", "2"]
    options = ["--processes", "2", "--output", str(path)]
    running = subprocess.Popen([*command, *options], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < 3:
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    running.kill()
    running.communicate(timeout=60)  # returns once the last process that holds the pipe has ended

    before = path.read_bytes()
    before = before[: before.rfind(b"\n") + 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # which the command sets: put back what was there
    main(["table", "--points", "2", "--output", str(path)])
    assert path.read_bytes().startswith(before)
    assert counted == grid[before.count(b"\n") - 1 :]
    first = float(before.splitlines()[1].rsplit(b",", 1)[1])  # the killed command really trained
    trained = network.train(grid[0]).accuracy(network.digits().validation)
    assert abs(first - trained) < TWO_IMAGES


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"lr,score\n", "line 1 of the table must begin"),
        (b"{header}0.0001,16,0.15,1,32,0.5\n", "line 2 of the table must begin"),
        (b"{all}1.0,256,0.6,5,512,0.5\n", "must have 32 rows, got more: line 34"),
        (b"my notes", "line 1 of the table must begin"),
        (b"{header}my notes", "line 2 of the table must begin"),
        (b"{header}0.0001,16,0.0,1,32,well\n", "could not convert string to float: 'well'"),
    ],
)
def test_a_file_that_is_something_else_is_refused_and_left_alone(
    tmp_path, counted, grid, content, message
):
    path = tmp_path / "grid.csv"
    network.write_table(path, grid)
    everything = path.read_bytes()
    header = everything.splitlines(keepends=True)[0]
    content = content.replace(b"{header}", header).replace(b"{all}", everything)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        network.write_table(path, grid)
    assert path.read_bytes() == content


def test_a_table_that_is_not_complete_says_how_to_complete_it(tmp_path, monkeypatch):
    path = tmp_path / "grid.csv"
    path.write_bytes(b"".join(network.TABLE.read_bytes().splitlines(keepends=True)[:10]))
    monkeypatch.setattr(table, "TABLE", path)
    with pytest.raises(ValueError, match="3125 rows, got 9: complete it with `python -m"):
        network.grid_table()


@pytest.mark.parametrize(("processes", "error"), [(0, ValueError), (1.5, TypeError)])
def test_a_bad_number_of_processes_is_refused(tmp_path, grid, processes, error):
    with pytest.raises(error, match="processes must be"):
        network.write_table(tmp_path / "grid.csv", grid, processes)
    assert not (tmp_path / "grid.csv").exists()
