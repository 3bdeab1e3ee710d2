"""What people write who come from elsewhere, and what to write here instead."""

import difflib
import numbers
from collections.abc import Iterable
from dataclasses import fields

_BUDGET = "n_evaluations=50"
_SECONDS = "max_seconds=3600"
_DIRECTION = "nothing: we maximize, so return -loss from the objective"
_SEED = "seed=0"
_FIRST = 'first=[{"x": 0.5}, ...]'
_DESIGN = "strategy=bo.BayesianOptimization(space, n_initial=10)"
_WORKERS = "executor=ThreadPoolExecutor(4), or another executor of concurrent.futures"
_STOP = "stop=, a function of the result so far that returns True to stop"
_STRATEGY = "strategy=bo.BayesianOptimization(space, ...), which takes surrogate= and acquisition="
_JOURNAL = 'journal="runs/lr.jsonl"'
_SPACE = "space=bo.Space(x=bo.Float(0.0, 1.0), ...)"
_MODEL = "surrogate=bo.GaussianProcess()"
_SCORE = "acquisition=bo.ExpectedImprovement(xi=0.01)"
MAXIMIZE = (
    dict.fromkeys(
        ("n_trials", "n_calls", "n_iter", "max_evals", "max_iter", "maxiter", "num_trials"), _BUDGET
    )
    | dict.fromkeys(("n_steps", "iterations", "budget", "trials", "evaluations"), _BUDGET)
    | dict.fromkeys(("timeout", "max_time", "time_limit", "seconds", "time_budget"), _SECONDS)
    | dict.fromkeys(("direction", "directions", "mode", "minimize", "maximize"), _DIRECTION)
    | dict.fromkeys(("goal", "sense", "greater_is_better"), _DIRECTION)
    | dict.fromkeys(("random_state", "rng", "rstate", "random_seed", "rand_seed"), _SEED)
    | dict.fromkeys(("x0", "points_to_evaluate", "initial", "init", "warm_start"), _FIRST)
    | dict.fromkeys(("n_initial", "n_initial_points", "init_points", "n_startup_trials"), _DESIGN)
    | dict.fromkeys(("n_random_starts", "n_init"), _DESIGN)
    | dict.fromkeys(("n_jobs", "n_workers", "workers", "processes", "pool"), _WORKERS)
    | dict.fromkeys(("callback", "callbacks", "early_stopping", "loss_threshold"), _STOP)
    | dict.fromkeys(("acquisition", "surrogate", "kernel", "acq_func", "base_estimator"), _STRATEGY)
    | dict.fromkeys(("sampler", "algo", "method", "optimizer"), "strategy=bo.TreeParzen(space)")
    | dict.fromkeys(("storage", "log", "path", "checkpoint", "resume", "study_name"), _JOURNAL)
    | dict.fromkeys(("n_iters", "niter", "maxfun", "maxfev", "max_trials", "ntrials"), _BUDGET)
    | dict.fromkeys(("n", "steps", "epochs", "evals", "n_samples", "num_samples"), _BUDGET)
    | dict.fromkeys(("time_limit_s", "max_runtime", "time_budget_s", "wall_time"), _SECONDS)
    | dict.fromkeys(("duration", "max_time_s", "deadline"), _SECONDS)
    | dict.fromkeys(("maximise", "minimise", "objective_type"), _DIRECTION)
    | dict.fromkeys(("seed_", "np_random", "random_seed_"), _SEED)
    | dict.fromkeys(("initial_points", "init_configs", "points", "enqueue", "guesses"), _FIRST)
    | dict.fromkeys(("initial_design", "n_startup", "n_initial_design"), _DESIGN)
    | dict.fromkeys(("n_procs", "num_workers", "max_workers", "threads", "client"), _WORKERS)
    | dict.fromkeys(("batch_size", "q", "parallel", "concurrency"), "n_parallel=4, and executor=")
    | dict.fromkeys(("early_stop", "patience", "tol", "stopping"), "stop=bo.Plateau(20)")
    | dict.fromkeys(("algorithm", "search_alg", "search"), "strategy=bo.TreeParzen(space)")
    | dict.fromkeys(("load_if_exists", "db", "checkpoint_path", "history", "logfile"), _JOURNAL)
    | dict.fromkeys(("save", "save_path", "file", "filename"), _JOURNAL)
    | dict.fromkeys(("disp", "show_progress", "progress_bar", "tqdm"), "progress=False")
    | dict.fromkeys(("error_score", "raise_on_error", "errors"), 'on_error="raise"')
    | dict.fromkeys(("bounds", "pbounds", "search_space", "domain", "dimensions"), _SPACE)
    | dict.fromkeys(("params", "param_space", "parameters", "param_distributions"), _SPACE)
    | dict.fromkeys(("f", "fn", "fun", "func", "function", "target"), "objective=")
    | dict.fromkeys(("verbose", "show_progressbar", "show_progress_bar"), "progress=False")
    | dict.fromkeys(("catch", "catch_exceptions"), 'on_error="record"')
)
BAYESIAN_OPTIMIZATION = {
    "kernel": "surrogate=bo.GaussianProcess(bo.Matern52(0.3))",
    "xi": _SCORE,
    "kappa": "acquisition=bo.UpperConfidenceBound(kappa=2.0)",
    "beta": "acquisition=bo.UpperConfidenceBound(kappa=2.0)",
    "length_scale": "surrogate=bo.GaussianProcess(bo.Matern52(0.3))",
} | dict.fromkeys(("n_initial_points", "init_points", "n_startup_trials", "n_init"), "n_initial=10")
STRATEGY = (
    dict.fromkeys(("random_state", "rng", "random_seed"), _SEED)
    | dict.fromkeys(("direction", "mode", "minimize", "maximize"), _DIRECTION)
    | dict.fromkeys(("n_points", "resolution", "n_grid", "steps"), "points=5 of a GridSearch")
    | dict.fromkeys(("bounds", "search_space", "domain"), _SPACE)
    | dict.fromkeys(("n_trials", "n_calls", "n_evaluations", "n_iter"), "it in bo.maximize")
    | dict.fromkeys(("n_startup_trials", "n_initial_points", "n_initial"), _DESIGN)
    | dict.fromkeys(("surrogate", "acquisition", "kernel"), _STRATEGY)
)
BAYESIAN_OPTIMIZATION |= {
    **{word: STRATEGY[word] for word in STRATEGY if word not in BAYESIAN_OPTIMIZATION},
    **dict.fromkeys(("gp", "model", "regressor", "estimator", "base_estimator"), _MODEL),
    **dict.fromkeys(("acq", "acq_func", "acquisition_function", "af", "utility"), _SCORE),
    **dict.fromkeys(("normalize", "normalise", "normalize_y"), "standardize=True"),
    **dict.fromkeys(("noise", "alpha"), "surrogate=bo.GaussianProcess(noise_variance=1e-4)"),
    **dict.fromkeys(("batch_size", "q"), "the number in strategy.ask(4)"),
}


