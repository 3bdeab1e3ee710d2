"""Draw the first page's figure: what Bayesian optimization does, one prepared frame a step."""

import html

import matplotlib
import numpy as np
from matplotlib.figure import Figure

import bo_tutorial as bo
from bo_tutorial import plotting, problems

START = (0.05, 0.45, 0.95)  # evaluated before anything is known
TURNS = 5


def draw_steps(folder, list_file):
    """Write one PNG a step into `folder`, and an HTML list of them and their words."""
    folder.mkdir(parents=True)
    items = []
    with matplotlib.style.context("bo_tutorial.style"):
        for number, (figure, title, words, alt) in enumerate(steps(), start=1):
            name = f"step_{number}.png"
            figure.savefig(folder / name, dpi=100, metadata={"Software": None})
            items.append(
                f'<li><img src="_static/steps/{name}" width="900" height="560" '
                f'alt="{html.escape(alt)}">'
                f"<p><strong>{title}</strong> {words}</p></li>"
            )
    page = '<div class="steps"><ol>\n' + "\n".join(items) + "\n</ol></div>\n"
    list_file.write_text(page, encoding="utf-8")


def steps():
    """Yield (figure, title, words, alternative text) of each step; the numbers are computed."""
    f = problems.forrester
    x = np.linspace(0, 1, 401)
    truth = np.array([f({"x1": each}) for each in x])
    X = np.array(START)
    y = np.array([f({"x1": each}) for each in X])
    gp = bo.GaussianProcess(bo.SquaredExponential(0.13, 36.0), noise_variance=1e-6, mean=0.0)

    fig, (top, bottom) = _axes()
    top.plot(X, y, "o", color=plotting.BLACK, label="observed")
    bottom.set_ylabel("EI (units of f)")
    yield (
        _finished(fig, top, bottom),
        "Three evaluations.",
        "Each may be a training that takes hours. All that we get is one number, and we want the "
        "largest. What happens between the points, nobody knows.",
        f"Three points at x = {_list(X)} with the values {_list(y, 1)}, and nothing between them.",
    )
    for turn in range(TURNS):
        posterior = gp.condition(X[:, None], y)
        mu, sigma = posterior.predict(x[:, None])
        scores = bo.expected_improvement(mu, sigma, y.max())
        chosen = float(x[np.argmax(scores)])
        if turn == 0:
            fig, (top, bottom) = _axes()
            plotting.posterior(x, mu, sigma, top, (X, y), xlabel="")
            bottom.set_ylabel("EI (units of f)")
            yield (
                _finished(fig, top, bottom),
                "A model that says how sure it is.",
                "A Gaussian process remembers what we saw. The line is what it expects; the band "
                "is what it holds possible: narrow at the points, wide far from them.",
                "A smooth mean curve through the three points, with a band that closes at each "
                f"point and is widest, {4 * sigma.max():.0f} units of f, far from them.",
            )
        fig, axes = _axes()
        plotting.turn(x, mu, sigma, scores, (X, y), chosen, axes)
        yield (
            _finished(fig, *axes),
            f"Where is one more evaluation worth most? At x = {chosen:.2f}."
            if turn == 0
            else f"Again: x = {chosen:.2f}.",
            "Expected improvement asks of each x by how much it will beat the best value so far. "
            "It is large where the mean is high, and where the band is wide."
            if turn == 0
            else f"The last evaluation is part of the memory now. The best value is {y.max():.1f}, "
            f"and one more evaluation promises {scores.max():.2f} on top.",
            f"The posterior from {len(X)} points, the best of them at {y.max():.1f}. Below it, the "
            f"expected improvement, with its peak of {scores.max():.2f} at x = {chosen:.2f}.",
        )
        X, y = np.append(X, chosen), np.append(y, f({"x1": chosen}))
    mu, sigma = gp.condition(X[:, None], y).predict(x[:, None])
    fig, (top, bottom) = _axes()
    plotting.posterior(x, mu, sigma, top, (X, y), truth, xlabel="")
    plotting.incumbent_line(y.max(), top)
    scores = bo.expected_improvement(mu, sigma, y.max())
    plotting.acquisition(x, scores, bottom)
    yield (
        _finished(fig, top, bottom),
        f"{len(X)} evaluations: {y.max():.2f}.",
        f"Now the hidden function is shown. Its maximum is {f.optimum:.2f}; we found it to within "
        f"{f.optimum - y.max():.2f}, and never learned the parts that do not matter.",
        f"The hidden function beside the posterior from {len(X)} points. The best of them, "
        f"{y.max():.2f}, lies at x = {X[np.argmax(y)]:.2f}, at the top of the highest hill.",
    )


def _axes():
    figure = Figure(figsize=(9, 5.6), layout="constrained")
    return figure, figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))


def _finished(figure, top, bottom):
    top.set(xlim=(0, 1), ylim=(-17, 14), ylabel="f(x)", xlabel="")
    bottom.set(xlabel="x")
    top.legend(loc="upper left", ncols=5, fontsize=10)
    if bottom.get_legend():
        bottom.get_legend().remove()
    else:
        bottom.set(yticks=[])
    return figure


def _list(numbers, digits=2):
    *first, last = (f"{each:.{digits}f}" for each in numbers)
    return f"{', '.join(first)} and {last}"
