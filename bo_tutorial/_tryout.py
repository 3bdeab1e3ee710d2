"""Try what a user hands over on made-up data, before an evaluation is spent on it.

A surrogate is first asked after the initial design, an acquisition too: a mistake that shows only
then costs every evaluation so far. So both run once, on a few points and values of no meaning, when
they are handed over.
"""

import contextlib
import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from bo_tutorial._words import KERNELS
from bo_tutorial.protocols import Acquisition, Posterior, Surrogate
from bo_tutorial.space import Space

N_ASKED = 7  # points of a made-up question: unlike the numbers of trials, so that a mix-up shows
NOT_AN_INCUMBENT = ("beta", "k", "kappa", "xi")  # what stands in third place in other formulas


def refuse_class(name: str, value: object, example: str) -> None:
    """Refuse a class where an object of it is meant.

    Raises:
        TypeError: `value` is a class.
    """
    if isinstance(value, type):
        raise TypeError(
            f"{name} must be an object, such as {example}, got the class {value.__name__}: "
            "put brackets behind it"
        )


def refuse_signature(name: str, function: Callable, argument: str, example: str) -> None:
    """Refuse a function that cannot take one argument, or that answers with a promise.

    Raises:
        TypeError: `function` is no function of one argument; it is async or a generator.
    """
    _refuse_promise(name, function)
    signature = _signature(function)
    try:
        if signature is not None:
            signature.bind(None)
    except TypeError:
        if isinstance(function, type):
            refuse_class(name, function, f"{function.__name__}()")
        raise TypeError(
            f"{name} must be a function of one argument, {argument}, got one that takes "
            f"{signature}: write {example}"
        ) from None


def refuse_methods(name: str, value: object, methods: dict[str, tuple]) -> None:
    """Refuse an object whose methods take other arguments, or answer with a promise.

    Args:
        methods: {name: the arguments that it gets, in their order}.

    Raises:
        TypeError: one of them cannot be called like this.
    """
    for method, arguments in methods.items():
        function = getattr(value, method)
        _refuse_promise(f"{method} of the {name}", function)
        signature = _signature(function)
        try:
            if signature is not None:
                signature.bind(*arguments)
        except TypeError:
            raise TypeError(
                f"{name} must have a method {method}({', '.join(arguments)}), got one that takes "
                f"{signature}"
            ) from None


def _refuse_promise(name, function):
    """Refuse what does not return its answer when it is called."""
    for is_other, kind in (
        (inspect.iscoroutinefunction, "an async function"),
        (inspect.isgeneratorfunction, "a generator"),
        (inspect.isasyncgenfunction, "an async generator"),
    ):
        if is_other(function) or is_other(getattr(function, "__call__", None)):  # noqa: B004
            raise TypeError(
                f"{name} must be a plain function that returns its answer, got {kind}: "
                f"{function!r:.80}"
            )


def _signature(function, inside=False):
    """How a function is called; None where it does not say, as some built-in code.

    Not how one is that a decorator wraps, which may take other arguments: that is `inside`.
    """
    try:
        return inspect.signature(function, follow_wrapped=inside)
    except (TypeError, ValueError):
        return None


def try_surrogate(surrogate: Surrogate, X: np.ndarray, y: np.ndarray) -> Posterior:
    """Return the posterior of a copy of `surrogate` after made-up values `y` (n,) at `X` (n, d).

    Raises:
        TypeError: it is a class, has no `fit`, raises, or what it returns cannot predict a mean and
            a standard deviation for each point; what else it offers has another shape.
    """
    refuse_class("surrogate", surrogate, "GaussianProcess()")
    if not callable(getattr(surrogate, "fit", None)):
        raise TypeError(
            f"surrogate must have a method fit(X, y), like GaussianProcess(), got {surrogate!r:.80}"
        )
    try:
        surrogate = copy.deepcopy(surrogate)
    except Exception:  # a handle to something outside: it is tried as it is
        pass
    where = f"on {len(X)} made-up points in {X.shape[1]} dimensions"
    with _blamed(f"surrogate must accept fit(X, y), X (n, d) and y (n,); {where}"):
        if hasattr(surrogate, "learned"):
            surrogate = surrogate.learned(X.copy(), y.copy())
        posterior = getattr(surrogate, "condition", surrogate.fit)(X.copy(), y.copy())
    if not callable(getattr(posterior, "predict", None)):
        raise TypeError(
            f"surrogate must return a posterior with predict(X) from its fit, got {posterior!r:.80}"
        )
    _try_posterior(posterior, X, _made_up(N_ASKED, X.shape[1]))
    return posterior


