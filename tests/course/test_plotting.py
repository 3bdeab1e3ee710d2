"""What the figures say: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend
from matplotlib.colors import to_rgba

from bo_tutorial import plotting

ALT = "A line that rises from zero to one."


pytestmark = pytest.mark.usefixtures("course_style")


def line(ax, label):
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


def heights(line):
    return np.asarray(line.get_ydata(), dtype=float)


def belief():
    x = np.linspace(0, 1, 5)
    return x, x**2, np.array([0.1, 0.2, 0.3, 0.2, 0.1])


# show


@pytest.fixture
def displayed(monkeypatch):
    import IPython.display

    calls = []
    monkeypatch.setattr(
        IPython.display, "display", lambda data, **options: calls.append((data, options))
    )
    return calls


def rising_line():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    return fig


def test_show_displays_a_png_with_its_text_in_the_metadata_and_closes_the_figure(displayed):
    fig = rising_line()
    plotting.show(fig, alt=ALT)
    (data, options), (words, _) = displayed
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == f"Figure: {ALT}"
    assert options["metadata"] == {"image/png": {"alt": ALT}} and options["raw"]
    assert not plt.fignum_exists(fig.number)
    # What JupyterLab drops with the metadata stands below the figure, for everybody.
    assert words["text/html"].startswith("<details>") and ALT in words["text/html"]


def test_the_text_is_escaped(displayed):
    plotting.show(rising_line(), alt="EI is largest where mu < best & sigma is large")
    assert "mu &lt; best &amp; sigma" in displayed[1][0]["text/html"]


def test_the_same_figure_is_the_same_bytes(displayed):
    plotting.show(rising_line(), alt=ALT)
    plotting.show(rising_line(), alt=ALT)
    assert displayed[0][0]["image/png"] == displayed[2][0]["image/png"]


@pytest.mark.parametrize("alt", ["", "   ", "A figure."])
def test_show_refuses_a_text_that_says_next_to_nothing(displayed, alt):
    with pytest.raises(ValueError, match="alt must say what the figure shows"):
        plotting.show(rising_line(), alt=alt)
    assert displayed == []


def test_show_refuses_what_is_no_text(displayed):
    with pytest.raises(TypeError, match="alt must be a text, got None"):
        plotting.show(rising_line(), alt=None)


# One axis


def test_posterior_draws_mean_band_data_and_truth(ax):
    x, mu, sigma = belief()
    observed = (np.array([0.25, 0.75]), np.array([0.06, 0.56]))
    returned = plotting.posterior(x, mu, sigma, ax, observed, truth=x, xlabel="rate", ylabel="acc")
    assert returned is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("rate", "acc")
    assert legend(ax) == ["f (hidden)", "within 2 sd of f", "posterior mean", "observed"]
    assert np.array_equal(heights(line(ax, "posterior mean")), mu)
    assert np.array_equal(heights(line(ax, "f (hidden)")), x)
    assert np.array_equal(line(ax, "observed").get_xydata(), np.transpose(observed))
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for place, low, high in zip(x, mu - 2 * sigma, mu + 2 * sigma, strict=True):
        at = corners[corners[:, 0] == place, 1]
        assert np.isclose(at.min(), low) and np.isclose(at.max(), high)


def test_the_legend_of_the_band_counts_its_standard_deviations(ax):
    plotting.posterior(*belief(), ax, n_sd=1)
    assert legend(ax) == ["within 1 sd of f", "posterior mean"]


def test_incumbent_line(ax):
    assert plotting.incumbent_line(0.91, ax) is ax
    assert set(heights(line(ax, "incumbent"))) == {0.91}
    assert legend(ax) == ["incumbent"]


def test_acquisition_marks_the_next_point_on_the_curve(ax):
    x, scores, _ = belief()
    assert plotting.acquisition(x, scores, ax, next_x=0.5, name="UCB", xlabel="rate") is ax
    assert ax.get_ylabel() == "UCB (units of f)" and ax.get_xlabel() == "rate"
    assert np.array_equal(heights(line(ax, "UCB")), scores)
    assert heights(line(ax, "next point")) == 0.25
    assert legend(ax) == ["UCB", "next point"]


def test_acquisition_without_a_next_point(ax):
    x, scores, _ = belief()
    plotting.acquisition(x, scores, ax, units="accuracy")
    assert legend(ax) == ["EI"] and ax.get_ylabel() == "EI (accuracy)"


def test_mark_names_places(ax):
    ax.set_xlim(0, 1)
    assert plotting.mark({"here": 0.2, "there": 0.6}, ax) is ax
    assert [each.get_xdata()[0] for each in ax.lines] == [0.2, 0.6]
    assert [text.get_text() for text in ax.texts] == ["here", "there"]
    assert [text.get_position()[0] for text in ax.texts] == [0.2, 0.6]


@pytest.mark.parametrize(("decimals", "written"), [(0, "91%"), (1, "91.2%")])
def test_percent_axis_writes_fractions_in_percent(ax, decimals, written):
    assert plotting.percent_axis(ax.yaxis, decimals) is ax.yaxis
    assert ax.yaxis.get_major_formatter()(0.912) == written


# One turn


def one_turn(**options):
    x, mu, sigma = belief()
    fig, axes = plt.subplots(2, 1)
    observed = (np.array([0.0, 1.0]), np.array([0.0, 0.7]))
    returned = plotting.turn(x, mu, sigma, sigma / 10, observed, 0.5, axes, **options)
    assert returned is axes
    return fig, *axes


def test_turn_draws_belief_above_and_worth_below():
    _, top, bottom = one_turn(truth=np.zeros(5), xlabel="rate", ylabel="acc", units="accuracy")
    assert (top.get_xlabel(), top.get_ylabel()) == ("", "acc")
    assert (bottom.get_xlabel(), bottom.get_ylabel()) == ("rate", "EI (accuracy)")
    assert set(heights(line(top, "incumbent"))) == {0.7}
    assert np.isclose(heights(line(bottom, "next point")), 0.03)
    for ax in (top, bottom):  # the same place in both panels
        (dotted,) = [each for each in ax.lines if each.get_linestyle() == ":"]
        assert set(dotted.get_xdata()) == {0.5}


def test_turn_says_percent_with_digits_for_small_scores():
    _, top, bottom = one_turn(percent=True)
    assert top.yaxis.get_major_formatter()(0.91) == "91%"
    assert bottom.yaxis.get_major_formatter()(0.0049) == "0.49%"


def test_shared_legend_names_each_thing_once_and_empties_the_panels():
    fig, top, bottom = one_turn()
    assert plotting.shared_legend(fig, columns=2) is fig
    assert top.get_legend() is None and bottom.get_legend() is None
    (shared,) = fig.legends
    names = [text.get_text() for text in shared.get_texts()]
    assert len(names) == len(set(names)) == 6
    assert set(names) == {
        "within 2 sd of f", "posterior mean", "observed", "incumbent", "EI", "next point",
    }  # fmt: skip


def test_shared_legend_takes_a_label_that_two_panels_have_once():
    fig, axes = plt.subplots(1, 2)
    for ax in axes:
        plotting.incumbent_line(1.0, ax)
    plotting.shared_legend(fig)
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["incumbent"]


# Runs


def test_incumbents_draws_medians_as_steps_and_quartiles_as_bands(ax):
    curves = np.array([[1.0, 1, 5], [2, 2, 6], [3, 3, 7], [4, 4, 8]])
    runs = {"EI": curves, "random": curves - 1}
    assert plotting.incumbents(runs, ax, optimum=9.0) is ax
    name = "EI: median and quartiles of 4 seeds"
    assert legend(ax) == [name, "random: median and quartiles of 4 seeds", "optimum"]
    middle = line(ax, name)
    assert middle.get_drawstyle() == "steps-post"
    assert np.array_equal(middle.get_xydata(), [[1, 2.5], [2, 2.5], [3, 6.5]])
    assert set(heights(line(ax, "optimum"))) == {9.0}
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() == 1.75 and band.max() == 7.25
    other = line(ax, legend(ax)[1])
    assert middle.get_marker() != other.get_marker()  # greyscale
    # `get_linestyle` says "--" for every pattern of dashes.
    assert middle._unscaled_dash_pattern != other._unscaled_dash_pattern


def test_incumbents_refuses_a_single_curve(ax):
    with pytest.raises(ValueError, match=r"runs\['EI'\] must have shape"):
        plotting.incumbents({"EI": [1.0, 2.0]}, ax)


def test_evaluations_draws_values_and_the_best_so_far(ax):
    values = np.array([1.0, np.nan, 3.0, 2.0])  # NaN: a failed evaluation
    assert plotting.evaluations(values, ax, optimum=4.0, ylabel="accuracy") is ax
    assert legend(ax) == ["incumbent", "observed", "optimum"]
    assert np.array_equal(line(ax, "incumbent").get_xydata(), [[1, 1], [2, 1], [3, 3], [4, 3]])
    assert line(ax, "incumbent").get_drawstyle() == "steps-post"
    assert np.array_equal(heights(line(ax, "observed")), values, equal_nan=True)
    assert set(heights(line(ax, "optimum"))) == {4.0}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("evaluation", "accuracy")


def test_evaluations_of_a_problem_whose_optimum_nobody_knows(ax):
    plotting.evaluations([1.0, 2.0], ax)
    assert legend(ax) == ["incumbent", "observed"]


def test_largest_scores_are_drawn_on_a_log_axis_with_what_is_too_little(ax):
    assert plotting.largest_scores([4, 5], [0.5, 0.005], ax, threshold=0.01) is ax
    assert ax.get_yscale() == "log" and ax.get_ylabel() == "largest EI (units of f)"
    assert legend(ax) == ["largest EI", "0.01: too little to matter"]
    assert np.array_equal(line(ax, "largest EI").get_xydata(), [[4, 0.5], [5, 0.005]])
    assert set(heights(line(ax, "0.01: too little to matter"))) == {0.01}


def test_largest_scores_without_a_threshold(ax):
    plotting.largest_scores([4, 5], [2.0, 1.0], ax, name="UCB", units="accuracy")
    assert legend(ax) == ["largest UCB"] and ax.get_ylabel() == "largest UCB (accuracy)"


def test_spread_draws_every_run_median_and_quartiles(ax):
    groups = {2: np.array([3.0, 1, 2, 5, 4]), 8: np.array([1.0, 1, 1])}
    assert plotting.spread(groups, ax, xlabel="initial points", what="one seed") is ax
    assert legend(ax) == ["one seed", "median and quartiles"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "8"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("initial points", "regret")
    rings = [each for each in ax.lines if each.get_marker() == "o"]
    assert np.array_equal(heights(rings[0]), groups[2])
    for i, ring in enumerate(rings):
        places = ring.get_xdata()
        assert np.all(np.abs(places - i) < 0.3)
        assert len(np.unique(places)) == len(places)  # equal values do not hide each other
    bars = [tuple(heights(each)) for each in ax.lines if each.get_marker() != "o"]
    assert bars == [(3, 3), (2, 4), (1, 1), (1, 1)]  # median, quartiles; again


def test_reported_and_true_lies_beside_the_diagonal(ax):
    runs = {"largest y": ([2.0, 3.0], [1.0, 1.5]), "mean": ([1.0, 1.6], [1.0, 1.5])}
    assert plotting.reported_and_true(runs, ax, "what it says", "what is") is ax
    assert legend(ax) == ["largest y", "mean", "reported = true"]
    assert np.array_equal(line(ax, "largest y").get_xydata(), [[2, 1], [3, 1.5]])
    diagonal = line(ax, "reported = true").get_xydata()
    assert np.array_equal(diagonal[:, 0], diagonal[:, 1])
    assert diagonal[0, 0] <= 1.0 and diagonal[1, 0] >= 3.0
    assert line(ax, "largest y").get_marker() != line(ax, "mean").get_marker()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("what it says", "what is")


# Two axes and maps


def a_surface(ax, **options):
    x, y = np.array([1.0, 10, 100]), np.array([0.0, 1.0])
    return plotting.surface(x, y, np.array([[0.0, 0.5, 1], [0, 0.5, 1]]), ax, **options)


def test_surface_numbers_its_points_and_marks_the_best(ax):
    places = [(1.0, 0.0), (10.0, 1.0), (100.0, 0.5)]
    assert a_surface(ax, points=places, best=1, label="accuracy", xlabel="rate") is ax
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    assert [tuple(each.get_xydata()[0]) for each in ax.lines] == places
    assert [each.get_marker() for each in ax.lines] == ["o", "D", "o"]
    assert not any(each.get_clip_on() for each in ax.lines)  # the first lies on the edge
    assert ax.get_xlabel() == "rate"
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    assert bar.get_ylabel() == "accuracy"


def test_surface_in_percent_between_given_levels(ax):
    a_surface(ax, percent=True, levels=[0.0, 0.5, 1.0])
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    assert bar.yaxis.get_major_formatter()(0.5) == "50%"
    assert list(ax.collections[0].levels) == [0.0, 0.5, 1.0]


def test_surface_without_a_label_has_no_color_bar(ax):
    a_surface(ax, label=None, percent=True)
    assert ax.figure.axes == [ax]


def test_verdict_map_is_blue_where_the_statement_holds(ax):
    lengths = np.array([0.1, 1.0, 10.0])
    holds = np.array([[True, False, False], [True, True, False]])
    assert plotting.verdict_map(lengths, ["SE", "Matern"], holds, ax, "it holds") is ax
    assert ax.get_title() == "it holds" and ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["SE", "Matern"]
    assert ax.yaxis_inverted()  # the first row is on top
    mesh = ax.collections[0]
    assert np.array_equal(np.asarray(mesh.get_array()).reshape(2, 3), holds)
    assert np.allclose(mesh.to_rgba([1.0]), to_rgba(plotting.BLUE))
    edges = mesh.get_coordinates()[0, :, 0]
    assert np.all(edges[:-1] < lengths) and np.all(lengths < edges[1:])


def test_profile_marks_the_best_length_of_each_curve(ax):
    lengths = np.array([0.1, 1.0, 10.0])
    curves = {"likelihood": np.array([1.0, 3, 2]), "MAP": np.array([2.0, 1, 0])}
    assert plotting.profile(lengths, curves, ax, xlabel="decades") is ax
    assert legend(ax) == ["likelihood", "MAP"] and ax.get_xscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("decades", "log likelihood (nats)")
    best = [tuple(each.get_xydata()[0]) for each in ax.lines if each.get_marker() == "D"]
    assert best == [(1.0, 3.0), (0.1, 2.0)]
    colors = [each.get_color() for each in ax.lines]
    assert colors[0] == colors[1] != colors[2] == colors[3]  # a mark and its curve