KERNELS = {
    **dict.fromkeys(["rbf", "se", "squaredexponential", "gaussian"], "bo.SquaredExponential()"),
    **dict.fromkeys(["matern", "matern52", "matern5/2", "matern2.5"], "bo.Matern52()"),
}
GAUSSIAN_PROCESS = {
    **dict.fromkeys(["noise", "alpha", "noise_level", "likelihood_variance"], "noise_variance=..."),
    **dict.fromkeys(["n_restarts_optimizer", "n_restarts", "restarts"], "n_starts=..."),
    **dict.fromkeys(["optimizer", "optimize"], "learn=True or learn=False"),
    **dict.fromkeys(["length_scale", "signal_variance"], "kernel=bo.SquaredExponential(...)"),
    "normalize_y": "fit(X, (y - y.mean()) / y.std()); BayesianOptimization does so by itself",
    "mean_function": "mean=..., a number",
}

RANDOM_FOREST = {
    **dict.fromkeys(["n_estimators", "num_trees", "trees", "n"], "n_trees=100"),
    **dict.fromkeys(["min_samples_leaf", "min_data_in_leaf", "leaf"], "min_leaf=1"),
    **dict.fromkeys(["ratio_features", "features", "mtry"], "max_features=5 / 6"),
    **dict.fromkeys(["random_state", "rng", "random_seed"], _SEED),
    **dict.fromkeys(["categorical_features", "cat_features"], "categorical=space.categorical"),
}