def try_acquisition(acquisition: Acquisition) -> None:
    """Score a few made-up points.

    Raises:
        TypeError: it is a class, takes something else than (mu, sigma, best), raises, or does not
            return one number for each point.
    """
    refuse_class("acquisition", acquisition, "ExpectedImprovement(xi=0.01)")
    if not callable(acquisition):
        raise TypeError(
            "acquisition must be a callable (mu, sigma, best), such as "
            f"ExpectedImprovement(xi=0.01), got {acquisition!r:.80}"
        )
    _refuse_promise("acquisition", acquisition)
    _refuse_signature(acquisition)
    mu, sigma, best = np.linspace(-1, 1, N_ASKED), np.linspace(0.5, 0.1, N_ASKED), 0.3
    with _blamed("acquisition must take (mu, sigma, best)"):
        scores = acquisition(mu.copy(), sigma.copy(), best)
    _refuse_shape("acquisition must return", scores, (N_ASKED,), "one score for each point")
    if np.isnan(np.asarray(scores, dtype=float)).any():
        raise TypeError(f"acquisition must return scores that are numbers, got {scores}")
    if hasattr(acquisition, "slopes"):
        with _blamed("acquisition must take (mu, sigma, best) in slopes too"):
            by_mu, by_sigma = acquisition.slopes(mu.copy(), sigma.copy(), best)
        for slope in (by_mu, by_sigma):
            if np.ndim(slope):
                _refuse_shape("slopes of the acquisition must be", slope, (N_ASKED,), "one a point")


def made_up_points(space: Space, n: int) -> np.ndarray:
    """Return `n` points of the cube that stand for configurations of `space`, shape (n, d)."""
    return space.snap(_made_up(n, space.d))


def made_up_values(X: np.ndarray, positive: bool = False) -> np.ndarray:
    """Return values (n,) of no meaning at `X` (n, d): a wave, of both signs if it may be.

    Values that are not standardized may be of one sign, and a surrogate may rely on it.
    """
    return np.sin(3 * X.sum(axis=1)) + (2 if positive else 0)


def _made_up(n, d):
    return np.random.default_rng(0).random((n, d))


def _try_posterior(posterior, X, U):
    """Refuse a posterior whose parts do not have the shapes that a question needs."""
    n, d = X.shape
    m = len(U)
    with _blamed("surrogate must return a posterior whose predict(X) takes X (m, d)"):
        predicted = posterior.predict(U.copy())
    if not isinstance(predicted, (tuple, list)) or len(predicted) != 2:
        is_array = isinstance(predicted, np.ndarray)
        got = f"one array of shape {predicted.shape}" if is_array else repr(predicted)
        raise TypeError(
            "surrogate must predict (mu, sigma), mean and standard deviation for each point, got "
            f"{got:.80}; a scikit-learn regressor is wrapped in a few lines (docs/how-to.md)"
        )
    for name, values in zip(("mu", "sigma"), predicted, strict=True):
        _refuse_shape(
            f"surrogate must predict {name} as", values, (m,), "one number for each point"
        )
        if not np.isfinite(np.asarray(values, dtype=float)).all():
            raise TypeError(f"surrogate must predict a finite {name}, got {values}")
    if (np.asarray(predicted[1]) < 0).any():
        raise TypeError(f"surrogate must predict sigma, 0 or more, got {predicted[1]}")
    if hasattr(posterior, "predict_gradient"):
        with _blamed("predict_gradient of the posterior must take X (m, d)"):
            parts = posterior.predict_gradient(U.copy())
            shapes = [np.shape(part) for part in parts]
        if shapes != [(m,), (m,), (m, d), (m, d)]:
            raise TypeError(
                "predict_gradient of the posterior must return mu, sigma, dmu, dsigma of shapes "
                f"(m,), (m,), (m, d), (m, d), got {shapes} for m = {m}, d = {d}"
            )
    if hasattr(posterior, "mean_at_data"):
        _refuse_shape("mean_at_data of the posterior must be", posterior.mean_at_data, (n,), "one")
    if hasattr(posterior, "extend"):
        with _blamed("extend(X, y) of the posterior must take more data"):
            extended = posterior.extend(U[:1].copy(), np.zeros(1))
        if not callable(getattr(extended, "predict", None)):
            raise TypeError(f"extend must return a posterior with predict, got {extended!r:.80}")


