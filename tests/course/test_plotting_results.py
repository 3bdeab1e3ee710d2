"""The figures of a result: what they say and mark, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend, points

import bo_tutorial as bo
from bo_tutorial import plotting
from bo_tutorial.plotting.base import artist, png

pytestmark = pytest.mark.usefixtures("course_style")

LINE = bo.Space(x=bo.Float(0.0, 1.0))
MIXED = bo.Space(
    rate=bo.Float(1e-4, 1.0, log=True),
    size=bo.Int(16, 256, log=True),
    layers=bo.Int(2, 8, step=2),
    optimizer=bo.Categorical(["sgd", "momentum"]),
    momentum=bo.Float(0.0, 0.9, when={"optimizer": "momentum"}),
)


def run(f, space=LINE, n=8, **keywords):
    return bo.maximize(f, space, n, progress=False, **keywords)


def score(config):
    if config["rate"] > 0.5:
        return float("nan")
    best = {"sgd": 0.0, "momentum": -0.5}[config["optimizer"]]
    return best - (np.log10(config["rate"]) + 2) ** 2 - 0.05 * config["layers"]


@pytest.fixture(scope="module")
def mixed():
    return run(score, MIXED, 18)


def told(values, strategy=None, **keywords):
    """A result with these values at x = 0, 0.1, 0.2, ..."""
    configs = [{"x": i / 10} for i in range(len(values))]
    return bo.Result(configs, np.array(values, dtype=float), strategy=strategy, **keywords)


# History


def test_history_draws_every_evaluation_and_the_incumbent_as_steps(ax):
    assert plotting.history(told([1.0, 3.0, 2.0]), ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("evaluation", "f(x)")
    lines = {line.get_label(): line for line in ax.lines}
    assert lines["observed"].get_xydata().tolist() == [[1, 1], [2, 3], [3, 2]]
    assert lines["incumbent"].get_xydata().tolist() == [[1, 1], [2, 3], [3, 3]]
    assert lines["incumbent"].get_drawstyle() == "steps-post"
    # Nothing failed, all was evaluated, and the best is recommended.
    assert legend(ax) == ["incumbent", "observed"]
    assert ax.get_xlim() == (0.5, 3.5)


def test_failures_stand_on_the_lower_edge(ax):
    plotting.history(told([np.nan, 3.0, np.nan]), ax)
    assert points(ax, "failed").tolist() == [[1, 0], [3, 0]]
    pixels = artist(ax, "failed").get_transform().transform([1, 0])
    assert pixels == pytest.approx(ax.transData.transform([1, ax.get_ylim()[0]]))
    assert "failed" in legend(ax)


def test_a_run_of_failures_has_a_history_with_no_heights(ax):
    plotting.history(told([np.nan, np.nan]), ax)
    assert points(ax, "failed")[:, 0].tolist() == [1, 2]
    assert len(ax.get_yticks()) == 0


def test_a_recommendation_that_is_not_the_best_observed_has_a_ring(ax):
    plotting.history(told([1.0, 3.0, 2.0], believed_config={"x": 0.2}), ax)
    assert points(ax, "recommended").tolist() == [[3, 2]]
    assert legend(ax)[-1] == "recommended"
    ring = artist(ax, "recommended")
    assert ring.get_markerfacecolor() == "none" and ring.get_marker() == "o"


def test_the_ring_is_around_each_evaluation_of_the_recommended_configuration(ax):
    configs = [{"x": 0.1}, {"x": 0.5}, {"x": 0.1}]
    result = bo.Result(configs, np.array([1.0, 3.0, 2.0]), believed_config={"x": 0.1})
    plotting.history(result, ax)
    assert points(ax, "recommended").tolist() == [[1, 1], [3, 2]]


def test_a_recommendation_that_the_run_did_not_evaluate_is_said_in_words(ax):
    plotting.history(told([1.0, 3.0], believed_config={"x": 0.9}), ax)
    assert len(points(ax, "recommended")) == 0
    assert legend(ax)[-1] == "recommended: not evaluated in this run"


@pytest.mark.parametrize("kind", [bo.BayesianOptimization, bo.TreeParzen])
def test_a_line_marks_the_end_of_the_initial_design(kind, ax):
    result = run(lambda config: config["x"], strategy=kind(LINE, n_initial=5))
    plotting.history(result, ax)
    assert set(artist(ax, "design").get_xdata()) == {5.5}
    assert "end of the initial design" in legend(ax)


def test_what_was_told_before_the_run_is_hollow_and_counts_toward_the_design(ax):
    strategy = bo.BayesianOptimization(LINE, n_initial=5)
    strategy.tell({"x": 0.21}, 0.2)
    strategy.tell({"x": 0.77}, 0.8)
    result = run(lambda config: config["x"], strategy=strategy)
    plotting.history(result, ax)
    assert points(ax, "told").tolist() == [[1, 0.2], [2, 0.8]]
    assert artist(ax, "told").get_markerfacecolor() == "white"
    assert "told, not evaluated" in legend(ax)
    assert set(artist(ax, "design").get_xdata()) == {5.5}


@pytest.mark.parametrize(
    "strategy", [bo.RandomSearch(LINE), bo.BayesianOptimization(LINE, n_initial=8), None]
)
def test_without_an_end_of_the_design_there_is_no_line(strategy, ax):
    if strategy is None:  # a result made by hand
        plotting.history(told([1.0, 2.0]), ax)
    else:
        plotting.history(run(lambda config: config["x"], strategy=strategy), ax)
    assert legend(ax) == ["incumbent", "observed"]


def test_a_strategy_of_ones_own_may_say_how_long_its_design_is(ax):
    class Halving:
        n_initial = 2

        def __init__(self):
            self.x = 1.0

        def ask(self):
            self.x /= 2
            return {"x": self.x}

        def tell(self, config, value):
            pass

    plotting.history(run(lambda config: config["x"], n=4, strategy=Halving()), ax)
    assert set(artist(ax, "design").get_xdata()) == {2.5}


@pytest.mark.parametrize("draw", [plotting.history, plotting.slices])
@pytest.mark.parametrize("bad", [[1.0, 2.0], {"x": 1}, None, bo.Result])
def test_what_is_not_a_result_is_refused(draw, bad, ax):
    with pytest.raises(TypeError, match="result must be a Result, as maximize returns it, got"):
        draw(bad, ax)


def test_a_result_without_evaluations_is_refused(ax):
    with pytest.raises(ValueError, match="result must have at least one evaluation, got none"):
        plotting.history(bo.Result([], np.array([])), ax)


# Slices


def by_hand(result, name, values):
    """Mean and sd of the model along one hyperparameter, from configurations alone."""
    space, posterior = result.strategy.space, result.strategy.posterior()
    U = [space.to_unit(result.recommended_config | {name: value}) for value in values]
    return posterior.predict(np.array(U))


def test_slices_are_the_model_through_the_recommended_configuration(mixed):
    axes = plotting.slices(mixed)
    assert [ax.get_xlabel() for ax in axes] == MIXED.names
    assert mixed.recommended_config["optimizer"] == "sgd"
    for ax, name in zip(axes[:3], MIXED.names, strict=False):
        x, mu = points(ax, "mean").T
        values = [MIXED[name].python(value) for value in x]
        expected, sigma = by_hand(mixed, name, values)
        assert mu == pytest.approx(expected, abs=1e-9)
        corners = artist(ax, "band").get_paths()[0].vertices
        for i in (0, len(x) // 2, len(x) - 1):
            band = corners[np.isclose(corners[:, 0], x[i], rtol=1e-12), 1]
            assert band.min() == pytest.approx(expected[i] - 2 * sigma[i], abs=1e-9)
            assert band.max() == pytest.approx(expected[i] + 2 * sigma[i], abs=1e-9)
        config = mixed.recommended_config
        at, height = points(ax, "recommended")[0]
        assert at == config[name]
        assert height == pytest.approx(by_hand(mixed, name, [config[name]])[0][0], abs=1e-9)


def test_a_slice_is_as_wide_as_the_axis_of_the_cube(mixed):
    rate, size, layers, optimizer, _ = plotting.slices(mixed)
    assert rate.get_xlim() == (1e-4, 1.0) and rate.get_xscale() == "log"
    assert size.get_xlim() == (15.5, 256.5) and size.get_xscale() == "log"
    assert layers.get_xlim() == (1.0, 9.0) and layers.get_xscale() == "linear"
    assert optimizer.get_xlim() == (-0.5, 1.5)
    assert points(rate, "mean")[[0, -1], 0].tolist() == [1e-4, 1.0]


def test_integers_are_drawn_at_integers_with_markers(mixed):
    rate, size, layers, _, _ = plotting.slices(mixed)
    assert points(layers, "mean")[:, 0].tolist() == [2, 4, 6, 8]
    sizes = points(size, "mean")[:, 0]
    assert np.array_equal(sizes, np.round(sizes)) and sizes[0] == 16 and sizes[-1] == 256
    assert len(sizes) <= 22  # of 241
    assert artist(layers, "mean").get_marker() == artist(size, "mean").get_marker() == "s"
    assert artist(rate, "mean").get_marker() == "None"
    assert [tick.get_text() for tick in size.get_xticklabels()] == ["16", "32", "64", "128", "256"]


def test_categories_are_points_with_error_bars(mixed):
    ax = plotting.slices(mixed)[3]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["sgd", "momentum"]
    assert points(ax, "mean")[:, 0].tolist() == [0, 1]
    assert artist(ax, "mean").get_linestyle() == "None"
    # Momentum applies in one of them only: there it is in the middle of its range.
    others = {key: mixed.recommended_config[key] for key in ("rate", "size", "layers")}
    configs = [
        others | {"optimizer": "sgd"},
        others | {"optimizer": "momentum", "momentum": 0.45},
    ]
    U = np.array([MIXED.to_unit(config) for config in configs])
    mu, sigma = mixed.strategy.posterior().predict(U)
    assert points(ax, "mean")[:, 1] == pytest.approx(mu, abs=1e-9)
    ends = [segment[:, 1] for segment in artist(ax, "band").get_segments()]
    assert np.array(ends) == pytest.approx(np.array([mu - 2 * sigma, mu + 2 * sigma]).T, abs=1e-9)


def test_what_no_longer_applies_in_another_category_is_left_out_of_the_model():
    strategy = bo.BayesianOptimization(MIXED, n_initial=4)
    common = {"rate": 0.01, "size": 32, "layers": 2}
    for momentum, value in ((0.1, 0.0), (0.5, 1.0), (0.8, 3.0), (0.9, 2.0)):
        strategy.tell(common | {"optimizer": "momentum", "momentum": momentum}, value)
    strategy.tell(common | {"optimizer": "sgd"}, 0.5)
    result = run(lambda config: -5.0, MIXED, 1, strategy=strategy)
    assert result.recommended_config.get("momentum", 0.5) != 0.5
    ax = plotting.slices(result)[3]
    plain = {name: result.recommended_config[name] for name in common} | {"optimizer": "sgd"}
    expected, _ = strategy.posterior().predict(MIXED.to_unit(plain)[None])
    assert points(ax, "mean")[0, 1] == pytest.approx(expected[0], abs=1e-9)


def test_what_does_not_apply_says_so(mixed):
    ax = plotting.slices(mixed)[4]
    (words,) = ax.texts
    assert words.get_text() == "does not apply at the\nrecommended configuration"
    assert not ax.lines and not ax.collections


def test_told_values_and_failures_are_dots_and_crosses(mixed):
    axes = plotting.slices(mixed)
    failed = np.isnan(mixed.values)
    assert 0 < failed.sum() < len(failed)
    for ax, name in zip(axes[:3], MIXED.names, strict=False):
        x = np.array([config[name] for config in mixed.configs], dtype=float)
        dots = points(ax, "told")
        assert np.array_equal(dots, np.column_stack([x, mixed.values]), equal_nan=True)
        assert points(ax, "failed").tolist() == [[at, 0] for at in x[failed]]
    dots = points(axes[3], "told")  # side by side within their category
    index = [["sgd", "momentum"].index(config["optimizer"]) for config in mixed.configs]
    assert np.abs(dots[:, 0] - index).max() <= 0.15


def test_the_legend_says_what_the_band_is(mixed):
    axes = plotting.slices(mixed)
    (shared,) = axes[0].figure.legends
    assert {text.get_text() for text in shared.get_texts()} == {
        *("± 2 sd of f", "posterior mean", "told", "failed", "recommended")
    }


def test_marks_differ_in_more_than_color(mixed):
    """In greyscale: markers of their own, a line, and a mark that is hollow."""
    ax = plotting.slices(mixed)[2]
    markers = [artist(ax, name).get_marker() for name in ("mean", "told", "failed", "recommended")]
    assert markers == ["s", "o", "x", "o"]
    sizes = [artist(ax, name).get_markersize() for name in ("told", "recommended")]
    assert sizes[1] > 2 * sizes[0]
    assert artist(ax, "recommended").get_markerfacecolor() == "none"


def test_learned_length_scales_are_named_in_units_of_the_cube(mixed):
    axes = plotting.slices(mixed)
    learned = mixed.strategy._posterior(*mixed.strategy._data()).standardized.kernel.length_scale
    assert mixed.strategy.posterior().length_scale.tolist() == learned.tolist()
    titles = [ax.get_title() for ax in axes]
    assert titles[0] == f"length scale {learned[0]:.2g} of the range"
    assert titles[2] == f"length scale {learned[2]:.2g} of the range"
    assert titles[3] == f"length scale {learned[3]:.2g}, choices 0.41 apart"  # sqrt(1/6)
    assert titles[4] == ""


def test_one_length_scale_for_all_hyperparameters_is_that_of_each():
    space = bo.Space(x=bo.Float(0, 1), y=bo.Float(0, 1))
    gp = bo.GaussianProcess(bo.Matern52(0.5))
    strategy = bo.BayesianOptimization(space, surrogate=gp)
    result = run(lambda config: config["x"], space, 7, strategy=strategy)
    lengths = strategy.posterior().length_scale
    assert lengths.shape == (2,) and lengths[0] == lengths[1]
    assert len({ax.get_title() for ax in plotting.slices(result)}) == 1


def test_a_length_scale_that_was_not_learned_is_not_named():
    strategy = bo.BayesianOptimization.plain(LINE)
    result = run(lambda config: config["x"], strategy=strategy)
    assert strategy.posterior().length_scale == pytest.approx([0.2])  # there it can be read
    assert [ax.get_title() for ax in plotting.slices(result)] == [""]


class Line:
    """A surrogate without a kernel: a straight line, as uncertain everywhere."""

    learn = True  # means something else than for a Gaussian process

    def fit(self, X, y):
        slope, level = np.polyfit(X[:, 0], y, 1)

        class Belief:
            def predict(self, U):
                return level + slope * U[:, 0], np.full(len(U), 0.5)

        return Belief()


def test_a_surrogate_of_ones_own_has_slices_and_no_length_scale():
    strategy = bo.BayesianOptimization(LINE, surrogate=Line(), n_initial=5, warp=False)
    result = run(lambda config: 3 * config["x"], strategy=strategy)
    assert strategy.posterior().length_scale is None
    (ax,) = plotting.slices(result)
    mean = points(ax, "mean")
    assert mean[:, 1] == pytest.approx(3 * mean[:, 0], abs=1e-9)
    assert ax.get_title() == ""


@pytest.mark.parametrize("kind", [bo.RandomSearch, bo.SobolSearch, bo.GridSearch, bo.TreeParzen])
def test_a_strategy_without_a_model_has_no_slices(kind):
    result = run(lambda config: config["x"], n=4, strategy=kind(LINE))
    with pytest.raises(ValueError, match=f"BayesianOptimization, got one of {kind.__name__}"):
        plotting.slices(result)


def test_a_result_without_its_strategy_has_no_slices():
    with pytest.raises(ValueError, match="model of f.*got one of None"):
        plotting.slices(told([1.0, 2.0]))


def test_when_all_failed_there_is_no_slice():
    result = run(lambda config: float("nan"), n=3, strategy=bo.BayesianOptimization(LINE))
    with pytest.raises(ValueError, match="all 3 evaluations failed"):
        plotting.slices(result)


def test_slices_make_a_figure_that_pyplot_does_not_know(mixed):
    before = plt.get_fignums()
    axes = plotting.slices(mixed)
    assert plt.get_fignums() == before
    assert isinstance(axes, np.ndarray) and axes.shape == (5,)
    fig = axes[0].figure
    assert all(ax.figure is fig for ax in axes) and fig.axes == list(axes)
    assert png(fig).startswith(b"\x89PNG")


def test_slices_on_given_axes_return_them_and_switch_off_the_rest(mixed):
    fig, axes = plt.subplots(2, 3)
    assert plotting.slices(mixed, axes) is axes
    assert fig.legends == []  # the figure is the caller's
    assert "± 2 sd of f" in legend(axes[0, 0])
    assert [ax.axison for ax in axes.ravel()] == [True] * 5 + [False]
    with pytest.raises(ValueError, match="axes must be 5 Axes, one per hyperparameter, got 3"):
        plotting.slices(mixed, axes[0])


def test_a_second_result_can_be_drawn_over_the_first(mixed):
    axes = plt.subplots(1, 5)[1]
    plotting.slices(mixed, axes)
    plotting.slices(mixed, axes)
    assert len([line for line in axes[0].lines if line.get_gid() == "mean"]) == 2


def test_all_panels_have_one_vertical_axis_with_all_values_on_it(mixed):
    axes = plotting.slices(mixed)
    (limits,) = {ax.get_ylim() for ax in axes}
    assert limits[0] <= np.nanmin(mixed.values) and np.nanmax(mixed.values) <= limits[1]
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, False, True, False]


class Clueless:
    """A surrogate that knows nothing: 0 on the standardized values, give or take a billion."""

    def fit(self, X, y):
        return self

    def predict(self, U):
        return np.zeros(len(U)), np.full(len(U), 1e9)


def test_a_band_of_any_size_leaves_the_values_to_be_seen():
    strategy = bo.BayesianOptimization(LINE, surrogate=Clueless(), n_initial=9, warp=False)
    result = run(lambda config: config["x"], n=5, strategy=strategy)
    (ax,) = plotting.slices(result)
    low, high = result.values.min(), result.values.max()
    assert ax.get_ylim() == pytest.approx((low - (high - low), high + (high - low)))


NAMES = {"$\\frac": bo.Categorical(["$x", "$\\y$"]), "a_b": bo.Categorical([1, "1", "z" * 40])}


@pytest.mark.parametrize(
    "space",
    [
        bo.Space(x=bo.Float(1.0, 1.0 + 1e-12)),
        bo.Space(x=bo.Float(1e-150, 1e150, log=True)),
        bo.Space(x=bo.Int(0, 2**40), y=bo.Int(1, 2**40, log=True), z=bo.Int(0, 1)),
        bo.Space(x=bo.Categorical(["only"]), y=bo.Float(0.0, 1.0)),
        bo.Space(**NAMES, x=bo.Categorical([f"choice {i}" for i in range(20)])),
    ],
    ids=["narrow", "wide", "integers", "one choice", "odd names"],
)
def test_odd_spaces_are_drawn_without_a_warning(space):
    rng = np.random.default_rng(0)
    result = run(lambda config: rng.standard_normal(), space, 6)
    assert png(plotting.slices(result)[0].figure).startswith(b"\x89PNG")
    fig, ax = plt.subplots()
    plotting.history(result, ax)
    assert png(fig).startswith(b"\x89PNG")


def test_choices_that_print_alike_are_told_apart():
    space = bo.Space(**NAMES)
    result = run(lambda config: 0.5 * (config["a_b"] == 1), space, 6)
    first, second = plotting.slices(result)
    assert [tick.get_text() for tick in first.get_xticklabels()] == ["$x", "$\\y$"]
    assert [tick.get_text() for tick in second.get_xticklabels()] == ["1", "'1'", "'zzzzzzzzzz…"]
    assert first.get_xlabel() == "$\\frac"


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e300])
def test_values_of_any_size_are_drawn_without_a_warning(scale):
    result = run(lambda config: scale * (config["x"] - 0.3), n=7)
    (ax,) = plotting.slices(result)
    assert png(ax.figure).startswith(b"\x89PNG")
    assert np.isfinite(ax.get_ylim()).all()


def test_a_single_evaluation_has_both_figures(ax):
    result = run(lambda config: 1.0, n=1)
    plotting.history(result, ax)
    (panel,) = plotting.slices(result)
    assert points(panel, "recommended").tolist() == [[result.configs[0]["x"], 1.0]]
