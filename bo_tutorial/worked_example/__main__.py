"""The command: every assumption, number and verdict in a terminal, and the figure in a file.

``bo-tutorial worked-example`` and ``python -m bo_tutorial.worked_example`` are the same; ``--help``
lists the assumptions that can be changed.
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES
from bo_tutorial.worked_example.numerics import (
    KERNELS,
    VERDICTS,
    Assumptions,
    evaluate,
    holds,
    learning_rates,
    measure,
    next_learning_rate,
)

MEANINGS = {
    "axis": "on what the kernel measures distance: log10 (a unit is a decade) or raw",
    "kernel": "SE or Matern52",
    "length_scale": "in units of the axis",
    "mean": "expected far from all trainings",
    "signal_sd": "of f around the mean, a fraction: 0.06 is six points",
    "noise_variance": "of a training around f",
    "xi": "margin of EI, a fraction: 0.01 is one point",
    "low": "the smallest learning rate considered",
    "high": "the largest learning rate considered",
}


def report(assumptions: Assumptions, mean_within: float = 0.25, at_least: float = 0.5) -> str:
    """Return the worked example under these assumptions as text: every number, and the verdicts.

    Args:
        assumptions: an `Assumptions`. mean_within, at_least: the thresholds, as for `holds`.
    """
    parts = (
        _assumptions_table(assumptions),
        _trainings_table(assumptions),
        _beliefs_table(assumptions),
        _verdicts_table(assumptions, mean_within, at_least),
    )
    return "\n\n".join("\n".join(lines) for lines in parts)


def _assumptions_table(a):
    values = ((name, getattr(a, name), meaning) for name, meaning in MEANINGS.items())
    return ["Assumptions", *(f"  {n:15}{v!s:>8}   {meaning}" for n, v, meaning in values)]


def _trainings_table(a):
    """What the posterior is made of: K as shares of sigma_f^2, y - m, weights."""
    X, gain = a.positions(LEARNING_RATES), np.array(ACCURACIES) - a.mean
    K = KERNELS[a.kernel](a.length_scale, a.signal_sd**2)(X)
    weights = np.linalg.solve(K + a.noise_variance * np.eye(len(X)), gain)
    columns = " ".join(f"{rate:>9g}" for rate in LEARNING_RATES)
    lines = [
        "Three trainings, with their covariances as shares of sigma_f^2",
        f"  {'rate':>6} {columns}   {'accuracy':>8} {'y - m':>7} {'weight':>9}",
    ]
    for i, rate in enumerate(LEARNING_RATES):
        shares = " ".join(f"{share:9.6f}" for share in K[i] / a.signal_sd**2)
        numbers = f"{ACCURACIES[i]:8.2f} {gain[i]:7.4f} {weights[i]:9.3f}"
        lines.append(f"  {rate:>6g} {shares}   {numbers}")
    fit = a.posterior().log_marginal_likelihood
    return [*lines, f"  log marginal likelihood: {fit:.3f} nats"]


def _beliefs_table(a):
    """Mean, standard deviation and EI where the article looks, at both ends, and at the peak."""
    next_rate = next_learning_rate(a)
    peak = evaluate(a, learning_rates(a))[2].max()
    lines = [
        "What follows, with EI in points of accuracy",
        f"  {'rate':>9} {'mu':>8} {'sigma':>8} {'sigma/sigma_f':>14} {'EI':>10} {'EI/peak':>9}",
    ]
    asked = (0.003, 0.2) if a.high >= 0.2 else (0.003,)
    for rate in (*asked, a.low, a.high, next_rate):
        mu, sigma, ei = (values[0] for values in evaluate(a, [rate]))
        share = ei / peak if peak > 0 else 0.0
        beliefs = f"{mu:8.4f} {sigma:8.4f} {sigma / a.signal_sd:14.3f}"
        lines.append(f"  {rate:9.4g} {beliefs} {100 * ei:10.3g} {share:9.2g}")
    if peak == 0:
        return [*lines, "  EI is 0 everywhere in double precision: it chooses nothing"]
    return [*lines, f"  next learning rate: {next_rate:.4f}"]


def _verdicts_table(a, mean_within, at_least):
    numbers = measure(a)
    lines = [
        f"Verdicts (mean within {mean_within:g} decades of 0.01, at least {at_least:g} is high)"
    ]
    for sentence, verdict in holds(numbers, mean_within, at_least).items():
        number = f"{numbers[sentence]:8.4f}" if verdict is not None else f"{'':8}"
        lines.append(f"  {sentence:28} {number}   {VERDICTS[verdict]}")
    return lines


def main(argv: list[str] | None = None) -> int:
    """Print the report, write the figure, and return the exit status.

    Args:
        argv: the arguments, a list of str; None reads them from the command line.
    """
    parser = argparse.ArgumentParser(
        prog="bo-tutorial worked-example",
        description="The worked example of the course: every assumption, number and verdict.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for field in fields(Assumptions):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=field.type,
            default=field.default,
            help=MEANINGS[field.name],
        )
    share = "share of sigma_f, and of the largest EI, that counts as high"
    parser.add_argument("--at-least", type=float, default=0.5, help=share)
    within = "how far from 0.01 the mean may peak, in decades"
    parser.add_argument("--mean-within", type=float, default=0.25, help=within)
    parser.add_argument("--figure", default="worked_example.png", help="where to write the figure")
    arguments = parser.parse_args(argv)
    chosen = vars(arguments).copy()
    path, thresholds = (
        Path(chosen.pop("figure")),
        (chosen.pop("mean_within"), chosen.pop("at_least")),
    )
    try:
        assumptions = Assumptions(**chosen)
        _validate.number("mean_within", thresholds[0], 0)
        _validate.number("at_least", thresholds[1], 0)
        if path.suffix.lower() not in (".png", ".pdf", ".svg") or not path.parent.is_dir():
            raise ValueError(
                f"figure must be a .png, .pdf or .svg in a folder that exists, got {str(path)!r}"
            )
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    print(report(assumptions, *thresholds))
    try:
        print(f"\nfigure written to {write_figure(assumptions, path, *thresholds)}")
    except ImportError as error:
        print(f"\nno figure: {error}", file=sys.stderr)
        return 1
    return 0


def write_figure(
    assumptions: Assumptions, path: Path, mean_within: float = 0.25, at_least: float = 0.5
) -> Path:
    """Draw posterior, EI and verdicts under these assumptions into a file; return its path."""
    # The numbers need no matplotlib, so it loads only here.
    try:
        import matplotlib
    except ImportError as error:
        raise _validate.missing_extra(error, "the figure") from error

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bo_tutorial.course.lesson_08 import figures as verdicts

    with plt.style.context("bo_tutorial.style"):
        fig = plt.figure(figsize=(11, 6))
        verdicts.judged(assumptions, fig, mean_within, at_least)
        metadata = {"Software": None} if path.suffix.lower() == ".png" else None
        fig.savefig(path, metadata=metadata)
        plt.close(fig)
    return path


if __name__ == "__main__":
    sys.exit(main())