def _refuse_signature(acquisition):
    signature, wrapped = _signature(acquisition), _signature(acquisition, inside=True)
    if signature is None:  # the call that follows will tell
        return
    try:
        signature.bind(0.0, 1.0, 0.0)
    except TypeError:
        raise TypeError(
            f"acquisition must take (mu, sigma, best), got one that takes {signature}"
        ) from None
    names = list(wrapped.parameters) if wrapped else []
    if len(names) > 2 and names[2] in NOT_AN_INCUMBENT:
        name = getattr(acquisition, "__name__", type(acquisition).__name__)
        raise TypeError(
            f"acquisition must take (mu, sigma, best); {name} takes {names[2]} where the incumbent "
            "goes, so hand over an object that holds it, such as UpperConfidenceBound(kappa=2.0)"
        )


def _refuse_shape(what, values, shape, meaning):
    try:
        if np.asarray(values).dtype.kind not in "biufO":  # texts and complex numbers
            raise TypeError
        got = np.asarray(values, dtype=float).shape
    except (TypeError, ValueError):
        raise TypeError(f"{what} numbers of shape {shape}, got {values!r:.80}") from None
    if got != shape:
        raise TypeError(f"{what} an array of shape {shape}, {meaning}, got shape {got}")


@contextlib.contextmanager
def _blamed(what):
    """Turn whatever the code of a user raises into an error that says what was asked of it."""
    try:
        yield
    except Exception as error:
        raise TypeError(f"{what}, and it raised {type(error).__name__}: {error}") from error


def try_kernel(kernel: Any) -> None:
    """Call a kernel of one's own on three points, before any data are.

    Raises:
        TypeError, ValueError: it is none, or its covariances are not those of a kernel.
    """
    what = "kernel must be a kernel, such as bo.SquaredExponential(length_scale=0.3)"
    if isinstance(kernel, str):
        word = "".join(c for c in kernel.lower() if c not in " _-")
        write = KERNELS.get(word, "bo.SquaredExponential() or bo.Matern52()")
        raise TypeError(f"{what}, got {kernel!r}: write {write}")
    if isinstance(kernel, type):
        name = kernel.__name__
        raise TypeError(f"{what}, got the class {name}: write {name}(), which makes one")
    if not callable(kernel):
        raise TypeError(f"{what}, got {kernel!r:.80}")
    if type(kernel).__module__.partition(".")[0] == "sklearn":
        raise TypeError(
            f"{what}, got scikit-learn's {kernel!r:.60}: write bo.SquaredExponential() for RBF, "
            "bo.Matern52() for Matern(nu=2.5), and noise_variance=... for WhiteKernel"
        )
    missing = [n for n in ("length_scale", "signal_variance") if not hasattr(kernel, n)]
    if missing:
        raise TypeError(
            f"{what}, got {kernel!r:.80}, which has no {' and no '.join(missing)}; the docstring "
            "of GaussianProcess says what a kernel of your own needs"
        )
    shared = np.ndim(kernel.length_scale) == 0
    d = (
        1 + max(getattr(kernel, "categorical", ()), default=0)
        if shared
        else len(kernel.length_scale)
    )
    X = np.array([[0.2], [0.5], [0.9]]) * np.ones(d)
    try:
        K, cross = (np.asarray(each, dtype=float) for each in (kernel(X), kernel(X[:2], X)))
    except Exception as error:
        raise TypeError(
            f"kernel must return covariances when it is called with points (n, {d}) alone and with "
            f"two sets of points, got {type(error).__name__}: {error}"
        ) from error
    if K.shape != (3, 3) or cross.shape != (2, 3):
        raise ValueError(
            "kernel must return shape (3, 3) for three points and (2, 3) for two points and three, "
            f"got {K.shape} and {cross.shape}"
        )
    if not np.isfinite(K).all():
        raise ValueError(f"kernel must return finite covariances, got {K.tolist()}")
    scale = np.abs(K).max()
    if not (
        np.allclose(K, K.T, atol=1e-9 * scale) and np.allclose(cross, K[:2], atol=1e-9 * scale)
    ):
        raise ValueError(f"kernel must be symmetric, k(x, x') = k(x', x), got {K.tolist()}")
    if not np.allclose(np.diag(K), kernel.signal_variance):
        raise ValueError(
            "kernel must have k(x, x) = signal_variance everywhere, got "
            f"{np.diag(K).tolist()} and signal_variance {kernel.signal_variance!r}"
        )
    if np.linalg.eigvalsh(K)[0] < -1e-9 * scale:
        raise ValueError(f"kernel must be positive definite, got {K.tolist()}")
