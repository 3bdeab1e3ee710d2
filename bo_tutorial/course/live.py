"""What every live figure is made of: a picture, one to three controls, and a function between them.

A live figure is drawn once, by a function of `bo_tutorial.plotting`. When a control changes, its
artists are moved and the picture is made anew, as an image with alternative text. Nothing is
computed here, and no figure knows of another.
"""

import html
import math

from bo_tutorial import _validate

try:
    import ipywidgets
    import traitlets
except ImportError as error:
    raise _validate.missing_extra(error, "a live figure") from error

from bo_tutorial.course.saving import LIVE
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
        # Linked in the kernel: what is typed out of range is clipped there, and both show it. What
        # a drag gives is rounded to what can be read; what is typed stays.
        self._link = traitlets.link(
            (self.text, "value"),
            (self.handle, "value"),
            transform=(lambda typed: typed, lambda dragged: type(dragged)(f"{dragged:.4g}")),
        )
        self.box = ipywidgets.HBox([self.text, self.handle])

    @property
    def value(self):
        return self.text.value  # what is shown is what is used

    @value.setter
    def value(self, value):
        self.handle.value = value

    @property
    def sweep(self):
        """The values that a test tries: both ends and the middle."""
        middle = math.sqrt(self.low * self.high) if self.log else (self.low + self.high) / 2
        return [self.low, int(middle) if self.whole else middle, self.high]

    def on_change(self, react):
        self.text.observe(lambda change: react(), names="value")


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
    """Pick one of a few named options; `value` is the option itself, the first one at first.

    The options are buttons: JupyterLab keeps for itself the keys that would move a drop-down list
    (jupyter-widgets/ipywidgets#3912). A tick marks the chosen one, besides the shade.
    """

    def __init__(self, label, options, value=None):
        self.box = ipywidgets.ToggleButtons(
            options=options,
            value=options[0] if value is None else value,
            description=label,
            style={"description_width": "initial", "button_width": "auto"},
        )
        self._tick()
        self.box.observe(lambda change: self._tick(), names="value")

    def _tick(self):
        chosen = self.box.index
        self.box.icons = ["check" if k == chosen else "" for k in range(len(self.box.options))]

    @property
    def sweep(self):
        return self.box.options


class Collect:
    """Keep the number of a slider with each press of a button; `value` is the tuple kept so far.

    A second button forgets all of them. Both can be reached and pressed by the keyboard.

    Args:
        slider: the `Slider` whose number is kept. label, again: what the buttons say.
        at_most: how many numbers are kept.
        refuse: called with a number and the tuple; returns why it is not taken, or None.
        on_full: called with the tuple when a press has completed it (not when `value` is
            assigned); returns what to say about it.
    """

    def __init__(self, slider, label, again, at_most, refuse, on_full):
        self._slider, self._at_most, self._refuse, self._on_full = slider, at_most, refuse, on_full
        self._kept, self._reactions = (), []
        self.add = ipywidgets.Button(description=label, button_style="primary")
        self.restart = ipywidgets.Button(description=again)
        self.note = ipywidgets.HTML()
        self.box = ipywidgets.HBox([self.add, self.restart, self.note])
        self.add.on_click(lambda button: self._keep())
        self.restart.on_click(lambda button: setattr(self, "value", ()))

    @property
    def value(self):
        return self._kept

    @value.setter
    def value(self, kept):
        self._kept = tuple(kept)
        self._say("")
        for react in self._reactions:
            react()

    def forget(self):
        """Forget all numbers without a redraw, where another control redraws anyway."""
        self._kept = ()
        self._say("")

    @property
    def sweep(self):
        low, high = self._slider.low, self._slider.high
        step = (high - low) / (self._at_most + 1)
        full = tuple(low + step * i for i in range(1, self._at_most + 1))
        return [(), full[:1], full]

    def on_change(self, react):
        self._reactions.append(react)

    def _keep(self):
        number = self._slider.value
        refusal = self._refuse(number, self._kept)
        if refusal:
            self._say(refusal)
            return
        self.value = (*self._kept, number)
        if len(self._kept) == self._at_most:
            self._say(self._on_full(self._kept))

    def _say(self, text):
        self.note.value = said(text)


def said(text):
    """Return a text as HTML that a screen reader reads aloud when it changes."""
    return f'<span role="status">{html.escape(text)}</span>' if text else ""


class LiveFigure(ipywidgets.VBox):
    """Show a figure under its controls, and redraw it whenever one of them changes.

    Args:
        what: what to do with it, one line: "drag ℓ and watch the band". It stands for the figure
            where widgets cannot be shown.
        fig: a matplotlib Figure made without pyplot (`matplotlib.figure.Figure`), drawn.
        update: called with the controls' values by name; moves the artists of `fig` and returns the
            alternative text of what is to be seen now; or a pair of it and a line of text to stand
            above the picture.
        controls: one to three, by name: `Slider`, `Toggle`, `Pick` or `Collect`.

    Raises:
        ValueError: no controls, or more than three.
    """

    def __init__(self, what, fig, update, **controls):
        if not 1 <= len(controls) <= 3:
            raise ValueError(f"controls must be one to three, got {list(controls)}")
        self._what, self.fig, self._update = what, fig, update
        self.controls = controls
        self._picture, self._line, self.line = ipywidgets.HTML(), None, ""
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
        words = self._update(**values)
        alt, self.line = words if isinstance(words, tuple) else (words, "")
        self._alt = checked_alt(alt)
        self._picture.value = image_html(quick_png(self.fig), self._alt)
        if self.line and self._line is None:
            self._line = ipywidgets.HTML()
            self.children = [*self.children[:-1], self._line, self._picture]
        if self._line is not None:
            self._line.value = said(self.line)
        # The panels stay where the first drawing put them: no jumps, and a third of the time.
        self.fig.set_layout_engine("none")

    def __repr__(self):
        return f"{LIVE}{self._what}"

    def _repr_mimebundle_(self, **options):
        """The widget, and a sentence for where there is none: a file read without a kernel."""
        sentence = (
            f"<p><strong>Live figure:</strong> {html.escape(self._what.rstrip('.'))}. "
            "Run this cell in JupyterLab to make it live.</p>"
            f"<details><summary>What it shows at first</summary>{html.escape(self._alt)}</details>"
        )
        return super()._repr_mimebundle_(**options) | {"text/html": sentence}
