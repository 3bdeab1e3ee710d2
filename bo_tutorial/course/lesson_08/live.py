"""The live figure of lesson 08: another assumption, and what becomes of the four sentences."""

from matplotlib.figure import Figure

from bo_tutorial import worked_example as we
from bo_tutorial.course.lesson_08 import figures as verdicts
from bo_tutorial.course.live import LiveFigure, Pick, Slider, live

CHOICES = {
    f"{axis}, {kernel}": {"axis": axis, "kernel": kernel}
    for axis in ("log10", "raw")
    for kernel in we.KERNELS
}
CHOICES["log10, SE, the snippet's domain"] = {"axis": "log10", "kernel": "SE", **we.SNIPPET_DOMAIN}


@live
def change_an_assumption():
    """Pick axis and kernel, drag ℓ and ξ: which sentences hold, and what comes next?"""
    fig = Figure(figsize=(11, 6))
    axes = verdicts.judged(we.Assumptions(), fig)

    def update(choice, share, xi):
        whole = we.Assumptions(**CHOICES[choice]).width
        a = we.Assumptions(**CHOICES[choice], length_scale=share * whole, xi=xi)
        verdicts.move_judged(a, fig, axes)
        found = we.holds(we.measure(a))
        said = ""
        for word, value in (("Holds", True), ("Fails", False), ("Cannot be asked", None)):
            group = ", ".join(sentence for sentence, verdict in found.items() if verdict is value)
            if group or value is not None:
                said += f"{word}: {group or 'nothing'}. "
        unit = "decades" if a.axis == "log10" else "of learning rate"
        return (
            f"Posterior and expected improvement on the {a.axis} axis with the {a.kernel} kernel, "
            f"a length scale of {a.length_scale:.3g} {unit}, ξ = {xi:g} and learning rates from "
            f"{a.low:g} to {a.high:g}. {said}"
            f"The next learning rate is {we.next_learning_rate(a):.2g}."
        )

    return LiveFigure(
        "pick axis, kernel and domain, drag ℓ and ξ, and watch the four verdicts",
        fig,
        update,
        choice=Pick("axis, kernel, domain", list(CHOICES)),
        # Half a decade of four is 0.125; the ends lie whole steps from it, where a slider stops.
        share=Slider(
            "ℓ (share of the axis)", 0.125, 0.125 * 10**-2.6, 0.125 * 10**0.9, 0.05, log=True
        ),
        xi=Slider("ξ (accuracy)", 0.01, 0.0, 0.05, 0.005),
    )
