"""The game of lesson 00: functions, opponents, traces, classes, and whole games by the widgets."""

import json
import re

import matplotlib

matplotlib.use("Agg")


import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom
from scripts import load_script

from bo_tutorial.course.lesson_00 import numerics as game
from bo_tutorial.course.lesson_00.live import five_guesses

GUESSES = [0.5, 0.25, 0.1, 0.3, 0.2]


# The hidden functions


@pytest.mark.parametrize("name", game.PRESETS)
def test_the_optimum_is_where_scipy_finds_it(name):
    f = game.preset(name)
    grid = np.linspace(0, 1, 100_001)
    near = grid[np.argmax(f(grid))]
    ends = max(0.0, near - 2e-5), min(1.0, near + 2e-5)
    found = minimize_scalar(lambda x: -float(f(x)), bounds=ends, options={"xatol": 1e-12})
    best = max(-found.fun, f(grid).max())
    assert f.optimum == pytest.approx(best, abs=1e-8)
    assert float(f(f.best_x)) == pytest.approx(f.optimum, abs=1e-9)
    if name != "J":  # the top step is flat
        assert f.best_x == pytest.approx(near, abs=2e-5)


@pytest.mark.parametrize("name", game.PRESETS)
def test_values_are_accuracies(name):
    values = game.preset(name)(np.linspace(0, 1, 10_001))
    assert 0.05 < values.min() < values.max() < 0.95


def test_ten_functions_whose_names_say_nothing():
    assert list(game.PRESETS) == list("ABCDEFGHIJ")
    assert len({f.shape for f in game.PRESETS.values()}) == 10


def test_some_values_by_hand():
    assert game.preset("A")(0.64) == pytest.approx(0.92)
    assert game.preset("A")(0.46) == pytest.approx(0.34 + 0.58 * 0.60653066)  # one sd from the top
    assert game.preset("B")(np.array([0.68, 0.681, 0.34])) == pytest.approx([0.88, 0.1, 0.385])
    assert game.preset("F")(np.array([0.1, 0.9])) == pytest.approx([0.23 + 0.265, 0.47], abs=1e-4)
    assert game.preset("G")(np.array([0, 1.0])) == pytest.approx([0.93, 0.38])
    assert list(game.preset("J")(np.array([0.1, 0.3, 0.52, 0.7]))) == [0.41, 0.58, 0.71, 0.35]


def test_regret_is_what_the_best_so_far_lacks():
    f = game.preset("B")
    regret = f.regret([0.41, 0.66, 0.58, 0.71, 0.69])
    assert regret == pytest.approx([0.47, 0.22, 0.22, 0.17, 0.17])
    assert f.regret(np.array([[0.1, 0.2], [0.3, 0.2]])) == pytest.approx(
        np.array([[0.78, 0.68], [0.58, 0.58]])
    )


@pytest.mark.parametrize("name", ["K", "a", "", None, 3, ["A"]])
def test_an_unknown_preset_is_refused(name):
    with pytest.raises(ValueError, match="preset must be one of"):
        game.preset(name)


# The opponents


def test_opponents_play_five_evaluations_and_repeat_themselves():
    for seed in (0, 7):
        one, other = game.opponents("D", seed), game.opponents("D", seed)
        assert list(one) == list(game.OPPONENTS)
        for player in one:
            assert one[player].x.shape == (game.BUDGET,)
            assert np.array_equal(one[player].x, other[player].x)
    assert not np.array_equal(game.opponents("D", 0)["BO"].x, game.opponents("D", 1)["BO"].x)


def test_bo_asks_two_points_blindly_and_three_by_its_model():
    blind = [game.opponents(name, 3)["BO"].x for name in "AFG"]
    assert all(np.array_equal(each[:2], blind[0][:2]) for each in blind)
    assert len({each[2] for each in blind}) > 1
    run = game.opponents("D", 3)["BO"]
    for t in (2, 3, 4):
        assert game.belief(run.x[:t], run.values[:t], [0.5])[2] == pytest.approx(run.x[t])


def test_belief_is_a_gaussian_process_written_out():
    x, y, at = np.array([0.41, 0.75]), np.array([0.35, 0.85]), np.array([0.41, 0.6, 0.95])

    def k(a, b):
        return np.exp(-0.5 * ((a[:, None] - b) / game.LENGTH_SCALE) ** 2)

    inverse = np.linalg.inv(k(x, x) + 1e-6 * np.eye(2))
    mu = y.mean() + k(at, x) @ inverse @ (y - y.mean())
    sigma = y.std() * np.sqrt(1 - np.sum(k(at, x) @ inverse * k(at, x), axis=1))
    got_mu, got_sigma, _ = game.belief(x, y, at)
    assert got_mu == pytest.approx(mu, abs=1e-9)
    assert got_sigma == pytest.approx(sigma, abs=1e-9)


