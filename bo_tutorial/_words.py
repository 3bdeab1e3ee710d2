"""What people write who come from elsewhere, and what to write here instead."""

import difflib
import numbers

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
    | dict.fromkeys(("verbose", "show_progressbar", "show_progress_bar"), "progress=False")
    | dict.fromkeys(("catch", "catch_exceptions"), 'on_error="record"')
)
BAYESIAN_OPTIMIZATION = {
    "kernel": "surrogate=bo.GaussianProcess(bo.Matern52(0.3))",
    "model": "surrogate=bo.GaussianProcess()",
    "base_estimator": "surrogate=bo.GaussianProcess()",
    "acq_func": "acquisition=bo.ExpectedImprovement(xi=0.01)",
    "acquisition_function": "acquisition=bo.ExpectedImprovement(xi=0.01)",
    "xi": "acquisition=bo.ExpectedImprovement(xi=0.01)",
    "kappa": "acquisition=bo.UpperConfidenceBound(kappa=2.0)",
    "beta": "acquisition=bo.UpperConfidenceBound(kappa=2.0)",
    "normalize_y": "standardize=True",
} | dict.fromkeys(("n_initial_points", "init_points", "n_startup_trials", "n_init"), "n_initial=10")
BAYESIAN_OPTIMIZATION |= dict.fromkeys(("random_state", "rng", "random_seed"), _SEED)


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


def refuse_unknown(function, unknown, words, known):
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


def space_in_words(given):
    """Say what to write for a space that was given as something else, such as a dict."""
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        return "bo.Space(learning_rate=bo.Float(1e-4, 1.0, log=True), ...)"
    if given and all(map(_is_hyperparameter, given.values())):
        return "bo.Space(**{...}), with two stars before the dict"
    items = (f"{name}={hyperparameter_in_words(value)[0]}" for name, value in given.items())
    return f"bo.Space({', '.join(items):.200})"


def hyperparameter_in_words(value):
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


def instead_of_log(kind, low, high, log):
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
