"""What lesson 13 says of other libraries holds in those that are installed."""

import importlib.util
import math

import numpy as np
import pytest
from scripts import load_script

from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

MODULES = {
    "Optuna TPE": "optuna",
    "Optuna GP": "optuna",
    "Hyperopt": "hyperopt",
    "scikit-optimize": "skopt",
    "BoTorch": "botorch",
    "this course": "bo_tutorial",
}
ENTRIES = tools.next_questions()


def needs(module):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the libraries' own
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["library"])
def test_the_installed_library_asks_what_the_file_says(entry):
    needs(MODULES[entry["library"]])
    if entry["library"] == "Optuna GP":
        needs("torch")
    for setting, startup in entry["startup"].items():
        for seed in (0, 1):
            kept = entry["asks"][setting][seed]
            assert tools.asks(entry, startup, seed) == pytest.approx(kept, rel=0.02)


@pytest.mark.filterwarnings("default")  # the libraries' own
@pytest.mark.parametrize(
    ("mistake", "module"), [("direction", "optuna"), ("resume", "optuna"), ("scaling", "bayes_opt")]
)
def test_what_a_mistake_costs_comes_out_again(mistake, module):
    """A row of the file: random search to the digit, a model's run as far as processors agree."""
    needs(module)
    kept, again = tools.costs()[mistake][1], load_script("tools_data").COSTS[mistake](1)
    assert set(again) == set(kept)
    for way, each in again.items():
        loose = {"rel": 1e-3} if way == "random" else {"rel": 0.05, "abs": 0.05}
        assert np.ravel(each) == pytest.approx(np.ravel(kept[way]), **loose)


def test_the_ratio_is_hyperopts_own():
    needs("hyperopt")
    from hyperopt.tpe import GMM1_lpdf, adaptive_parzen_normal

    low, high = math.log(1e-4), 0.0
    rates = np.array([1e-4, 0.002, 0.01, 0.3, 1.0])

    def log_density(told):
        mixture = adaptive_parzen_normal(np.log(told), 1.0, (low + high) / 2, high - low)
        return GMM1_lpdf(np.log(rates), *mixture, low=low, high=high)

    best = LEARNING_RATES[int(np.argmax(ACCURACIES))]
    ratio = log_density([best]) - log_density([r for r in LEARNING_RATES if r != best])
    assert tools.hyperopt_log_ratio(rates) == pytest.approx(ratio, abs=1e-9)


def test_optuna_gives_the_first_trials_of_the_articles_program_again():
    needs("optuna")
    import optuna

    ran = tools.snippet_runs()
    sampler = optuna.samplers.TPESampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for params, value in zip(ran["params"][:8], ran["values"][0][:8], strict=True):
        trial = study.ask()
        asked = {
            "lr": trial.suggest_float("lr", 1e-5, 1e-1, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.5),
            "n_layers": trial.suggest_int("n_layers", 1, 5),
        }
        assert asked == pytest.approx(params, rel=1e-6)
        study.tell(trial, value)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("seed", [0, 1])
def test_scikit_optimize_with_ei_learns_and_asks_what_the_lesson_says(seed):
    needs("skopt")
    from skopt import Optimizer
    from skopt.space import Real

    axis = Real(1e-4, 1.0, prior="log-uniform")
    other = Optimizer([axis], n_initial_points=3, acq_func="EI", random_state=seed)
    other.tell([[rate] for rate in LEARNING_RATES], [-accuracy for accuracy in ACCURACIES])
    learned = tools.FITTED[f"scikit-optimize, seed {seed}"]
    assert other.models[-1].noise_ == pytest.approx(learned["noise_variance"], rel=0.02)
    assert other.ask()[0] == pytest.approx(tools.next_rate(**learned), rel=0.02)


@pytest.mark.parametrize("library", ["BoTorch", "Optuna GP"])
def test_what_was_learned_explains_the_question(library):
    entry = next(entry for entry in ENTRIES if entry["library"] == library)
    asked = entry["asks"].get("model at once", entry["asks"]["as it comes"])
    assert tools.next_rate(**tools.FITTED[library]) == pytest.approx(asked[0], rel=0.01)