@pytest.mark.parametrize(
    "x, values", [([0.5], [0.3]), ([[0.1, 0.2]], [0.3, 0.4]), ([0.1, 0.2], [1])]
)
def test_belief_needs_two_evaluations(x, values):
    with pytest.raises(ValueError, match="must h"):
        game.belief(x, values, [0.5])


def test_duel_is_the_games_one_by_one():
    regrets = game.duel("C", 4)
    for player in game.OPPONENTS:
        assert regrets[player].shape == (4, game.BUDGET)
        for seed in range(4):
            assert np.allclose(regrets[player][seed], game.opponents("C", seed)[player].regret)
    with pytest.raises(ValueError, match="n_seeds must be at least 1, got 0"):
        game.duel("C", 0)


def test_the_model_keeps_bo_off_the_shelf_and_on_the_hill_on_fresh_seeds():
    # Seeds that the lesson has not seen. Sobol points and BO start with the same two.
    shelf = [game.rivals("F", seed) for seed in range(1000, 1100)]
    on_slope = game.preset("F").optimum - 0.6
    missed = [run for run in shelf if run["BO"][1] > on_slope]
    later = {p: np.mean([run[p][-1] < on_slope for run in missed]) for p in game.RIVALS}
    assert len(missed) > 40 and later["BO"] < 0.2 and later["Sobol points"] > 0.45
    hill = [game.rivals("A", seed) for seed in range(1000, 1100)]
    medians = {p: np.median([run[p][-1] for run in hill]) for p in game.RIVALS}
    assert medians["BO"] < 0.005 < min(medians["random search"], medians["Sobol points"])
    assert np.mean([run["BO"][-1] < run["random search"][-1] for run in hill]) > 0.75


def test_rivals_play_the_same_games_as_the_opponents_and_sobol_points_start_as_bo_does():
    for name in ("C", "F"):
        regrets, runs = game.rivals(name, 5), game.opponents(name, 5)
        assert set(regrets) == set(game.RIVALS)
        for player in game.OPPONENTS:
            assert np.array_equal(regrets[player], runs[player].regret)
        assert np.allclose(regrets["Sobol points"][:2], regrets["BO"][:2])
        assert not np.allclose(regrets["Sobol points"][2:], regrets["BO"][2:])


def test_the_many_games_are_those_that_are_played_again():
    tool, kept = load_script("many_games"), game.many_games()
    assert list(kept) == list(game.PRESETS)
    for name, each in kept.items():
        assert set(each) == {*game.RIVALS, "first two"}
        assert {len(regrets) for regrets in each.values()} == {game.N_GAMES}
        again = tool.kept(name, range(3))
        for player, regrets in each.items():
            # To half a point: another processor may end an ascent elsewhere in a flat region.
            assert np.allclose(regrets[:3], np.array(again[player]) / 1e4, atol=5e-3)
        with pytest.raises(ValueError, match="read-only"):
            each["BO"][0] = 0.0


def test_an_interval_holds_the_true_share_as_often_as_it_says():
    # Over all counts that 60 fair or unfair games may have, weighted by how likely each is.
    for p in (0.1, 0.5, 0.8):
        ends = np.array([game.share_interval(k, 60) for k in range(61)])
        covered = (ends[:, 0] <= p) & (p <= ends[:, 1])
        assert 0.92 < np.sum(binom.pmf(np.arange(61), 60, p) * covered) < 0.98
    low, high = game.share_interval(0, 10)
    assert low == pytest.approx(0) and 0.2 < high < 0.4


# One guess


@pytest.mark.parametrize(
    "x, guesses, says",
    [
        (1.2, [], "x must be in [0, 1], got 1.2"),
        (-0.1, [], "x must be in [0, 1]"),
        (float("nan"), [], "x must be finite"),
        ("0.5", [], "x must be a number"),
        (0.3, [0.1, 0.3], "x = 0.3 has been evaluated"),
        (0.9, GUESSES, "all 5 evaluations are spent"),
    ],
)
def test_a_guess_that_is_not_taken(x, guesses, says):
    assert says in game.refusal(x, guesses)


def test_a_guess_that_is_taken():
    assert game.refusal(0.3, [0.1, 0.31]) is None
    assert game.refusal(0, []) is None and game.refusal(1, [0.0]) is None


# Traces


def test_a_trace_comes_back_as_it_was(tmp_path):
    trace = game.Trace("Ada Λ", "D", GUESSES)
    game.save(trace, tmp_path / "ada.json")
    again = game.load(tmp_path / "ada.json")
    assert (again.player, again.preset) == ("Ada Λ", "D")
    assert np.array_equal(again.x, trace.x) and np.array_equal(again.values, trace.values)
    assert again.regret == pytest.approx(game.preset("D").optimum - trace.incumbents)
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]


