"""The loop around every strategy: ask, evaluate, tell, until the budget is spent.

Each evaluation may stand for hours of somebody's computer. So the loop writes it down before it
asks the next question, goes on when one fails, and gives back what stands when it is interrupted.
"""

import contextlib
import logging
import math
import pickle
import time
import warnings
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, field

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.journal import Journal, JournalError
from bo_tutorial.search import SpaceExhausted, Strategy, as_space, as_value
from bo_tutorial.smbo import BayesianOptimization, default_n_initial

log = logging.getLogger("bo_tutorial")


@dataclass(frozen=True, eq=False)
class Result:
    """What a run tried and what came of it, in the order of asking.

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
    strategy: object = None

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


class WorkersLost(RuntimeError):
    """An executor broke; `result` holds what was evaluated before, and a journal holds it too."""

    def __init__(self, message, result):
        super().__init__(message)
        self.result = result


def maximize(
    objective,
    space,
    n_evaluations=50,
    seed=0,
    strategy=None,
    journal=None,
    executor=None,
    progress=True,
    *,
    n_parallel=None,
    on_error="record",
):
    """Search for the configuration with the largest value of `objective`.

    Args:
        objective: a function of a configuration (a dict) that returns one number, larger is
            better. NaN, an infinity or an exception says that the evaluation failed: it is
            recorded, the strategy avoids the place, and the run goes on.
        space: a `Space`.
        n_evaluations: the budget, 1 or more; trials of the journal count. A finite space that is
            exhausted ends the run before.
        seed: a whole number, 0 or more; used by the default strategy.
        strategy: anything with `ask` and `tell`. Default: `BayesianOptimization` with an initial
            design of max(5, 2 d) points, but at most a third of the budget and at least two.
        journal: the path of a file that gets each trial, durably, before the next question is
            asked. If it holds trials of this run already, they are told to the strategy, which
            must be a fresh one, and the run goes on from there: the same call again resumes.
        executor: a `concurrent.futures.Executor` whose workers evaluate side by side: threads,
            processes, or what the `get_executor` of a Dask client returns. A worker that finishes
            gets a new question at once, asked with what the others work on in mind.
        progress: show a progress bar with the best value so far.
        n_parallel: how many evaluations are under way at once. Default: the number of the
            executor's workers, or of the threads of its Dask cluster.
        on_error: "record" a failure and go on, or "raise" what the objective raised; what was
            evaluated before is in the journal then.

    Returns:
        A `Result`. On an interrupt from the keyboard it holds what was evaluated until then; the
        trials under way are not recorded, and a later call asks them again.

    Raises:
        TypeError, ValueError: an argument of the wrong kind, before anything is evaluated; an
            objective that returns something else than a number before any other value came.
        JournalError: the journal is damaged, in use, or of another space or seed.
        WorkersLost: a worker process died, and its pool with it. The same call with a new executor
            goes on from the journal.
    """
    if not callable(objective):
        raise TypeError(f"objective must be a function of a configuration, got {objective!r:.80}")
    space = as_space(space)
    n_evaluations = _validate.whole_number("n_evaluations", n_evaluations, 1)
    if on_error not in ("record", "raise"):
        raise ValueError(f"on_error must be 'record' or 'raise', got {on_error!r}")
    if strategy is None:
        n_initial = min(default_n_initial(space), max(2, n_evaluations // 3))
        strategy = BayesianOptimization(space, n_initial=n_initial, seed=seed)
    for method in ("ask", "tell"):
        if isinstance(strategy, type) or not callable(getattr(strategy, method, None)):
            raise TypeError(
                f"strategy must be an object with ask and tell, like RandomSearch(space), "
                f"got {strategy!r:.80}"
            )
    n_parallel = _n_parallel(executor, n_parallel, objective)
    executor = _Here() if executor is None else executor

    with contextlib.ExitStack() as stack:
        run = _Run(objective, space, n_evaluations, strategy, executor, on_error)
        if journal is not None:
            opened = Journal(journal, space, getattr(strategy, "seed", None))
            run.resume(stack.enter_context(opened))
        run.bar = stack.enter_context(_bar(n_evaluations, progress))
        run.show()
        try:
            run.go(n_parallel)
        except KeyboardInterrupt:
            run.give_up()
            if not run.trials:
                raise
    return run.result()


def _recommended(strategy, values):
    """What a strategy with a model recommends; None without one, or without a value."""
    if not np.isfinite(values).any() or not callable(getattr(strategy, "recommend", None)):
        return None
    try:
        return dict(strategy.recommend())
    except Exception as error:  # the evaluations are worth more than a recommendation
        warnings.warn(f"no recommendation: {type(error).__name__}: {error}", stacklevel=3)
        return None


class _Run:
    """One call of `maximize`: what is under way, and what came of what was."""

    def __init__(self, objective, space, n_evaluations, strategy, executor, on_error):
        self.objective, self.space, self.n_evaluations = objective, space, n_evaluations
        self.strategy, self.executor, self.on_error = strategy, executor, on_error
        self.trials = {}  # number: (config, value, failure)
        self.under_way = {}  # future: (number, config)
        self.journal = self.bar = None

    def resume(self, journal):
        """Tell the strategy what stands in the journal, and go on after it."""
        self.journal = journal
        for entry in journal.entries:
            config = journal.config(entry)
            value = math.nan if entry.value is None else float(entry.value)
            if isinstance(self.strategy, Strategy):  # keep the numbers, whatever is missing
                try:
                    self.strategy.tell(config, value, number=entry.trial)
                except ValueError as error:
                    raise JournalError(
                        f"strategy must be a fresh one to go on from {journal.path}: trial "
                        f"{entry.trial} has been told to it already ({error})"
                    ) from error
            else:
                self.strategy.tell(config, value)
            self.trials[entry.trial] = config, value, entry.failure or ""

    def go(self, n_parallel):
        """Keep `n_parallel` evaluations under way until the budget is spent."""
        exhausted = False
        while True:
            started = len(self.trials) + len(self.under_way)
            while not exhausted and len(self.under_way) < n_parallel:
                if started >= self.n_evaluations:
                    break
                exhausted = not self._start()
                started += not exhausted
            if not self.under_way:
                return
            done, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda each: self.under_way[each][0]):
                self._finish(future)

    def _start(self):
        """Ask a question and send it off; False if there is nothing left to ask."""
        try:
            config = self.strategy.ask()
        except SpaceExhausted:
            return False
        self.space.validate(config)  # before an evaluation is spent on it
        number = self._number(config)
        # The number makes each call another one for a cluster that remembers results.
        call = _evaluate, self.objective, config, self.on_error == "record", number
        try:
            future = self.executor.submit(*call)
        except BaseException as error:  # an interrupt too: without workers it evaluates right here
            self._forget(config)
            if isinstance(error, BrokenExecutor):
                self._workers_lost(error)
            raise
        self.under_way[future] = number, config
        return True

    def _number(self, config):
        """The trial number of what was asked last."""
        if isinstance(self.strategy, Strategy):
            under_way = {number for number, _ in self.under_way.values()}
            return next(
                trial.number
                for trial in self.strategy.pending
                if trial.config == config and trial.number not in under_way
            )
        taken = [*self.trials, *(number for number, _ in self.under_way.values())]
        return max(taken, default=-1) + 1

    def _finish(self, future):
        """Record what came of one evaluation: on disk first, then in the strategy."""
        number, config = self.under_way[future]
        try:
            returned, failure, started, ended = future.result()
        except BrokenExecutor as error:
            self._workers_lost(error)
        except Exception as error:
            # The objective raised and is not to be recorded, or a cluster gave up on the trial.
            if self.on_error == "raise" or isinstance(error, pickle.PicklingError):
                self.give_up()
                raise
            returned, failure, started, ended = math.nan, _words(error), time.time(), time.time()
        del self.under_way[future]
        try:
            value = as_value("the return value of objective", returned)
        except TypeError as error:
            if not any(math.isfinite(value) for _, value, _ in self.trials.values()):
                self.give_up()
                raise
            value, failure = math.nan, _words(error)
        if math.isnan(value):
            failure = failure or f"objective returned {returned!r}"
        if failure and not any(failure for _, _, failure in self.trials.values()):
            log.warning("evaluation %d failed, and the run goes on: %s", number, failure)
        if self.journal is not None:
            self.journal.append(number, config, value, failure, started, ended)
        self.strategy.tell(config, value)
        self.trials[number] = config, value, failure
        self.show()

    def _workers_lost(self, error):
        """Record what other workers finished, and say how to go on."""
        for future in list(self.under_way):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._finish(future)
        lost = [config for _, config in self.under_way.values()]
        self.give_up()
        where = "are lost with it: give `journal=` a path next time"
        if self.journal is not None:
            where = f"stand in {self.journal.path}: the same call with a new executor goes on there"
        raise WorkersLost(
            f"a worker died and took its pool with it ({_words(error)}) while {lost} "
            f"were evaluated; {len(self.trials)} evaluations {where}",
            self.result(),
        ) from error

    def give_up(self):
        """Forget what is under way: it is not recorded, and a later call asks it again."""
        for future, (_, config) in self.under_way.items():
            future.cancel()
            self._forget(config)
        self.under_way.clear()

    def _forget(self, config):
        if isinstance(self.strategy, Strategy):
            self.strategy.withdraw(config)

    def show(self):
        """Bring the progress bar up to date."""
        finite = [value for _, value, _ in self.trials.values() if math.isfinite(value)]
        if finite:
            self.bar.set_postfix_str(f"best {max(finite):.4g}", refresh=False)
        self.bar.update(len(self.trials) - self.bar.n)

    def result(self):
        trials = [self.trials[number] for number in sorted(self.trials)]
        configs = [dict(config) for config, _, _ in trials]
        failures = {i: failure for i, (_, _, failure) in enumerate(trials) if failure}
        values = np.array([value for _, value, _ in trials])
        recommended = _recommended(self.strategy, values)
        return Result(configs, values, failures, recommended, strategy=self.strategy)


class _Here(Executor):
    """Evaluate in this thread, one at a time: the loop without an executor."""

    def submit(self, function, *arguments):
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


def _evaluate(objective, config, catch, number):
    """Return what the objective returned, why it failed, and when it began and ended.

    Runs in the worker. An exception travels back as text, since not every one can be sent.
    """
    started = time.time()
    try:
        returned, failure = objective(dict(config)), ""
    except Exception as error:
        if not catch:
            raise
        returned, failure = math.nan, _words(error)
    return returned, failure, started, time.time()


def _n_parallel(executor, n_parallel, objective):
    """How many evaluations to have under way.

    Raises:
        TypeError, ValueError: no executor, a number that is not 1 or more, an objective that
            cannot be sent to another process.
    """
    if n_parallel is not None:
        n_parallel = _validate.whole_number("n_parallel", n_parallel, 1)
    if executor is None:
        if n_parallel not in (None, 1):
            raise ValueError(f"n_parallel must be 1 without an executor, got {n_parallel}")
        return 1
    if not callable(getattr(executor, "submit", None)):
        raise TypeError(
            f"executor must be a concurrent.futures.Executor, such as ThreadPoolExecutor(4) or "
            f"client.get_executor(), got {executor!r:.80}"
        )
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.dumps(objective)
        except Exception as error:
            raise TypeError(
                f"objective must be a function that another process can import, defined at the top "
                f"of a module and no lambda, got {objective!r:.80} ({_words(error)})"
            ) from error
    if n_parallel is None:
        n_parallel = getattr(executor, "_max_workers", None)
        if hasattr(executor, "_client"):  # Dask: the threads of the cluster as it is now
            n_parallel = sum(executor._client.nthreads().values())
        if not n_parallel:
            raise ValueError("n_parallel must be given: the executor does not say how many workers")
    return n_parallel


def _words(error):
    return f"{type(error).__name__}: {error}"


def _bar(total, progress):
    from tqdm.auto import tqdm  # looks for a notebook, which takes a while

    return tqdm(total=total, disable=not progress, unit="evaluation")
