"""Live figure of lesson 11: sixteen failures, each broken and fixed."""

from matplotlib.figure import Figure

from bo_tutorial.course.lesson_11 import figures, numerics
from bo_tutorial.course.live import LiveFigure, Pick, Toggle, live


@live
def failure_cards():
    """Pick a card and switch between broken and fixed, on the same data."""
    names = {card.title: name for name, card in numerics.CARDS.items()}
    fig = Figure(figsize=(10.5, 4.3), layout="constrained")
    left, right = fig.subplots(1, 2, width_ratios=[5, 3])

    def update(failure, repaired):
        name, version = names[failure], numerics.VERSIONS[repaired]
        card, run = numerics.CARDS[name], numerics.played(name)[version]
        for ax in (left, right):
            ax.clear()
        figures.scene(run.scene(), left, f"{failure}: {version}")
        outcomes = {each: numerics.outcomes()[name, each] for each in numerics.VERSIONS}
        figures.spread(card, outcomes, right)
        found = "finds it" if card.tells(run) else "finds nothing"
        line = f"Test: {card.test} {found}. Fix: {card.fix}"
        middles = ", ".join(
            f"{each} {numerics.quartiles(values)[1]:.3g}" for each, values in outcomes.items()
        )
        return (
            f"{failure}, {version}. {card.measured}, median of {len(outcomes['broken'])} seeds: "
            f"{middles}. The test {found}.",
            line,
        )

    return LiveFigure(
        "pick a failure and switch it from broken to fixed",
        fig,
        update,
        failure=Pick("failure", list(names)),
        repaired=Toggle("fixed"),
    )
