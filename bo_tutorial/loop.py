"""The loop around every strategy: ask, evaluate, tell, until the budget is spent."""

import math
import warnings
from dataclasses import dataclass, field

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.search import SpaceExhausted, as_space, as_value
from bo_tutorial.smbo import BayesianOptimization, default_n_initial


@dataclass(frozen=True, eq=False)
class Result:
    """What a run tried and what came of it, in the order of evaluation.

    Attributes:
        configs: the configurations, a list of n dicts.
        values: shape (n,), in units of f; NaN where an evaluation failed.
        failures: {index: message} of the evaluations that failed.
        believed_config: what the strategy recommends after the run; None if it has no model.

    Which configuration to use? Without noise, `best_config`. With noise, as when a network is
    trained with another seed each time, `recommended_config`: the largest of many noisy values is
    partly luck, and a model that also listens to the neighbors discounts it.
    """

    configs: list
    values: np.ndarray
    failures: dict = field(default_factory=dict)
    believed_config: dict | None = None

    @property
    def incumbents(self):
        """The best value so far after each evaluation, shape (n,); NaN before the first success."""
        return np.fmax.accumulate(self.values)

    @property
    def best_value(self):
        """The largest value observed, in units of f; NaN if all evaluations failed."""
        return float(self.incumbents[-1])

    @property
    def best_config(self):
        """The configuration of the largest value observed (the first of them, if several).

        Raises:
            ValueError: all evaluations failed.
        """
        if math.isnan(self.best_value):
            raise ValueError(f"all {len(self.values)} evaluations failed: {self.failures}")
        return self.configs[int(np.nanargmax(self.values))]

    @property
    def recommended_config(self):
        """The configuration, of those evaluated, with the largest posterior mean.

        The one to use when evaluations are noisy. A strategy without a model of f, such as random
        search or `TreeParzen`, recommends none: then it is `best_config`.

        Raises:
            ValueError: all evaluations failed.
        """
        return self.best_config if self.believed_config is None else self.believed_config

    def __repr__(self):
        failed = f", {len(self.failures)} failed" if self.failures else ""
        best = f"best {self.best_value:.4g}" if not math.isnan(self.best_value) else "no success"
        return f"Result({len(self.values)} evaluations{failed}, {best})"


def maximize(objective, space, n_evaluations=50, seed=0, strategy=None, progress=True):
    """Search for the configuration with the largest value of `objective`.

    Args:
        objective: a function of a configuration (a dict) that returns one number, larger is
            better. NaN, an infinity or an exception says that the evaluation failed: it is
            recorded, the strategy avoids the place, and the run goes on, since the evaluations
            before it may have cost hours. In the very first evaluation, with nothing to lose, an
            exception is more likely a mistake in the objective, and is raised.
        space: a `Space`.
        n_evaluations: the budget, 1 or more. A finite space that is exhausted ends the run before.
        seed: a whole number, 0 or more; used by the default strategy.
        strategy: anything with `ask` and `tell`. Default: `BayesianOptimization` with an initial
            design of max(5, 2 d) points, but at most a third of the budget and at least two.
        progress: show a progress bar with the best value so far.

    Returns:
        A `Result`. On an interrupt from the keyboard it holds what was evaluated until then.

    Raises:
        TypeError, ValueError: an argument of the wrong kind, before anything is evaluated; an
            objective that returns something else than a number, at its first return.
    """
    if not callable(objective):
        raise TypeError(f"objective must be a function of a configuration, got {objective!r:.80}")
    space = as_space(space)
    n_evaluations = _validate.whole_number("n_evaluations", n_evaluations, 1)
    if strategy is None:
        n_initial = min(default_n_initial(space), max(2, n_evaluations // 3))
        strategy = BayesianOptimization(space, n_initial=n_initial, seed=seed)
    for method in ("ask", "tell"):
        if isinstance(strategy, type) or not callable(getattr(strategy, method, None)):
            raise TypeError(
                f"strategy must be an object with ask and tell, like RandomSearch(space), "
                f"got {strategy!r:.80}"
            )

    configs, values, failures = [], [], {}
    with _bar(n_evaluations, progress) as bar:
        try:
            while len(values) < n_evaluations:
                config = strategy.ask()
                space.validate(config)  # before an evaluation is spent on it
                value, failure = _evaluate(objective, config, first=not values)
                strategy.tell(config, value)
                configs.append(config)
                values.append(value)
                if failure:
                    failures[len(values) - 1] = failure
                if np.isfinite(values).any():
                    bar.set_postfix_str(f"best {np.nanmax(values):.4g}", refresh=False)
                bar.update()
        except SpaceExhausted:
            pass  # fewer configurations than the budget: all of them have been evaluated
        except KeyboardInterrupt:
            if not values:
                raise
    return Result(configs, np.array(values), failures, _recommended(strategy, values))


def _recommended(strategy, values):
    """What a strategy with a model recommends; None without one, or without a value."""
    if not np.isfinite(values).any() or not callable(getattr(strategy, "recommend", None)):
        return None
    try:
        return dict(strategy.recommend())
    except Exception as error:  # the evaluations are worth more than a recommendation
        warnings.warn(f"no recommendation: {type(error).__name__}: {error}", stacklevel=3)
        return None


def _evaluate(objective, config, first):
    """Return the value of one evaluation, and the message if it failed."""
    try:
        returned = objective(dict(config))
        value = as_value("the return value of objective", returned)
    except Exception as error:
        if first:
            raise
        return math.nan, f"{type(error).__name__}: {error}"
    return value, "" if math.isfinite(value) else f"objective returned {returned!r}"


def _bar(total, progress):
    from tqdm.auto import tqdm  # looks for a notebook, which takes a while

    return tqdm(total=total, disable=not progress, unit="evaluation")