def test_the_trace_of_the_course(tmp_path):
    tool = load_script("five_guesses_trace")
    default = game.load()
    assert default.preset == "D" and default.x.tolist() == tool.GUESSES
    assert game.mine(tmp_path).player == default.player
    game.save(game.Trace("me", "A", GUESSES), tmp_path / game.FILE_NAME)
    assert game.mine(tmp_path).player == "me"


def entries(**changes):
    values = game.preset("D")(GUESSES).tolist()
    known = {"format": game.FORMAT, "version": 1, "player": "Ada", "preset": "D"}
    return known | {"x": GUESSES, "values": values} | changes


@pytest.mark.parametrize(
    "content, says",
    [
        ("not json", "not JSON"),
        ("", "not JSON"),
        ("[" * 5000, "not a trace, nested too deeply|not JSON"),
        ("[1, 2]", "must have the entries"),
        (json.dumps({"x": GUESSES}), "must have the entries"),
        (json.dumps(entries(more=1)), "must have the entries"),
        (json.dumps(entries(format="other")), "format must be"),
        (json.dumps(entries(version=2)), "version must be 1, got 2"),
        (json.dumps(entries(player=3)), "player must be a name"),
        (json.dumps(entries(player=" ")), "player must be a name of 1 to 40"),
        (json.dumps(entries(player="x" * 41)), "player must be a name of 1 to 40"),
        (json.dumps(entries(player="a\nb")), "player must be a name of 1 to 40"),
        (json.dumps(entries(preset="Z")), "preset must be one of"),
        (json.dumps(entries(preset=["D"])), "preset must be one of"),
        (json.dumps(entries(x=GUESSES[:4])), "x must be a list of 5 numbers"),
        (json.dumps(entries(x="01234")), "x must be a list of 5 numbers"),
        (json.dumps(entries(x=[*GUESSES[:4], "0.2"])), "each entry of x must be a number"),
        (json.dumps(entries(x=[*GUESSES[:4], True])), "each entry of x must be a number"),
        (json.dumps(entries(x=[*GUESSES[:4], float("nan")])), "each entry of x must be finite"),
        (json.dumps(entries(x=[*GUESSES[:4], 1.5])), r"x must be in \[0, 1\], got 1.5"),
        (json.dumps(entries(values=[0.99] * 5)), "values must be those of function D: at x = 0.5"),
        (json.dumps(entries(player="x" * 20_000)), "less than 10000 bytes"),
    ],
)
def test_what_is_no_trace_is_refused_in_words(tmp_path, content, says):
    path = tmp_path / "game.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=f"game.json: ({says}|.*{says})"):
        game.load(path)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "game.json").write_bytes(b'{"x": "\xff"}')
    with pytest.raises(ValueError, match="not a text in UTF-8"):
        game.load(tmp_path / "game.json")
    with pytest.raises(FileNotFoundError):
        game.load(tmp_path / "nobody.json")


# A class


def test_a_class_is_put_together(tmp_path):
    players = {"ada": ("A", [0.6, 0.62, 0.64, 0.66, 0.68]), "bob": ("F", [0.6, 0.7, 0.8, 0.9, 1.0])}
    for name, (preset, x) in players.items():
        game.save(game.Trace(name, preset, x), tmp_path / f"{name}.json")
    (tmp_path / "broken.json").write_text("{}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no trace", encoding="utf-8")
    together = game.aggregate(tmp_path, n_seeds=5)
    assert [trace.player for trace in together.traces] == ["ada", "bob"]
    assert together.presets == {"A": 1, "F": 1}
    assert list(together.refused) == ["broken.json"]
    assert "must have the entries" in together.refused["broken.json"]
    assert {name: each.shape for name, each in together.regrets.items()} == {
        "class": (2, 5),
        "random search": (10, 5),
        "BO": (10, 5),
    }
    # By hand: the first player reaches the top, the second ends at the right end of the slope.
    bob = game.preset("F").optimum - 0.5
    assert together.regrets["class"][:, -1] == pytest.approx([0.0, bob], abs=1e-6)
    for player in game.OPPONENTS:
        medians = [np.median(game.duel(preset, 5)[player][:, -1]) for preset in "AF"]
        assert together.ahead[player] == int(0.0 < medians[0]) + int(bob < medians[1])


def test_a_class_without_a_trace(tmp_path):
    with pytest.raises(ValueError, match="folder must hold at least one trace"):
        game.aggregate(tmp_path)


# Whole games, by the widgets


@pytest.fixture(autouse=True)
def course_style():
    with plt.style.context("bo_tutorial.style"):
        yield
    assert plt.get_fignums() == []


def type_and_press(live, x):
    live.controls["x"].text.value = x  # what Tab, typing and Enter do
    live.controls["guesses"].add.click()  # what Tab and Space do


