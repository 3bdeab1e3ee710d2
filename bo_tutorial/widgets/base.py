"""What every live figure is made of: a picture, one to three controls, and a function between them.

A live figure is drawn once, by a function of `bo_tutorial.plotting`. When a control changes, its
artists are moved and the picture is made anew, as an image with alternative text. Nothing is
computed here, and no figure knows of another.
"""

import math

import ipywidgets
import traitlets

from bo_tutorial.plotting.base import checked_alt, image_html, quick_png

FIGURES = {}  # every live figure by name, for the test that moves all of their controls


def live(function):
    """Register a function that returns a `LiveFigure` and can be called without arguments."""
    FIGURES[function.__name__] = function
    return function


class Slider:
    """Choose a number by a slider, or by the text box beside it, which has the label.

    Args:
        label: short, with the unit: "ℓ (decades)". value: at first. low, high: the range.
        step: of the slider; with `log`, in decades. log: let equal ways be equal factors.
        whole: only whole numbers.
    """

    def __init__(self, label, value, low, high, step, log=False, whole=False):
        self.low, self.high, self.log, self.whole = low, high, log, whole
        same = {"value": value, "min": low, "max": high, "step": step}
        silent = {"readout": False, "layout": ipywidgets.Layout(width="320px")}
        if log:
            ends = {"min": math.log10(low), "max": math.log10(high), "base": 10}
            self.handle = ipywidgets.FloatLogSlider(**(same | ends), **silent)
            same["step"] = None  # any number in between can be typed
        else:
            kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
            self.handle = kind(**same, **silent)
        kind = ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText
        self.text = kind(
            description=label,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="220px"),
            **same,
        )
        # Linked in the kernel: what is typed out of range is clipped there, and both show it.
        self._link = traitlets.link((self.text, "value"), (self.handle, "value"))
        self.box = ipywidgets.HBox([self.text, self.handle])

    @property
    def value(self):
        return self.handle.value

    @value.setter
    def value(self, value):
        self.handle.value = value

    @property
    def sweep(self):
        """The values that a test tries: both ends and the middle."""
        middle = math.sqrt(self.low * self.high) if self.log else (self.low + self.high) / 2
        return [self.low, int(middle) if self.whole else middle, self.high]

    def on_change(self, react):
        self.handle.observe(lambda change: react(), names="value")


class Toggle:
    """Switch something on or off."""

    def __init__(self, label, value=False):
        self.box = ipywidgets.Checkbox(value=value, description=label, indent=False)

    @property
    def value(self):
        return self.box.value

    @value.setter
    def value(self, value):
        self.box.value = value

    sweep = (True, False, True)

    def on_change(self, react):
        self.box.observe(lambda change: react(), names="value")


class Pick(Toggle):
    """Pick one of a few named options; `value` is the option itself, the first one at first."""

    def __init__(self, label, options, value=None):
        self.box = ipywidgets.Dropdown(
            options=options,
            value=options[0] if value is None else value,
            description=label,
            style={"description_width": "initial"},
        )

    @property
    def sweep(self):
        return self.box.options


class LiveFigure(ipywidgets.VBox):
    """Show a figure under its controls, and redraw it whenever one of them changes.

    Args:
        what: what to do with it, one line: "drag ℓ and watch the band". It stands for the figure
            where widgets cannot be shown.
        fig: a matplotlib Figure made without pyplot (`matplotlib.figure.Figure`), drawn.
        update: called with the controls' values by name; moves the artists of `fig` and returns the
            alternative text of what is to be seen now.
        controls: one to three, by name: `Slider`, `Toggle` or `Pick`.

    Raises:
        ValueError: no controls, or more than three.
    """

    def __init__(self, what, fig, update, **controls):
        if not 1 <= len(controls) <= 3:
            raise ValueError(f"controls must be one to three, got {list(controls)}")
        self._what, self.fig, self._update = what, fig, update
        self.controls = controls
        self._picture = ipywidgets.HTML()
        super().__init__([*(each.box for each in controls.values()), self._picture])
        self._redraw()
        for control in controls.values():
            control.on_change(self._redraw)

    @property
    def picture(self):
        """The image as it is shown, HTML with its alternative text."""
        return self._picture.value

    def _redraw(self):
        values = {name: control.value for name, control in self.controls.items()}
        alt = checked_alt(self._update(**values))
        self._picture.value = image_html(quick_png(self.fig), alt)
        # The panels stay where the first drawing put them: no jumps, and a third of the time.
        self.fig.set_layout_engine("none")

    def __repr__(self):
        return f"Live figure: {self._what}"
