"""The capstone: hidden functions, records, standings, a class, and whole games by the widgets."""

import html
import itertools
import json
import pickle
import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import minimize
from scripts import load_script

from bo_tutorial.__main__ import main
from bo_tutorial.course.checking import grade
from bo_tutorial.course.lesson_15 import numerics as capstone
from bo_tutorial.course.lesson_15 import record
from bo_tutorial.course.lesson_15.live import numbers_of, three_games

KEYS = [capstone.PRACTICE, "0123456789abcdef" * 2, "f" * 32, "5ca1ab1e" * 4]
STRATEGY = "I look at five places far apart. Then I stay near the best answer."
OURS = capstone.read_set()


def points(task, n=capstone.BUDGET):
    """Points that fill the cube, each of them once."""
    steps = np.sqrt([2, 3, 5, 7, 11, 13])[: capstone.TASKS[task]]
    return (np.outer(np.arange(1, n + 1), steps) % 1).round(3).tolist()


def whole_game(kit, task, handed=1, n=capstone.BUDGET):
    kit.start(task, STRATEGY)
    for x in points(task, n):
        kit.query(task, *x)
    return kit.hand_over(task, handed) if handed else None


# What is hidden


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("task", capstone.TASKS)
def test_regret_is_what_is_missing_to_the_top_that_a_search_finds(task, key):
    hidden = capstone.Hidden(key, task)
    d = capstone.TASKS[task]
    X = np.random.default_rng(0).random((4000, d))
    values = np.array([hidden(x) for x in X])
    start = X[np.argmax(values)]
    found = minimize(
        lambda x: -hidden(np.clip(x, 0, 1)), start, method="Nelder-Mead", options={"maxiter": 4000}
    )
    best, top = max(values.max(), -found.fun), hidden(start) + hidden.regret(start)
    assert best <= top + 1e-9
    assert best == pytest.approx(top, abs=2e-3 if task == "cliff" else 1e-4)
    assert 0.7 < top < 0.9 and values.min() > 0.1


@pytest.mark.parametrize("key", KEYS)
def test_each_function_has_its_trait(key):
    noise, cliff, six = (capstone.Hidden(key, task) for task in capstone.TASKS)
    errors = np.array([noise.answer([0.4], "a", n) - noise([0.4]) for n in range(2000)])
    assert abs(errors.mean()) < 0.005 and errors.std() == pytest.approx(capstone.NOISE, rel=0.06)
    assert cliff.answer([0.4, 0.4], "a", 1) == cliff([0.4, 0.4])
    grid = np.linspace(0, 1, 201)
    rows = np.array([[cliff([a, b]) for a in grid] for b in grid])
    steps = max(np.abs(np.diff(rows, axis=axis)).max() for axis in (0, 1))
    assert steps > 0.5  # between neighbors half a percent apart
    corners = {six(x) for x in itertools.product((0.2, 0.6), repeat=6)}
    assert len(corners) == 4 and len(capstone.relevant(six)) == 2


def test_two_secrets_two_sets_and_the_same_secret_the_same_set():
    one, other = capstone.key_of("a good secret"), capstone.key_of("a good secreT")
    assert one != other and one == capstone.key_of(" a good secret ")
    assert capstone.set_name(one) != capstone.set_name(other)
    for task, d in capstone.TASKS.items():
        x = [0.31] * d
        assert capstone.Hidden(one, task)(x) != capstone.Hidden(other, task)(x)


@pytest.mark.parametrize("secret", ["short", "", "   a   ", None, 12345678, b"a good secret"])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises((TypeError, ValueError), match="secret must"):
        capstone.key_of(secret)


