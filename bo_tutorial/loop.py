"""The loop around every strategy: ask, evaluate, tell, until the budget is spent.

Each evaluation may stand for hours of somebody's computer. So the loop writes it down before it
asks the next question, goes on when one fails, and gives back what stands however it is left.
"""

import contextlib
import copy
import inspect
import logging
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from datetime import UTC, datetime
from pickle import PicklingError

import numpy as np

from bo_tutorial import _files, _validate, workers
from bo_tutorial._tryout import refuse_class, refuse_methods, refuse_signature
from bo_tutorial._words import MAXIMIZE, refuse_unknown
from bo_tutorial.journal import Journal, JournalError, moment
from bo_tutorial.protocols import NumberedTrials, Strategy
from bo_tutorial.result import Failure, Result
from bo_tutorial.smbo import BayesianOptimization, default_n_initial
from bo_tutorial.space import Space
from bo_tutorial.strategy import SpaceExhausted, as_space

log = logging.getLogger("bo_tutorial")
ON_ERROR = ("record", "continue", "raise")
LOOK_AFTER = 5.0  # seconds without news from the workers: are there any left?
N_ALIKE = 3  # fewer failures than that say nothing about the objective


class WorkersLost(RuntimeError):
    """An executor broke; `result` holds what was evaluated before, and a journal holds it too."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message)
        self.result = result


class ObjectiveFailed(RuntimeError):
    """As many evaluations as an initial design has, the first ones, failed with the same error.

    `result` holds them.
    """


def maximize(
    objective: Callable[[dict], float | tuple[float, dict]],
    space: Space,
    n_evaluations: int = 50,
    seed: int | None = None,
    strategy: Strategy | None = None,
    journal: str | os.PathLike | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    *,
    n_parallel: int | None = None,
    on_error: str = "record",
    max_seconds: float | None = None,
    stop: Callable[[Result], bool] | None = None,
    first: Iterable[dict] = (),
    **unknown: object,
) -> Result:
    """Search for the configuration with the largest value of `objective`.

    Args:
        objective: a function of a configuration (a dict) that returns one number, larger is
            better, or that number and a dict of further ones: `return accuracy, {"seconds": 3.2}`.
            NaN, an infinity, a missing value or an exception says that the evaluation failed: it
            is recorded, the strategy avoids the place, and the run goes on.
        space: a `Space`.
        n_evaluations: the budget, 1 or more: evaluations of this search in all. Those of the
            journal count, and those that the same strategy asked for before; results that it was
            told without having asked do not. A finite space that is exhausted ends the run before.
        seed: a whole number, 0 or more, for the default strategy; 0 if left out. A strategy of
            your own has its own seed.
        strategy: anything with `ask` and `tell`. Default: `BayesianOptimization` with an initial
            design of max(5, 2 d) points, but at most a third of the budget and at least two.
        journal: the path of a file that gets each trial, durably, before the next question is
            asked. If it holds trials of this run already, they are told to the strategy, which
            must be a fresh one, and the run goes on from there: the same call again resumes. A
            message says how many were taken. It cannot know whether the objective is still the
            same: another objective needs another file.
        executor: a `concurrent.futures.Executor` whose workers evaluate side by side: threads,
            processes, or what the `get_executor` of a Dask client returns. A worker that finishes
            gets a new question at once, asked with what the others work on in mind.
        progress: show a progress bar with the best value so far.
        n_parallel: how many evaluations are under way at once. Default: the number of the
            executor's workers, or of the threads of its Dask cluster.
        on_error: "record" a failure and go on, unless the whole initial design, or the first
            evaluations of this call, as many as an initial design has, failed with one and the
            same error; "continue" even then; or "raise" what the objective raised.
        max_seconds: start no evaluation after so many seconds of this call; those under way end
            and count. Default: no limit.
        stop: a function of the `Result` so far that returns True to end the run, such as
            `Plateau(20)`; called after each evaluation, and before the first one of a run that is
            resumed.
        first: configurations to try before any question is asked, a list; what has been tried
            already is left out. They count as initial design.

    Returns:
        A `Result` with everything the strategy knows by then. On an interrupt from the keyboard, or
        `sys.exit` in the objective, it holds what was evaluated until then; the trials under way
        are not recorded, and a later call asks them again.

    Raises:
        TypeError, ValueError: an argument of the wrong kind, before anything is evaluated; an
            objective that returns something else than a number before it returned any.
        JournalError: the journal is damaged, in use, of another space or seed, or replaced while
            the run goes on.
        ObjectiveFailed: the whole initial design failed with the same error.
        WorkersLost: a worker process died, and its pool with it, or the executor was closed. The
            same call with a new executor goes on from the journal.
        Whatever leaves a run that has begun has an attribute `result` with what was evaluated.
    """
    refuse_unknown("maximize", unknown, MAXIMIZE, inspect.signature(maximize).parameters)
    if not callable(objective):
        raise TypeError(f"objective must be a function of a configuration, got {objective!r:.80}")
    space = as_space(space)
    names = ", ".join(space.names)
    takes = f"the configuration, a dict of {names}"
    refuse_signature("objective", objective, takes, "lambda config: f(**config)")
    n_evaluations = _validate.whole_number("n_evaluations", n_evaluations, 1)
    if on_error not in ON_ERROR:
        raise ValueError(
            f"on_error must be 'record' or 'raise', got {on_error!r} ('continue' records too, and "
            "never stops)"
        )
    if max_seconds is not None:
        max_seconds = _validate.number("max_seconds", max_seconds, 0)
    refuse_class("stop", stop, "Plateau(20)")
    if stop is not None and not callable(stop):
        raise TypeError(f"stop must be a function of a Result, such as Plateau(20), got {stop!r}")
    if stop is not None:
        refuse_signature("stop", stop, "the Result so far", "lambda result: ... or Plateau(20)")
    if journal is not None and not isinstance(journal, str | os.PathLike):
        raise TypeError(f"journal must be the path of a file, got {journal!r:.80}")
    first = _first(first, space)
    strategy = _strategy(strategy, space, seed, n_evaluations)
    n_parallel = workers.n_parallel(executor, n_parallel, objective, space)
    executor = workers.Here() if executor is None else executor

    run = _Run(objective, space, n_evaluations, strategy, executor, on_error, stop, first)
    if max_seconds is not None:
        run.deadline = time.monotonic() + max_seconds
    try:
        with contextlib.ExitStack() as stack:
            if journal is not None:
                opened = Journal(journal, space, getattr(strategy, "seed", None))
                run.resume(stack.enter_context(opened))
            run.bar = stack.enter_context(_Bar(n_evaluations, progress))
            run.show()
            try:
                run.go(n_parallel)
            except BaseException as end:
                run.save_what_is_done()
                if not isinstance(end, (KeyboardInterrupt, SystemExit)) or not run.trials:
                    raise
                if isinstance(end, SystemExit):
                    _say("sys.exit was called in the objective: the run ends here")
        return run.result()
    except BaseException as error:
        with contextlib.suppress(Exception):  # some exceptions cannot be written to
            # A `Result` that it has already may be that of another run, inside of the objective.
            if isinstance(getattr(error, "result", None), Result | None):
                stands = run.result(recommend=isinstance(error, WorkersLost))
                error.result = stands  # type: ignore[attr-defined]  # it is we who add it
        raise


def _say(message, *arguments):
    """Log a warning. An evaluation is not lost because there is nowhere to write it."""
    with contextlib.suppress(Exception):
        log.warning(message, *arguments)


def _strategy(strategy, space, seed, n_evaluations):
    """The strategy of the run: the one given, or the default."""
    if strategy is None:
        n_initial = min(default_n_initial(space), max(2, n_evaluations // 3))
        seed = 0 if seed is None else seed
        return BayesianOptimization(space, n_initial=n_initial, seed=seed)
    refuse_class("strategy", strategy, "RandomSearch(space)")
    for method in ("ask", "tell"):
        if not callable(getattr(strategy, method, None)):
            raise TypeError(
                f"strategy must be an object with ask and tell, like RandomSearch(space), "
                f"got {strategy!r:.80}"
            )
    refuse_methods("strategy", strategy, {"ask": (), "tell": ("config", "value")})
    if seed is not None and getattr(strategy, "seed", None) != seed:
        raise ValueError(
            f"seed must be left out beside a strategy, which has its own: got seed={seed!r} and "
            f"{strategy!r:.80}; write {type(strategy).__name__}(space, seed={seed!r})"
        )
    if isinstance(strategy, NumberedTrials) and strategy.space != space:
        raise ValueError(
            f"strategy must search the space of the call, {space!r:.200}, got one that searches "
            f"{strategy.space!r:.200}"
        )
    return strategy


def _first(first, space):
    """The configurations to try first, each checked."""
    if isinstance(first, dict) or not hasattr(first, "__iter__"):
        raise TypeError(f"first must be a list of configurations, got {first!r:.80}")
    configs = []
    for i, config in enumerate(first):
        try:
            space.validate(config)
        except (TypeError, ValueError) as error:
            raise type(error)(f"first[{i}] must be of the space: {error}") from None
        configs.append(dict(config))
    return configs


@dataclass(frozen=True)
class _Outcome:
    """What is known of one trial; the entries are those of `Result`."""

    config: dict
    value: float
    failure: str
    extra: dict
    source: str
    times: tuple | None = None


class _Run:
    """One call of `maximize`: what is under way, and what came of what was."""

    def __init__(self, objective, space, n_evaluations, strategy, executor, on_error, stop, first):
        self.objective, self.space, self.n_evaluations = objective, space, n_evaluations
        self.strategy, self.executor, self.on_error = strategy, executor, on_error
        self.stop, self.first = stop, list(first)
        self.trials = {}  # number: _Outcome
        self.under_way = {}  # future: (number, config)
        self.journal, self.bar, self.deadline = None, None, math.inf
        self.is_numbered = isinstance(strategy, NumberedTrials)
        if self.is_numbered:
            for trial in strategy.told:
                failure = Failure("it was told as a failure") if math.isnan(trial.value) else ""
                source = "earlier" if trial.asked else "told"
                outcome = _Outcome(dict(trial.config), trial.value, failure, {}, source)
                self.trials[trial.number] = outcome

    def resume(self, journal):
        """Tell the strategy what stands in the journal, and go on after it."""
        self.journal = journal
        for entry in journal.entries:
            config = journal.config(entry)
            value = math.nan if entry.value is None else float(entry.value)
            if self.is_numbered:  # keep the numbers, whatever is missing
                try:
                    self.strategy.tell(config, value, number=entry.trial)
                except ValueError as error:
                    raise JournalError(
                        f"strategy must be a fresh one to go on from {journal.path}: it has a "
                        f"trial {entry.trial} already, asked or told ({error})"
                    ) from error
            else:
                self.strategy.tell(config, value)
            rest = Failure(entry.failure or ""), entry.extra or {}, "journal", _times(entry)
            self.trials[entry.trial] = _Outcome(config, value, *rest)
        if journal.entries:
            _say(
                "%d of %d evaluations were taken from the journal %s, and are not made again: if "
                "the objective has changed since, name another file",
                len(journal.entries),
                max(self.n_evaluations, len(journal.entries)),
                journal.path,
            )

    def go(self, n_parallel):
        """Keep `n_parallel` evaluations under way until the budget is spent."""
        ended = self._is_enough()
        while True:
            while not ended and len(self.under_way) < n_parallel:
                if self._n_spent() + len(self.under_way) >= self.n_evaluations:
                    break
                ended = time.monotonic() >= self.deadline or not self._start()
            if not self.under_way:
                return
            done = self._wait()
            if not done and self._is_broken():  # what came in while the pool broke never ends
                self._workers_lost(BrokenExecutor("the pool is broken"))
            for future in sorted(done, key=lambda each: self.under_way[each][0]):
                self._finish(future)
                ended = ended or self._is_enough()
            self._refuse_broken_objective()

    def _wait(self):
        """The evaluations that have ended; after some time without news, none.

        Raises:
            ValueError: none has, where nothing goes on while this thread waits.
        """
        if not _validate.IN_WEBASSEMBLY:
            return wait(self.under_way, timeout=LOOK_AFTER, return_when=FIRST_COMPLETED)[0]
        done = {future for future in self.under_way if future.done()}
        if not done and not self._is_broken():  # to wait would end the interpreter
            raise ValueError(
                f"executor must evaluate at once in {workers.NO_WORKERS}, got "
                f"{self.executor!r:.80}, whose futures stay open"
            )
        return done

    def _n_spent(self):
        """How much of the budget is spent: what was told without a question is free."""
        return sum(outcome.source != "told" for outcome in self.trials.values())

    def _is_enough(self):
        if self.stop is None or not self.trials:
            return False
        return bool(self.stop(self.result(recommend=False)))

    def _start(self):
        """Ask a question and send it off; False if there is nothing left to ask."""
        try:
            config = self._next()
        except SpaceExhausted:
            return False
        number = self._number(config)
        # In another process nothing arrives that cannot be sent.
        travels = not isinstance(self.executor, workers.Here | ThreadPoolExecutor)
        call = self.objective, config, self.on_error != "raise", number, travels
        try:
            future = self.executor.submit(workers.evaluate, *call)
        except BaseException as error:  # an interrupt too: without workers it evaluates right here
            self._forget(config)
            if isinstance(error, BrokenExecutor) or self._is_broken():
                self._workers_lost(error)
            if isinstance(error, RuntimeError) and workers.is_closed(self.executor):
                self._workers_lost(error)
            raise
        if not isinstance(future, Future):
            self._forget(config)
            raise TypeError(
                "executor must return futures of concurrent.futures from its submit, got "
                f"{future!r:.80}; one evaluation was handed to it"
            )
        self.under_way[future] = number, config
        return True

    def _is_broken(self):
        return bool(getattr(self.executor, "_broken", False))

    def _next(self):
        """The next of `first` that is not known yet, or else what the strategy asks."""
        known = [outcome.config for outcome in self.trials.values()]
        known += [config for _, config in self.under_way.values()]
        while self.first:
            config = self.first.pop(0)
            if config not in known:
                if self.is_numbered:
                    self.strategy.begin(config)
                return config
        config = self.strategy.ask()
        try:
            self.space.validate(config)  # before an evaluation is spent on it
        except (TypeError, ValueError) as error:
            name = type(self.strategy).__name__
            raise type(error)(f"{name}.ask must return a configuration: {error}") from None
        return copy.copy(config)  # the strategy may go on to change its own

    def _number(self, config):
        """The trial number of what was asked last."""
        if self.is_numbered:
            under_way = {number for number, _ in self.under_way.values()}
            return next(
                trial.number
                for trial in self.strategy.pending
                if trial.config == config and trial.number not in under_way
            )
        taken = [*self.trials, *(number for number, _ in self.under_way.values())]
        return max(taken, default=-1) + 1

    def _number_told(self, config):
        """The number under which the strategy will remember an answer.

        Where one configuration is under way twice, the first answer is that to the first question.
        """
        waiting = [trial.number for trial in self.strategy.pending if trial.config == config]
        taken = {trial.number for trial in self.strategy.told + self.strategy.pending}
        free = (number for number in range(len(taken) + 1) if number not in taken)
        return waiting[0] if waiting else next(free)

    def _finish(self, future):
        """Record what came of one evaluation: on disk first, then in the strategy."""
        number, config = self.under_way[future]
        try:
            done = future.result()
        except (BrokenExecutor, CancelledError) as error:
            if isinstance(self.executor, workers.Here):  # that of a pool inside of the objective
                raise
            self._workers_lost(error)
        except Exception as error:
            # The objective raised and is not to be recorded, or a cluster gave up on the trial.
            if self.on_error == "raise" or isinstance(error, PicklingError):
                raise
            now = time.time()
            done = workers.Evaluation(math.nan, workers.described(error), {}, now, now)
        if done.interrupt is not None:
            raise done.interrupt
        mine = [each for each in self.trials.values() if each.source == "evaluated"]
        if done.misuse and not any(math.isfinite(each.value) for each in mine):
            raise TypeError(done.misuse)
        del self.under_way[future]
        if self.is_numbered:
            number = self._number_told(config)
        times = tuple(datetime.fromtimestamp(each, UTC) for each in (done.started, done.ended))
        rest = done.failure, done.extra, "evaluated", times
        self.trials[number] = _Outcome(config, done.value, *rest)
        try:
            if self.journal is not None:
                line = number, config, done.value, str(done.failure), done.started, done.ended
                self.journal.append(*line, done.extra)
        finally:  # a disk may be full: who goes on with this strategy has lost nothing
            self.strategy.tell(config, done.value)
        if done.failure and not any(each.failure for each in mine):
            _say("evaluation %d failed, and the run goes on: %s", number, done.failure[:])
        self.show()

    def _refuse_broken_objective(self):
        """Stop where as many evaluations as an initial design has failed with the same error.

        All of them so far, the journal's too; or all that this call made, since the objective may
        be another one than before.

        Raises:
            ObjectiveFailed: they did.
        """
        if self.on_error != "record" or self._n_spent() >= self.n_evaluations:
            return
        n_initial = getattr(self.strategy, "n_initial", default_n_initial(self.space))
        for sources in (("journal", "evaluated"), ("evaluated",)):
            mine = [each for each in self.trials.values() if each.source in sources]
            kinds = {workers.kind(each.failure) for each in mine}
            if len(mine) < max(N_ALIKE, n_initial) or len(kinds) != 1 or None in kinds:
                continue
            again = "mend the objective and call again"
            if self.journal is not None:
                again += f", with another journal, since the failures stand in {self.journal.path}"
            raise ObjectiveFailed(
                f"all {len(mine)} evaluations so far failed at one place ({mine[-1].failure[:]}), "
                "and the rest of the budget is not spent. The traceback is in `result.failures` "
                f"of this exception: {again}; or on_error='continue' goes on whatever fails"
            )

    def _workers_lost(self, error):
        """Record what other workers finished, and say how to go on."""
        lost = [config for _, config in self.under_way.values()]
        self.save_what_is_done()
        if self._is_broken():
            workers.end_processes(self.executor)
        n_done = sum(outcome.source == "evaluated" for outcome in self.trials.values())
        where = "are lost with it: give `journal=` a path next time"
        if self.journal is not None:
            n_done = len(self.journal.entries)
            where = f"stand in {self.journal.path}: the same call with a new executor goes on there"
        what = "a worker died and took its pool with it"
        if isinstance(error, CancelledError) or workers.is_closed(self.executor):
            what = "the executor was closed"
        raise WorkersLost(
            f"{what} ({workers.words(error)}) while {lost} "
            f"were evaluated; {n_done} evaluations {where}",
            self.result(recommend=False),
        ) from error

    def save_what_is_done(self):
        """Record what workers have finished, as far as that is possible, and give up the rest."""
        for future in list(self.under_way):
            if future.done() and not future.cancelled() and future.exception() is None:
                # Another one is on its way to the user.
                with contextlib.suppress(Exception, KeyboardInterrupt, SystemExit):
                    self._finish(future)
        self.give_up()

    def give_up(self):
        """Forget what is under way: it is not recorded, and a later call asks it again."""
        for future, (_, config) in self.under_way.items():
            future.cancel()
            self._forget(config)
        self.under_way.clear()

    def _forget(self, config):
        if self.is_numbered:
            with contextlib.suppress(ValueError):  # somebody has told it by hand
                self.strategy.withdraw(config)

    def show(self):
        """Bring the progress bar up to date."""
        values = [outcome.value for outcome in self.trials.values()]
        self.bar.show(self._n_spent(), max(filter(math.isfinite, values), default=None))

    def result(self, recommend=True):
        """What stands; without a recommendation where one would cost a fit."""
        trials = [self.trials[number] for number in sorted(self.trials)]
        values = np.array([trial.value for trial in trials], dtype=float)
        return Result(
            configs=[dict(trial.config) for trial in trials],
            values=values,
            failures={i: trial.failure for i, trial in enumerate(trials) if trial.failure},
            believed_config=_recommended(self.strategy, values) if recommend else None,
            extras={i: dict(trial.extra) for i, trial in enumerate(trials) if trial.extra},
            sources=[trial.source for trial in trials],
            times={i: trial.times for i, trial in enumerate(trials) if trial.times},
            strategy=self.strategy,
        )


def _times(entry):
    """When an evaluation of a journal began and ended; None if somebody wrote no time there."""
    try:
        return moment(entry.started), moment(entry.ended)
    except (TypeError, ValueError):
        return None


def _recommended(strategy, values):
    """What a strategy with a model recommends; None without one, or without a value."""
    if not np.isfinite(values).any() or not callable(getattr(strategy, "recommend", None)):
        return None
    try:
        return dict(strategy.recommend())
    except Exception as error:  # the evaluations are worth more than a recommendation
        warnings.warn(f"no recommendation: {type(error).__name__}: {error}", stacklevel=4)
        return None


class _Bar:
    """A progress bar, or nothing at all: where none is wanted, and where there is no stderr."""

    def __init__(self, total, wanted):
        # On a closed stream tqdm before 4.70 leaves half a bar, which complains when collected.
        usable = sys.stderr is not None and not getattr(sys.stderr, "closed", False)
        self.total, self.wanted, self.bar = total, wanted and usable, None

    def __enter__(self):
        if self.wanted:
            self._try(self._open)
        return self

    def _open(self):
        bar = _files.progress_bar("tqdm.auto")  # looks for a notebook, which takes a while
        self.bar = bar(total=self.total, unit="evaluation")

    def __exit__(self, *exception):
        if self.bar is not None:
            self._try(self.bar.close)

    def show(self, n, best):
        """Show `n` evaluations and the best value, None before the first one."""
        if self.bar is None:
            return

        def update():
            if best is not None:
                self.bar.set_postfix_str(f"best {best:.4g}", refresh=False)
            self.bar.update(n - self.bar.n)

        self._try(update)

    def _try(self, act):
        try:
            act()
        except Exception:  # stderr is closed, or takes no text: the run goes on without a bar
            self.bar = None
