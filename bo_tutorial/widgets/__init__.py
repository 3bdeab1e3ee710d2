"""Live figures: thin controls over `bo_tutorial.plotting`, each one a function.

Called without arguments, each shows the example of its lesson. `base.py` says what they share.
"""

from bo_tutorial.widgets.base import FIGURES, Collect, LiveFigure, Pick, Slider, Toggle

__all__ = ["FIGURES", "Collect", "LiveFigure", "Pick", "Slider", "Toggle"]
