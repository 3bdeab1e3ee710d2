"""Draw the figure of the README: the worked example and what comes next.

python tools/readme_figure.py
"""

from pathlib import Path

import matplotlib.pyplot as plt

from bo_tutorial import plotting
from bo_tutorial import worked_example as we

TARGET = Path(__file__).resolve().parent.parent / "docs" / "figures" / "worked_example.png"


def main():
    plt.style.use("bo_tutorial.style")
    base = we.Assumptions()
    rates = we.learning_rates(base)
    mu, sigma, ei = we.evaluate(base, rates)
    fig, (top, bottom) = plt.subplots(
        2, 1, sharex=True, figsize=(8, 5.4), height_ratios=[3, 2], layout="constrained"
    )
    observed = (we.LEARNING_RATES, we.ACCURACIES)
    plotting.posterior(rates, mu, sigma, top, observed, xlabel="", ylabel="validation accuracy")
    plotting.incumbent_line(we.BEST, top, label="best so far")
    next_rate = we.next_learning_rate(base)
    label = "learning rate (log axis)"
    plotting.acquisition(rates, ei, bottom, next_rate, xlabel=label, units="accuracy")
    bottom.set_xscale("log")
    top.legend(loc="lower left", bbox_to_anchor=(0.3, 0.0))
    plotting.percent_axis(top.yaxis)
    plotting.percent_axis(bottom.yaxis, decimals=1)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    fig.savefig(TARGET, metadata={"Software": None})


if __name__ == "__main__":
    main()