def note(live):
    return re.sub("<[^>]*>", "", live.controls["guesses"].note.value)


def alt(live):
    return re.match(r'<img alt="([^"]*)"', live.picture).group(1)


def drawn(live):
    """Every text of the figure, and every line by its name."""
    texts = [text.get_text() for text in live.fig.findobj(matplotlib.text.Text)]
    lines = {line.get_gid(): line for ax in live.fig.axes for line in ax.lines}
    return " ".join(texts), lines


def test_a_whole_game(tmp_path):
    live = five_guesses("Ada", tmp_path)
    live.controls["hidden"].value = "D"
    f = game.preset("D")
    for t, x in enumerate(GUESSES, start=1):
        assert list(tmp_path.iterdir()) == []
        assert f"{6 - t} evaluation" in live.line
        type_and_press(live, x)
        assert f"at x = {x:g}" in alt(live) or t == 5
    assert f"The top of function D (two hills) is {f.optimum:.1%}" in live.line
    regret = f.optimum - f(np.array(GUESSES)).max()
    assert f"you {100 * regret:.1f}" in live.line
    for player, run in game.opponents("D").items():
        assert f"{player} {100 * run.regret[-1]:.1f}" in live.line
    assert f"saved in {game.FILE_NAME}" in note(live)
    trace = game.load(tmp_path / game.FILE_NAME)
    assert (trace.player, trace.preset, trace.x.tolist()) == ("Ada", "D", GUESSES)


@pytest.mark.parametrize("name", game.PRESETS)
def test_nothing_tells_of_f_before_the_end(name, tmp_path):
    live = five_guesses(folder=tmp_path)
    live.controls["hidden"].value = name
    f = game.preset(name)
    secrets = [f.shape, f"{f.optimum:.1%}", "top of function", "regret", "Regret"]
    guesses = [0.0137, 0.2137, 0.4137, 0.9137]
    for i in range(len(guesses) + 1):
        texts, lines = drawn(live)
        said = " ".join([texts, live.line, alt(live), note(live), repr(live)])
        assert not [secret for secret in secrets if secret in said]
        # The figure holds values of f at the guesses alone.
        told = {"cursor", "you values", "you order", "you best"}
        assert all(len(line.get_xdata()) == 0 for gid, line in lines.items() if gid not in told)
        assert list(lines["you values"].get_xdata()) == guesses[:i]
        assert not any(ax.collections or ax.patches or ax.images for ax in live.fig.axes)
        if i < len(guesses):
            type_and_press(live, guesses[i])
    type_and_press(live, 0.6137)
    texts, lines = drawn(live)
    assert f.shape in live.line and f.shape in texts
    x, drawn_f = lines["f"].get_data()
    assert np.array_equal(drawn_f, f(x))
    assert np.array_equal(lines["BO order"].get_xdata(), game.opponents(name)["BO"].x)


def test_guesses_out_of_range_repeated_or_too_many_cost_nothing(tmp_path):
    live = five_guesses(folder=tmp_path)
    guesses = live.controls["guesses"]
    type_and_press(live, 7.0)  # clipped by the text box
    assert guesses.value == (1.0,)
    before = live.picture
    type_and_press(live, 1.0)
    assert guesses.value == (1.0,) and "has been evaluated" in note(live)
    assert live.picture == before
    type_and_press(live, -3.0)
    assert guesses.value == (1.0, 0.0) and note(live) == ""
    for x in (0.2, 0.4, 0.6):
        type_and_press(live, x)
    over = live.picture
    guesses.add.click()  # one press too many does not end the reveal
    assert "all 5 evaluations are spent" in note(live) and live.picture == over


def test_a_new_game_begins_by_the_button_or_by_another_function(tmp_path):
    live = five_guesses(folder=tmp_path)
    empty = live.picture
    for x in GUESSES:
        type_and_press(live, x)
    live.controls["x"].value = 0.5
    live.controls["guesses"].restart.click()
    assert live.picture == empty and note(live) == "" and "5 evaluations left" in live.line
    type_and_press(live, 0.2)
    live.controls["hidden"].value = "E"
    assert live.controls["guesses"].value == () and "Function E: 5 evaluations" in live.line


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    live = five_guesses(folder=tmp_path / "missing")
    for x in GUESSES:
        type_and_press(live, x)
    assert "could not be saved" in note(live) and "The top of function A" in live.line


def test_all_controls_are_reached_by_the_keyboard():
    live = five_guesses()
    guesses = live.controls["guesses"]
    assert [guesses.add.description, guesses.restart.description] == ["Evaluate", "New game"]
    assert live.controls["x"].text.description.startswith("x (")
    assert not guesses.add.disabled and not guesses.restart.disabled
