"""What a run tried and what came of it; and a rule that says when it is enough."""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.frames import to_dataframe
from bo_tutorial.protocols import Strategy

if TYPE_CHECKING:
    import pandas

TITLE = "Traceback (most recent call last):"
_TRACE = f"\n\n{TITLE}\n"


class Failure(str):
    """Why an evaluation failed, in a line; printed, or as `str(failure)`, with its traceback.

    Attributes:
        traceback: where it was raised, from the objective on; "" if no exception was.
    """

    traceback: str

    def __new__(cls, text: str) -> Self:
        """Read what `str(failure)` gave: a line, and a traceback if there is one."""
        message, found, trace = text.partition(_TRACE)
        failure = super().__new__(cls, message)
        failure.traceback = f"{found}{trace}".strip("\n")
        return failure

    def __str__(self) -> str:
        return "\n\n".join(filter(None, [self[:], self.traceback]))


@dataclass(frozen=True, eq=False)
class Result:
    """What a run tried and what came of it, in the order of asking.

    Attributes:
        configs: the configurations, a list of n dicts.
        values: shape (n,), in units of f; NaN where an evaluation failed.
        failures: {index: text} of the evaluations that failed; each is a `Failure`, a line that
            shows its traceback when it is printed.
        believed_config: what the strategy recommends after the run; None if it has no model.
        extras: {index: dict} of what evaluations returned beside their value.
        sources: where each trial comes from, a list of n words: "evaluated" in this run, taken from
            the "journal", "earlier" (evaluated before this run with the same strategy), or "told"
            (a result that the strategy was told without having asked).
        times: {index: (start, end)} of the evaluations, as `datetime` in UTC, where it is known.
        strategy: the strategy of the run; its `posterior()` is what it believes of f.

    Which configuration to use? Without noise, `best_config`. With noise, as when a network is
    trained with another seed each time, `recommended_config`: the largest of many noisy values is
    partly luck, and a model that also listens to the neighbors discounts it.
    """

    configs: list
    values: np.ndarray
    failures: dict = field(default_factory=dict)
    believed_config: dict | None = None
    extras: dict = field(default_factory=dict)
    sources: list = field(default_factory=list)
    times: dict = field(default_factory=dict)
    strategy: Strategy | None = None

    @property
    def incumbents(self) -> np.ndarray:
        """The best value so far after each evaluation, shape (n,); NaN before the first success."""
        return np.fmax.accumulate(self.values)

    @property
    def best_value(self) -> float:
        """The largest value observed, in units of f; NaN if there is none."""
        return float(self.incumbents[-1]) if len(self.values) else math.nan

    @property
    def best_config(self) -> dict:
        """The configuration of the largest value observed (the first of them, if several).

        Raises:
            ValueError: there is no value: nothing was evaluated, or all evaluations failed.
        """
        if not len(self.values):
            raise ValueError("nothing was evaluated, so there is no best configuration")
        if math.isnan(self.best_value):
            raise ValueError(f"all {len(self.values)} evaluations failed: {self.failures}")
        return self.configs[int(np.nanargmax(self.values))]

    @property
    def recommended_config(self) -> dict:
        """The configuration, of those evaluated, to use; `recommendation.py` says which that is.

        Where evaluations are noisy, the surest one of a model; else the best observed. A strategy
        without a model of f, such as random search or `TreeParzen`, recommends none: then it is
        `best_config`.

        Raises:
            ValueError: there is no value.
        """
        return self.best_config if self.believed_config is None else self.believed_config

    def to_dataframe(self) -> "pandas.DataFrame":
        """Return the trials as a `pandas.DataFrame`, one row each; `frames.py` names the columns.

        Raises:
            ImportError: pandas is not installed.
        """
        trials = []
        for i, (config, value) in enumerate(zip(self.configs, self.values, strict=True)):
            started, ended = self.times.get(i, (None, None))
            more = {"failure": self.failures.get(i), "extra": self.extras.get(i)}
            if self.sources:
                more["source"] = self.sources[i]
            times = {"started": started, "ended": ended}
            trials.append(SimpleNamespace(number=i, config=config, value=value, **times, **more))
        return to_dataframe(trials)

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        told = self.sources.count("told")
        known = f", {told} told before" if told else ""
        best = f"best {self.best_value:.4g}" if not math.isnan(self.best_value) else "no success"
        return f"Result({len(self.values)} evaluations{failed}{known}, {best})"


@dataclass(frozen=True)
class Plateau:
    """Stop when the best value has not grown for a while: hand it to `maximize(stop=...)`.

    Args:
        patience: how many evaluations in a row without progress end the run, 1 or more.
        min_delta: what counts as progress, in units of f: more than this.

    Raises:
        TypeError, ValueError: an argument of another kind.
    """

    patience: int = 20
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        # As Python's own: a number of NumPy's may be too short for what is computed with it.
        patience = _validate.whole_number("patience", self.patience, 1)
        object.__setattr__(self, "patience", patience)
        object.__setattr__(self, "min_delta", _validate.number("min_delta", self.min_delta, 0))

    def __call__(self, result: Result) -> bool:
        """Say whether the last `patience` evaluations brought no progress.

        A result that the strategy was told without having asked is no evaluation, but it may be
        what must be beaten.
        """
        best = result.incumbents
        told = [source == "told" for source in result.sources] or [False] * len(best)
        evaluated = np.flatnonzero(~np.array(told, dtype=bool))
        if len(evaluated) < self.patience or evaluated[-self.patience] == 0:
            return False
        before = best[evaluated[-self.patience] - 1]
        return bool(best[-1] - before <= self.min_delta)  # False before the first success