KERNEL = {
    **dict.fromkeys(["lengthscale", "length_scales", "lengthscales", "ls"], "length_scale=..."),
    **dict.fromkeys(["variance", "outputscale", "amplitude"], "signal_variance=..."),
    "nu": "Matern52() for nu = 5/2, SquaredExponential() for an infinite nu",
    "ard": "length_scale=np.ones(d), one for each dimension",
    "length_scale_bounds": "nothing: GaussianProcess measures its search box in the data",
}


def refuse_unknown(function: str, unknown: dict, words: dict, known: Iterable[str]) -> None:
    """Refuse arguments that a function does not have, and say what to write instead.

    Args:
        function: its name. unknown: the arguments, a dict. words: {word: what to write}.
        known: the names that it has.

    Raises:
        TypeError: `unknown` is not empty.
    """
    known = [name for name in known if name != "unknown"]
    for name in unknown:
        message = f"{function} has no argument {name!r}"
        near = difflib.get_close_matches(name, known, n=1)
        if name in words:
            raise TypeError(f"{message}: write {words[name]}")
        if near:
            raise TypeError(f"{message}: did you mean {near[0]}=?")
        raise TypeError(f"{message}; it has {', '.join(known)}")


def refuse_unknown_fields(cls: type, given: dict, words: dict) -> None:
    """Refuse arguments that a dataclass does not have, as `refuse_unknown`."""
    known = [each.name for each in fields(cls)]
    unknown = {name: value for name, value in given.items() if name not in known}
    refuse_unknown(cls.__name__, unknown, words, known)


def space_in_words(given: object) -> str:
    """Say what to write for a space that was given as something else, such as a dict."""
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        return "bo.Space(learning_rate=bo.Float(1e-4, 1.0, log=True), ...)"
    if given and all(map(_is_hyperparameter, given.values())):
        return "bo.Space(**{...}), with two stars before the dict"
    items = (f"{name}={hyperparameter_in_words(value)[0]}" for name, value in given.items())
    return f"bo.Space({', '.join(items):.200})"


def hyperparameter_in_words(value: object) -> list[str]:
    """List what to write for a hyperparameter given as something else, likely ones first."""
    if _is_hyperparameter(value):
        return [f"bo.{value.__name__}(...)" if isinstance(value, type) else f"bo.{value!r}"]
    if isinstance(value, range) and len(value) > 1:
        step = f", step={value.step}" if value.step != 1 else ""
        return [f"bo.Int({value[0]}, {value[-1]}{step})"]
    if isinstance(value, (list, tuple)):
        choices = f"bo.Categorical({list(value)!r:.80})"
        if not _are_bounds(value[:2]):
            return [choices]
        low, high = value[:2]
        if len(value) == 3 and isinstance(value[2], str) and "log" in value[2]:
            return [f"bo.Float({low}, {high}, log=True)"]
        if len(value) > 2:
            return [choices]
        whole = isinstance(low, numbers.Integral) and isinstance(high, numbers.Integral)
        return [f"bo.Float({low}, {high})", *([f"bo.Int({low}, {high})"] if whole else []), choices]
    if isinstance(value, (str, numbers.Number)):
        return [f"bo.Categorical([{value!r:.40}, ...])"]
    return ["bo.Float(low, high)", "bo.Int(low, high)", "bo.Categorical([...])"]


def _are_bounds(pair):
    is_number = [isinstance(each, numbers.Real) and not isinstance(each, bool) for each in pair]
    return len(pair) == 2 and all(is_number)


def instead_of_log(kind: str, low: float, high: float, log: object) -> str:
    """Say what to write instead of `log=` with another value, a step or a `when` for example."""
    write = f"{kind}({low}, {high}, log=True) for a log scale"
    if isinstance(log, dict):
        return f"{kind}({low}, {high}, when={log!r})"
    if kind == "Int" and isinstance(log, numbers.Integral):
        return f"Int({low}, {high}, step={log}) for a step, or {write}"
    return write


def _is_hyperparameter(value):
    """Whether it is a `Float`, `Int` or `Categorical`, or one of these classes."""
    return hasattr(value, "n_values") and hasattr(value, "to_unit")