def test_nothing_that_is_shown_gives_a_function_away(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    whole_game(kit, "six")
    hidden = OURS.hidden("six")
    assert repr(hidden) == str(hidden) == f"<hidden function 'six' of {OURS.name}>"
    assert repr(OURS) == f"<{OURS.name}: noise, cliff, six>"
    assert repr(kit) == f"<capstone of 'Ada', {OURS.name}, {record.FILE_NAME}>"
    # The record has the queries and their answers, and nothing from which f could be computed.
    text = (tmp_path / record.FILE_NAME).read_text(encoding="utf-8")
    numbers = set(re.findall(r"0\.\d+", text))
    own = [*itertools.chain(*points("six")), *kit.game("six").values]
    assert numbers == {str(each) for each in own if each} - {"0"}
    assert OURS._key not in text + repr(kit.games) + repr(kit.standing("six"))
    # An object holds the key and no number of the function; of the key, no name is made.
    assert not hasattr(hidden, "__dict__") and not re.findall(rb"\d\.\d", pickle.dumps(hidden))
    assert not set(vars(OURS)) - {"name", "regrets", "largest", "_key"}
    assert OURS.name.removeprefix("set ") not in OURS._key


@pytest.mark.parametrize("task", ["", "Noise", None, ["noise"], 3])
def test_a_task_that_does_not_exist_is_refused(task):
    with pytest.raises(ValueError, match="task must be one of"):
        capstone.Hidden(capstone.PRACTICE, task)


@pytest.mark.parametrize("key", ["", "0" * 31, "G" * 32, None, "0" * 33, "0" * 32 + "\n"])
def test_a_key_of_another_form_is_refused_and_not_repeated(key):
    with pytest.raises(ValueError, match="key must be 32 hex digits, as `key_of` returns them"):
        capstone.Hidden(key, "noise")


# The shipped games


def test_the_shipped_games_come_out_again():
    """A few rows of both tables, played again: BO's last digits differ by machine."""
    load_script("capstone_data")  # it can be imported, and its tables are complete
    for task, player, seed in [
        ("noise", "random search", 0),
        ("noise", "random search", 199),
        ("cliff", "random search", 77),
        ("six", "random search", 3),
        ("cliff", "BO", 0),
        ("six", "BO", 1),
    ]:
        hidden = OURS.hidden(task)
        X, y, handed = capstone.play(hidden, player, seed)
        exact = {"abs": 1e-6 if player == "random search" else 0.005}
        assert OURS.regrets[task][player][seed] == pytest.approx(hidden.regret(X[handed]), **exact)
        assert X.shape == (capstone.BUDGET, capstone.TASKS[task]) and y.shape == (capstone.BUDGET,)
    for task in ("six", "noise"):
        for player, runs in capstone.read_extras(task).items():
            X, y, handed = capstone.play(OURS.hidden(task), player, 4)
            regret = OURS.hidden(task).regret(X[handed])
            assert runs[4] == pytest.approx(regret, abs=0.005) and len(runs) == capstone.N_SEEDS


@pytest.mark.parametrize("player", capstone.OPPONENTS)
def test_a_game_with_exact_answers_differs_in_the_answers_alone(player):
    """Nothing asks elsewhere before the answers can tell: the initial points are the same."""
    hidden = OURS.hidden("noise")
    X, y, _ = capstone.play(hidden, player, 3)
    again, exact, _ = capstone.play(hidden, player + capstone.EXACT, 3)
    assert np.array_equal(X[: capstone.N_INITIAL], again[: capstone.N_INITIAL])
    assert exact == pytest.approx([hidden(x) for x in again]) and np.all(y != exact)
    task = OURS.hidden("cliff")  # has no errors: a game is the same either way
    games = [capstone.play(task, name, 3) for name in (player, player + capstone.EXACT)]
    assert np.array_equal(games[0][0], games[1][0]) and games[0][2] == games[1][2]


def test_a_set_that_was_stopped_goes_on_and_is_refused_before(tmp_path, monkeypatch):
    monkeypatch.setattr(capstone, "set_lines", lambda: LINES)
    path = tmp_path / "set.csv"

    def stop_after_three(lines):
        yield from lines[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        capstone.new_set("a good secret", path, stop_after_three)
    with pytest.raises(ValueError, match="set.csv must have 6 games, got 3: it is not finished"):
        capstone.read_set(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="line 1 of the table"):
        capstone.new_set("another secret", path)
    assert path.read_bytes() == before
    capstone.new_set("a good secret", path)
    whole = path.read_bytes()
    assert whole.startswith(before) and b"a good secret" not in whole
    capstone.new_set("a good secret", path)
    assert path.read_bytes() == whole
    assert capstone.read_set(path).regrets["six"]["BO"].shape == (1,)


LINES = [f"{task},{player},0," for task in capstone.TASKS for player in capstone.OPPONENTS]


@pytest.mark.parametrize("content", ["", "x", "a,b\n1,2\n", "bo_tutorial capstone,1,zz\n"])
def test_a_file_that_is_no_set_is_refused(tmp_path, content):
    path = tmp_path / "set.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"set\.csv must begin|key must be"):
        capstone.read_set(path)
    with pytest.raises(FileNotFoundError):
        capstone.read_set(tmp_path / "none.csv")


# Where a score stands


def test_ahead_counts_ties_half():
    runs = np.array([0.1, 0.2, 0.2, 0.3, 0.0])
    assert capstone.ahead(0.2, runs) == 1 + 2 * 0.5
    assert capstone.ahead(0.0, runs) == 4.5 and capstone.ahead(0.4, runs) == 0


def test_a_standing_by_hand():
    X = np.array(points("cliff"))
    hidden = OURS.hidden("cliff")
    regrets = [hidden.regret(x) for x in X]
    found = capstone.standing(OURS, "cliff", X, handed=4)
    runs = OURS.regrets["cliff"]
    assert found.random == np.sum(runs["random search"] > regrets[4] + 1e-6)
    assert found.bo == np.sum(runs["BO"] > regrets[4] + 1e-6)
    assert found.largest == np.sum(runs["random search"] > min(regrets) + 1e-6)
    assert (found.queries, found.of, float(found)) == (13, 200, found.random / 200)


# The record of a player


def test_a_game_comes_back_as_it_was_after_each_query(tmp_path):
    kit = record.Capstone("Ada Λ", tmp_path)
    assert list(tmp_path.iterdir()) == []  # nothing is written before the strategy
    kit.start("noise", STRATEGY)
    for n, x in enumerate(points("noise"), start=1):
        value = kit.query("noise", *x)
        game = record.Capstone("Ada Λ", tmp_path).game("noise")
        assert game.values[-1] == value and len(game.x) == n and game.strategy == STRATEGY
    standing = kit.hand_over("noise", 3)
    again = record.Capstone("somebody", tmp_path)
    assert again.standing("noise") == standing == again.hand_over("noise", 3)
    assert [each.name for each in tmp_path.iterdir()] == [record.FILE_NAME]


def test_a_started_game_goes_on_and_only_a_word_begins_another(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    kit.start("cliff", STRATEGY)
    kit.query("cliff", 0.2, 0.3)
    for other in (kit, record.Capstone("Ada", tmp_path)):
        with pytest.raises(ValueError, match="has been started, 12 queries are left"):
            other.start("cliff", "Another strategy it is. It has two sentences.")
    for word in ("", "yes", True, None, "Start over", ["start over"]):
        with pytest.raises(ValueError, match="word must be 'start over'"):
            kit.start_over("cliff", STRATEGY, word)
    assert len(kit.game("cliff").x) == 1
    with pytest.raises(ValueError, match="'six' has not been started: use start"):
        kit.start_over("six", STRATEGY, record.WORD)
    kit.start_over("cliff", "A better strategy it is. It has two sentences.", record.WORD)
    assert [game.number for game in kit.games["cliff"]] == [1, 2]
    assert kit.game("cliff").x == [] and len(kit.games["cliff"][0].x) == 1
    kit.query("cliff", 0.2, 0.3)  # in a new game the same point may be asked
    assert kit.game("cliff").left == 12


def test_a_new_start_has_other_errors_and_the_same_query_twice_too(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    kit.start("noise", STRATEGY)
    first = [kit.query("noise", 0.5) for _ in range(3)]
    kit.start_over("noise", STRATEGY, record.WORD)
    assert len({*first, kit.query("noise", 0.5)}) == 4


@pytest.mark.parametrize(
    "strategy",
    ["", "   ", "I guess.", "One sentence only, but it is a long one", "Go. Stop. Win.", None, 3]
    + ["x" * 30, "First this. And", "A first sentence of words. " + "very long words. " * 200],
)
def test_a_strategy_has_two_sentences(tmp_path, strategy):
    kit = record.Capstone("Ada", tmp_path)
    with pytest.raises((TypeError, ValueError), match="strategy must"):
        kit.start("noise", strategy)
    with pytest.raises(ValueError, match="must be started first: write a strategy"):
        kit.query("noise", 0.5)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "task, x, says",
    [
        ("noise", (1.2,), "x1 must be in"),
        ("noise", (-1e-9,), "x1 must be in"),
        ("cliff", (0.5, 1.5), "x2 must be in"),
        ("noise", (), "x must have shape"),
        ("noise", (0.5, 0.5), "x must have shape"),
        ("six", (0.5,) * 5, "x must have shape"),
        ("noise", ("0.5",), "x must be an array of numbers"),
        ("noise", (float("nan"),), "x must be finite"),
        ("noise", (float("inf"),), "x must be finite"),
        ("cliff", (0.5, None), "x must be"),
        ("cliff", ([[0.5, 0.5]],), "x must have shape"),
    ],
)
def test_a_query_that_cannot_be_answered_costs_nothing(tmp_path, task, x, says):
    kit = record.Capstone("Ada", tmp_path)
    kit.start(task, STRATEGY)
    with pytest.raises((TypeError, ValueError), match=says):
        kit.query(task, *x)
    assert kit.game(task).left == capstone.BUDGET


def test_a_repeated_query_is_refused_where_there_is_no_noise(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    kit.start("cliff", STRATEGY)
    kit.query("cliff", [0.2, 0.3])
    with pytest.raises(ValueError, match="query 1 was the same"):
        kit.query("cliff", 0.2, 0.3)
    assert kit.game("cliff").left == 12


def test_the_end_of_a_game_is_the_end(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    assert kit.hand_over("noise", ...) is ...  # before anything was begun
    kit.start("noise", STRATEGY)
    kit.query("noise", 0.5)
    with pytest.raises(ValueError, match="hand_over must wait: 12 of 13 queries are left"):
        kit.hand_over("noise", 1)
    for x in points("noise", 12):
        kit.query("noise", *x)
    with pytest.raises(ValueError, match="all 13 queries are spent"):
        kit.query("noise", 0.5)
    for wrong in (0, 14, -1, 1.0, "1", True, None):
        with pytest.raises((TypeError, ValueError), match="query must be"):
            kit.hand_over("noise", wrong)
    with pytest.raises(ValueError, match="must be handed over first"):
        kit.standing("noise")
    kit.hand_over("noise", 2)
    with pytest.raises(ValueError, match="query 2 was handed over, and that stays: got 3"):
        kit.hand_over("noise", 3)
    for act in (lambda: kit.query("noise", 0.1), lambda: kit.hint("noise")):
        with pytest.raises(ValueError, match="is over: query 2 was handed over"):
            act()


def test_a_line_that_was_cut_short_is_not_a_line(tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    kit.start("noise", STRATEGY)
    kit.query("noise", 0.5)
    path = tmp_path / record.FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event": "que')
    again = record.Capstone("Ada", tmp_path)
    assert again.game("noise").left == 12
    again.query("noise", 0.6)
    assert again.game("noise").left == 11 and path.read_bytes().startswith(whole)


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


CHANGES = {
    "value of query 1 is not": lambda lines: lines[1].update(value=0.99),
    "value must be a number": lambda lines: lines[1].update(value="0.5"),
    "x must have shape": lambda lines: lines[1].update(x=[0.1, 0.2]),
    "x1 must be in": lambda lines: lines[1].update(x=[1.5]),
    "event must be one of": lambda lines: lines[1].update(event="cheat"),
    "must be an event": lambda lines: lines[1].update(event=3),
    "query must have": lambda lines: lines[1].update(more=1),
    "task must be one of": lambda lines: lines[1].update(task="nose"),
    "must come after its start": lambda lines: lines.pop(0),
    "set must be": lambda lines: lines[0].update(set="set 000000"),
    "player must be a name": lambda lines: lines[0].update(player=""),
    "strategy must have two sentences": lambda lines: lines[0].update(strategy="Go."),
    "at most 13 queries": lambda lines: lines.insert(13, lines[13]),
    "comes after its end": lambda lines: lines.append(lines[1]),
    "query must be one of 13": lambda lines: lines[-1].update(query=14),
    "query must be an integer": lambda lines: lines[-1].update(query="1"),
    "after all are made": lambda lines: lines.pop(13),
    "hint must be one of": lambda lines: lines.insert(
        2, {"event": "hint", "task": "noise", "hint": "magic"}
    ),
}


@pytest.mark.parametrize("says", CHANGES)
def test_a_record_that_was_changed_is_refused_with_its_line(tmp_path, says):
    whole_game(record.Capstone("Ada", tmp_path), "noise")
    path = tmp_path / record.FILE_NAME
    lines = lines_of(path)
    CHANGES[says](lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"my_capstone.jsonl, line \d+: .*{says}"):
        record.Capstone("Ada", tmp_path)


@pytest.mark.parametrize(
    "content, says",
    [
        (b"not json\n", "line 1: not JSON"),
        (b"[1]\n", "line 1: must be an event"),
        (b"[" * 50_000 + b"\n", "line 1: (nested too deeply|not JSON)"),
        (b'"\xff"\n', "not a text in UTF-8"),
        (b" " * 300_000, "less than 200000 bytes"),
    ],
)
def test_bytes_that_are_no_record_are_refused(tmp_path, content, says):
    (tmp_path / record.FILE_NAME).write_bytes(content)
    with pytest.raises(ValueError, match=says):
        record.Capstone("Ada", tmp_path)


@pytest.mark.parametrize("player", ["", " ", "x" * 41, "a\nb", None, 7])
def test_a_player_has_a_name(player, tmp_path):
    with pytest.raises((TypeError, ValueError), match="player must be a name"):
        record.Capstone(player, tmp_path)


# Hints by need


def game(task, x, values=None, hints=()):
    values = [0.3 + 0.01 * i for i in range(len(x))] if values is None else values
    return record.Game(task, 1, "Ada", STRATEGY, x, values, list(hints))


def test_a_hint_answers_what_the_queries_lack():
    spread = [[0.1], [0.3], [0.5], [0.7], [0.9]]
    assert record.next_hint(game("noise", spread)) == "repeat"
    assert record.next_hint(game("noise", [*spread, [0.9]])) == "two"
    assert record.next_hint(game("noise", [[0.1], [0.1], [0.3], [0.35]])) == "gap"
    assert (
        record.next_hint(game("noise", [*spread, *[[0.2]] * 3], [0.3] * 4 + [0.7] + [0.4] * 3))
        == "near"
    )
    assert record.next_hint(game("cliff", [[0.1, 0.1], [0.2, 0.1], [0.9, 0.9]])) == "edge"
    fell = [0.7, 0.2, 0.3]
    assert record.next_hint(game("cliff", [[0.1, 0.1], [0.2, 0.1], [0.9, 0.9]], fell)) == "fell"
    assert record.next_hint(game("six", points("six", 4))) == "one"
    single = [[0.5] * 6, [0.1] + [0.5] * 5, [0.5, 0.1] + [0.5] * 4]
    assert record.next_hint(game("six", single)) == "exact"


@pytest.mark.parametrize("task", capstone.TASKS)
def test_hints_are_recorded_do_not_repeat_and_come_to_an_end(task, tmp_path):
    kit = record.Capstone("Ada", tmp_path)
    kit.start(task, STRATEGY)
    said = [kit.hint(task) for _ in range(6)]
    assert said[-1] == "There are no more hints for this game."
    given = [each for each in said if each != said[-1]]
    assert len(given) == len(set(given)) == len(kit.game(task).hints) >= 1
    numbers = re.findall(r"\d", " ".join(text for _, text in record.HINTS[task].values()))
    assert numbers == []  # no hint tells where the top is


# A class


def test_a_class_is_merged_and_the_first_start_counts(tmp_path):
    for name in ("ada", "bob", "cy"):
        (tmp_path / name).mkdir()
    ada, bob, cy = (record.Capstone(each, tmp_path / each) for each in ("ada", "bob", "cy"))
    for task in capstone.TASKS:
        whole_game(ada, task, handed=3)
    whole_game(bob, "noise", handed=None, n=5)
    bob.hint("noise")
    bob.start_over("noise", STRATEGY, record.WORD)
    for _ in range(13):
        bob.query("noise", 0.5)
    bob.hand_over("noise", 13)
    cy.start("six", STRATEGY)
    files = [tmp_path / each / record.FILE_NAME for each in ("cy", "bob", "ada")]
    copy, broken = tmp_path / "copy.jsonl", tmp_path / "broken.jsonl"
    copy.write_bytes(files[2].read_bytes())
    broken.write_text("{}\n", encoding="utf-8")
    rows, refused = record.merge([*files, copy, broken, tmp_path / "nobody.jsonl"])
    assert [row.player for row in rows] == ["ada", "bob"] or rows[0].of_random < rows[1].of_random
    assert {row.player for row in rows} == {"ada", "bob"}
    assert "no query has been made" in refused[str(files[0])]
    assert "the same file as my_capstone.jsonl" in refused[str(copy)]
    assert "must be an event" in refused[str(broken)] and len(refused) == 4
    by_name = {row.player: row for row in rows}
    told = by_name["bob"]
    first = bob.games["noise"][0]
    best = np.argmax(first.values)
    expected = capstone.standing(OURS, "noise", np.array(first.x), best, 2)
    assert told.standings == {"noise": expected} and (told.starts, told.hints) == (2, 1)
    assert told.of_random == pytest.approx(expected.random / 3)
    scores = [by_name["ada"].standings[task].random for task in capstone.TASKS]
    assert by_name["ada"].of_random == pytest.approx(np.mean(scores))
    text = record.leaderboard(rows).splitlines()
    assert text[0].split(",") == list(record.COLUMNS) and text[1].startswith("1,")


def test_a_name_is_no_formula_in_a_spreadsheet_and_equal_scores_share_a_place():
    def row(player, random):
        found = {"six": capstone.Standing("six", 13, random, 10, random)}
        return record.Row(player, "file", found, 1, 0)

    lines = record.leaderboard([row("=1+1", 90), row("Ada, B.", 90), row("c", 30)]).splitlines()
    assert lines[1].startswith("1,'=1+1,30.0,3.3,,,90,1,0,file")
    assert lines[2].startswith('1,"Ada, B.",') and lines[3].startswith("3,c,10.0")


def test_the_commands_of_an_instructor(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(capstone, "set_lines", lambda: LINES)
    out = tmp_path / "class.csv"
    assert main(["capstone", "new", "--secret", "a good secret", "--out", str(out)]) == 0
    name = capstone.set_name(capstone.key_of("a good secret"))
    assert name in capsys.readouterr().out
    kit = record.Capstone("Ada", tmp_path, out)
    whole_game(kit, "six")
    board, file = tmp_path / "board.csv", str(tmp_path / record.FILE_NAME)
    assert main(["capstone", "merge", file, "--set", str(out), "--out", str(board)]) == 0
    shown = capsys.readouterr().out
    assert "Ada" in shown and board.read_text(encoding="utf-8") == shown
    (tmp_path / "bad.jsonl").write_text("x\n", encoding="utf-8")
    assert main(["capstone", "merge", str(tmp_path / "bad.jsonl"), "--set", str(out)]) == 1
    assert "left out: bad.jsonl, line 1: not JSON" in capsys.readouterr().err
    assert main(["capstone", "new", "--secret", "short", "--out", str(out)]) == 1
    assert "secret must have 8 characters" in capsys.readouterr().err
    assert main(["capstone", "new", "--secret", "another secret", "--out", str(out)]) == 1
    assert "line 1 of the table" in capsys.readouterr().err
    assert main(["capstone"]) == 0 and "merge" in capsys.readouterr().out


# Whole games, by the widgets


@pytest.fixture(autouse=True)
def course_style():
    with plt.style.context("bo_tutorial.style"):
        yield
    assert plt.get_fignums() == []


def note(control):
    return html.unescape(re.sub("<[^>]*>", "", control.note.value))


def begin(live, strategy=STRATEGY):
    live.controls["strategy"].text.value = strategy
    live.controls["strategy"].button.click()


def ask(live, text):
    live.controls["queries"].point.value = text
    live.controls["queries"].add.click()


@pytest.mark.parametrize("task", capstone.TASKS)
def test_a_whole_game_by_the_widgets(task, tmp_path):
    live = three_games("Ada", tmp_path)
    live.controls["task"].value = task
    begin(live)
    queries = live.controls["queries"]
    for left, x in zip(range(12, -1, -1), points(task), strict=True):
        ask(live, ", ".join(map(str, x)))
        assert f"{left} quer" in live.line or left == 0, (live.line, note(queries))
    queries.number.value = 5
    queries.end.click()
    standing = record.Capstone("Ada", tmp_path).standing(task)
    assert f"Query 5 is handed over. {standing}." == note(queries)
    assert "over, query 5 was handed over" in live.line
    drawn = [ax for ax in live.fig.axes if ax.get_visible()]
    assert len(drawn) == capstone.TASKS[task] + 1
    (stars,) = [line for line in drawn[0].lines if line.get_gid() == "queries"]
    assert np.allclose(stars.get_xdata(), [x[0] for x in points(task)])
    (ring,) = [line for line in drawn[0].lines if line.get_gid() == "handed"]
    assert list(ring.get_xdata()) == [points(task)[4][0]]


def test_what_was_begun_goes_on_in_a_new_figure_and_with_another_task(tmp_path):
    live = three_games("Ada", tmp_path)
    ask(live, "0.5")
    assert "must be started first: write a strategy" in note(live.controls["queries"])
    begin(live, "No.")
    assert "strategy must have two sentences" in note(live.controls["strategy"])
    begin(live)
    ask(live, "0.5")
    picture = live.picture
    live.controls["task"].value = "six"
    assert live.controls["queries"].value == () and not live.controls["strategy"].text.disabled
    live.controls["task"].value = "noise"
    again = three_games("Ada", tmp_path)
    for figure in (live, again):
        assert figure.picture == picture and figure.controls["strategy"].text.disabled
        assert "12 queries left" in figure.line


@pytest.mark.parametrize("text", ["", "a", "0.5, 0.5", "1.5", "nan", "0,5 0", "1e999", "--"])
def test_a_point_that_is_none_is_said_in_words(text, tmp_path):
    live = three_games("Ada", tmp_path)
    begin(live)
    ask(live, text)
    assert re.match("x1? must be", note(live.controls["queries"]))
    assert live.controls["queries"].value == ()


def test_points_as_people_type_them():
    assert numbers_of(" (0.1, 0.2) ", 2) == numbers_of("0.1;0.2", 2) == numbers_of("[.1 .2]", 2)
    assert numbers_of("0.1,0.2", 2) == (0.1, 0.2)


def test_hints_and_errors_of_the_buttons_are_said(tmp_path):
    live = three_games("Ada", tmp_path)
    queries = live.controls["queries"]
    queries.ask.click()
    assert "must be started first" in note(queries)
    begin(live)
    queries.ask.click()
    assert note(queries) == record.HINTS["noise"]["two"][1]
    queries.end.click()
    assert "hand_over must wait: 13 of 13" in note(queries)


# The checks of the games


def test_the_check_of_a_game():
    def stands(queries=13, random=150, largest=190, task="cliff"):
        return capstone.Standing(task, queries, random, 100, largest)

    assert grade("15.cliff", stands()).correct and grade("15.cliff", stands(random=100)).correct
    assert grade("15.cliff", ...).correct is None
    for standing, says in [
        (stands(queries=12), "queries are left"),
        (stands(random=99.5), "a better one was among them"),
        (stands(random=60, largest=60), "behind half"),
        (stands(random=20, largest=20), "far behind"),
        (stands(task="six"), "the game of the task 'six'"),
        (3, "something of type int"),
        ("0.9", "something of type str"),
    ]:
        verdict = grade("15.cliff", standing)
        assert verdict.correct is False and says in verdict.text
