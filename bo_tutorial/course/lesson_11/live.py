"""Live figure of lesson 11: sixteen failures, each broken and fixed."""

import functools

from matplotlib.figure import Figure

from bo_tutorial.course.lesson_11 import figures, numerics
from bo_tutorial.course.live import LiveFigure, Pick, Toggle, live

LEFT, RIGHT = (0.08, 0.14, 0.53, 0.77), (0.72, 0.14, 0.26, 0.77)  # as shares of the picture


@live
def failure_cards():
    """Pick a card and switch between broken and fixed, on the same data."""
    names = {card.title: name for name, card in numerics.CARDS.items()}
    fig = Figure(figsize=(9.4, 4.1), layout="none")

    @functools.cache
    def outcomes(name):
        return {version: numerics.outcomes()[name, version] for version in numerics.VERSIONS}

    # Each panel is drawn once and then shown or hidden: that takes half the time of a new one.
    @functools.cache
    def of_one_run(name, version):
        title, run = f"{numerics.CARDS[name].title}: {version}", numerics.played(name)[version]
        return figures.scene(run.scene(), fig.add_axes(LEFT), title)

    @functools.cache
    def of_all_seeds(name):
        return figures.spread(numerics.CARDS[name], outcomes(name), fig.add_axes(RIGHT))

    def update(failure, repaired):
        name, version = names[failure], numerics.VERSIONS[repaired]
        card, shown = numerics.CARDS[name], (of_one_run(name, version), of_all_seeds(name))
        for ax in fig.axes:
            ax.set_visible(ax in shown)
        found = "finds it" if card.tells(numerics.played(name)[version]) else "finds nothing"
        middles = ", ".join(
            f"{each} {numerics.quartiles(values)[1]:.3g}" for each, values in outcomes(name).items()
        )
        alt = (
            f"{failure}, {version}. {card.measured}, median of {len(outcomes(name)['broken'])} "
            f"seeds: {middles}. The test {found}."
        )
        return alt, f"Test: {card.test} {found}. Fix: {card.fix}"

    return LiveFigure(
        "pick a failure and switch it from broken to fixed",
        fig,
        update,
        failure=Pick("failure", list(names)),
        repaired=Toggle("fixed"),
    )
