"""Many workers: the simulated clock, the shipped runs, kills, and what lesson 14 says of them."""

import csv
import itertools
import logging

import numpy as np
import pytest
from scripts import load_script

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.course.checking import grade
from bo_tutorial.course.lesson_14 import numerics as p


@pytest.fixture(scope="module")
def tool():
    return load_script("parallel_data")


# The clock


def test_whoever_is_free_first_gets_the_next_evaluation_by_hand():
    jobs = p.schedule([3.0, 1.0, 1.0, 2.0, 4.0, 1.0], 2)
    assert [(job.worker, job.start, job.end) for job in jobs] == [
        (0, 0, 3),
        (1, 0, 1),
        (1, 1, 2),
        (1, 2, 4),
        (0, 3, 7),
        (1, 4, 5),
    ]


def test_batches_wait_for_their_slowest_member_by_hand():
    jobs = p.schedule([3.0, 1.0, 1.0, 2.0, 4.0, 1.0], 2, waits=True)
    assert [(job.start, job.end) for job in jobs] == [
        (0, 3),
        (0, 1),
        (3, 4),
        (3, 5),
        (5, 9),
        (5, 6),
    ]
    assert p.idle_share(jobs, 2) == pytest.approx(1 - 12 / 18)


@pytest.mark.parametrize("n_workers, waits", list(itertools.product((1, 2, 3, 8), (False, True))))
def test_a_worker_does_one_thing_at_a_time_and_nothing_is_left_out(n_workers, waits):
    hours = p.hours_each(29, 5)
    jobs = p.schedule(hours, n_workers, waits)
    assert [job.end - job.start for job in jobs] == pytest.approx(hours.tolist())
    assert {job.worker for job in jobs} == set(range(n_workers))
    for worker in range(n_workers):
        mine = [job for job in jobs if job.worker == worker]
        assert all(a.end <= b.start + 1e-12 for a, b in itertools.pairwise(mine))
    assert [job.start for job in jobs] == sorted(job.start for job in jobs)
    if n_workers == 1:
        assert jobs[-1].end == pytest.approx(hours.sum()) and p.idle_share(jobs, 1) < 1e-12


def test_durations_have_the_median_and_the_spread_that_they_say():
    drawn = p.hours_each(40_000, 3, spread=0.5)
    assert np.median(drawn) == pytest.approx(1, abs=0.02)
    assert np.std(np.log(drawn)) == pytest.approx(0.5, abs=0.01)
    assert p.hours_each(5, 3, spread=0).tolist() == [1] * 5
    assert np.array_equal(p.hours_each(5, 3), p.hours_each(9, 3)[:5])
    assert not np.array_equal(p.hours_each(5, 3), p.hours_each(5, 4))


class Recorder:
    """A strategy that writes down the order of questions and answers."""

    def __init__(self):
        self.said, self.n = [], 0

    def ask(self):
        self.n += 1
        self.said.append(f"ask {self.n - 1}")
        return {"x": self.n - 1}

    def tell(self, config, value):
        assert value == 10 * config["x"]
        self.said.append(f"tell {config['x']}")


@pytest.mark.parametrize(
    "waits, said",
    [
        (False, "ask 0, ask 1, tell 1, ask 2, tell 0, tell 2, ask 3, tell 3"),
        (True, "ask 0, ask 1, tell 1, tell 0, ask 2, ask 3, tell 3, tell 2"),
    ],
)
def test_answers_are_told_when_the_clock_says_so(waits, said):
    recorder = Recorder()
    hours = [3.0, 1.0, 2.0, 0.5]
    _, values = p.simulate(recorder, lambda config: 10 * config["x"], hours, 2, waits)
    assert values.tolist() == [0, 10, 20, 30]
    assert ", ".join(recorder.said) == said


def test_one_worker_on_the_clock_is_the_loop():
    strategy = bo.BayesianOptimization(problems.branin.space, seed=3)
    _, values = p.simulate(strategy, problems.branin, p.hours_each(9, 0), 1)
    other = bo.BayesianOptimization(problems.branin.space, seed=3)
    loop = bo.maximize(problems.branin, problems.branin.space, 9, strategy=other, progress=False)
    assert values.tolist() == loop.values.tolist()


# The shipped files


@pytest.mark.parametrize(
    "setting, seed",
    [
        (("Branin 2", "BO", 1, False), 0),
        (("Branin 2", "BO", 8, True), 7),
        (("Hartmann 6", "BO", 4, False), 39),
        (("Hartmann 6", "random", 8, False), 21),
    ],
)
def test_runs_come_out_alike_again(setting, seed):
    """The initial design exactly; the end within what other seeds gave, on any processor."""
    shipped, values = p.parallel_runs()[setting], p.play(setting, seed)
    assert shipped.values[seed, :5] == pytest.approx(values[:5], rel=1e-5)
    ends = shipped.values.max(axis=1)
    assert ends.min() - 0.01 <= values.max() <= ends.max() + 0.01
    if setting[1] == "random":
        assert shipped.values[seed] == pytest.approx(values, rel=1e-5)


def test_one_worker_waits_for_nobody():
    runs = p.parallel_runs()
    for name in p.PROBLEMS:
        one, other = (runs[name, "BO", 1, waits] for waits in (False, True))
        assert np.array_equal(one.values, other.values)
        assert one.ends == pytest.approx(other.ends)


def test_regret_by_hand():
    runs = p.Runs(np.array([[1.0, 3.0, 2.0]]), np.array([[2.0, 5.0, 1.0]]), optimum=4.0)
    assert [runs.regret(n).item() for n in (1, 2, 3)] == [3, 1, 1]
    at = runs.regret_at([0.5, 1, 3, 5])
    assert np.isnan(at[0, 0]) and at[0, 1:].tolist() == [2, 2, 1]
    assert runs.wall_clock.tolist() == [5]


def test_a_file_that_lacks_a_run_says_what_to_do(tmp_path, monkeypatch):
    lines = p.RUNS_FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "short.csv"
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    monkeypatch.setattr(p, "RUNS_FILE", path)
    with pytest.raises(ValueError, match=r"must hold seeds 0 to 39 .*parallel_data\.py"):
        p.parallel_runs()


def test_costs_and_studies_are_whole(tool):
    assert list(p.question_costs()) == list(itertools.product(p.N_TOLD, p.N_PENDING))
    studies = p.studies()
    assert {n: len(each) for n, each in studies.items()} == {1: 10, 4: 10}
    for n, each in studies.items():
        for study in each:
            assert study.points.shape == (tool.N_TRIALS, 2) and set(study.process) == set(range(n))
            for point, value in zip(study.points[:3], study.values[:3], strict=True):
                config = dict(zip(("x1", "x2"), point.tolist(), strict=True))
                assert problems.branin(config) == pytest.approx(value, rel=1e-3, abs=1e-3)


def test_a_question_is_timed_with_as_many_told_and_pending_as_it_says(tool, monkeypatch):
    seen = []
    ask = bo.BayesianOptimization.ask

    def spy(strategy):
        seen.append((len(strategy.told), len(strategy.pending)))
        return ask(strategy)

    monkeypatch.setattr(bo.BayesianOptimization, "ask", spy)
    assert 0 < tool.seconds(20, 3) < 10
    assert seen == [(20, n) for n in range(3, 9)]


def test_the_tool_says_that_nothing_is_missing(tool, tmp_path, monkeypatch, capsys):
    copy = tmp_path / p.RUNS_FILE.name
    copy.write_bytes(p.RUNS_FILE.read_bytes())
    monkeypatch.setattr(p, "RUNS_FILE", copy)
    monkeypatch.setattr(p, "play", lambda *_: pytest.fail("a run is played again"))
    tool.runs()
    assert capsys.readouterr().out.startswith("parallel.csv has all of its 720 lines")
    assert copy.read_bytes() == p.RUNS_FILE.read_bytes()


def test_the_tool_makes_the_line_that_is_missing(tool, tmp_path, monkeypatch, capsys):
    copy = tmp_path / p.RUNS_FILE.name
    lines = p.RUNS_FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    copy.write_text("".join(lines[:-1]) + lines[-1][:30], encoding="utf-8")
    monkeypatch.setattr(p, "RUNS_FILE", copy)
    tool.runs()  # the last one is a run of random search
    assert copy.read_bytes() == p.RUNS_FILE.read_bytes()


# What is believed while a question is under way


def test_the_moment_is_that_of_the_package():
    asked = [config["x1"] for config in p.told_strategy().ask(6)]
    assert p.moment(6).pending.tolist() == pytest.approx(asked)
    for n in range(6):
        assert p.moment(n).next_x == pytest.approx(asked[n])


def test_a_belief_moves_the_uncertainty_and_not_the_mean():
    before, after = p.moment(0), p.moment(3)
    assert after.mu == pytest.approx(before.mu, abs=1e-3)
    at = np.searchsorted(p.GRID, after.pending)
    assert after.sigma[at].max() < 0.05 < 1 < before.sigma[at].min()
    assert after.ei[at].max() < 1e-3


def test_what_is_ignored_is_asked_again():
    moment = p.moment(4, believes=False)
    assert len(set(moment.pending)) == 1 and moment.next_x == moment.pending[0]
    assert np.array_equal(moment.ei, p.moment(0).ei)


# Kills


def test_a_process_that_is_killed_is_told_from_one_that_fails(tmp_path):
    assert p.in_a_process(p.die)
    assert not p.in_a_process(p.schedule, [1.0], 1)


def test_a_mortal_objective_dies_once(tmp_path, monkeypatch):
    monkeypatch.setattr(p, "die", lambda: (_ for _ in ()).throw(SystemExit))
    mortal = p.Mortal(lambda config: config["x"], at=2, note=str(tmp_path / "note"))
    assert mortal({"x": 1.5}) == 1.5
    with pytest.raises(SystemExit):
        mortal({"x": 2.5})
    assert (tmp_path / "note").exists()
    p._calls.clear()  # as in the next process
    assert [mortal({"x": each}) for each in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.slow
def test_a_killed_search_goes_on_where_it_was(tmp_path, capsys):
    journal = tmp_path / "killed.jsonl"
    assert p.in_a_process(p.search, journal, 9, tmp_path / "note", 5)
    assert len(bo.read_journal(journal)) == 4
    with p.announcing(tmp_path):
        result = p.search(journal, 9)
    assert result.configs == p.search(None, 9).configs
    assert "4 of 9 evaluations were taken from the journal killed.jsonl" in capsys.readouterr().out
    assert logging.getLogger("bo_tutorial").handlers == []


# Dask


def test_without_dask_a_sentence_says_what_to_install(monkeypatch, capsys):
    find = p.importlib.util.find_spec
    monkeypatch.setattr(
        p.importlib.util, "find_spec", lambda name: None if name == "distributed" else find(name)
    )
    assert not p.has_dask()
    assert "pip install 'bo_tutorial[parallel]'" in capsys.readouterr().out
    monkeypatch.undo()
    assert p.has_dask() and capsys.readouterr().out == ""


# Checks


@pytest.mark.parametrize(
    "answer", [1500, 1500.0, np.array([1500]), 20 * 60 / 0.8, np.float32(1500), [1500]]
)
def test_right_answers_to_the_first_exercise(answer):
    assert grade("14.fed", answer).correct


@pytest.mark.parametrize(
    "answer, says",
    [
        (25, "minutes divided by seconds"),
        (960, "multiplied"),
        (75, "questions in a minute"),
        (4500, "questions in an hour"),
        (3, "trainings in an hour"),
        (0.8 / 1200, "upside down"),
        (-1500, "sign"),
    ],
)
def test_wrong_answers_to_the_first_exercise(answer, says):
    verdict = grade("14.fed", answer)
    assert verdict.correct is False and says in verdict.text


def _with_a_heap(hours, n_workers):
    import heapq

    free = [0.0] * n_workers
    for each in hours:
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free)


def _with_an_array(hours, n_workers):
    free = np.zeros(n_workers)
    for each in hours:
        free[free.argmin()] += each
    return free.max()


@pytest.mark.parametrize(
    "answer", [_with_a_heap, _with_an_array, lambda hours, n: np.array([_with_a_heap(hours, n)])]
)
def test_right_answers_in_code(answer):
    assert grade("14.ends", answer).correct


@pytest.mark.parametrize(
    "answer, says",
    [
        (lambda h, n: sum(max(h[i : i + n]) for i in range(0, len(h), n)), "wait for each other"),
        (lambda h, n: sum(h) / n, "nobody is ever idle"),
        (lambda h, n: sum(h), "one worker"),
        (lambda h, n: max(h), "as many workers"),
        (lambda h, n: max(sum(h[i::n]) for i in range(n)), "take turns"),
        (lambda h, n: _with_a_heap(sorted(h, reverse=True), n), "longest ones first"),
        (lambda h, n: _with_a_heap(h, 2), ""),  # the number of workers is ignored
        (lambda h, n: 7.0, ""),  # right for the first input only
    ],
)
def test_wrong_answers_in_code(answer, says):
    verdict = grade("14.ends", answer)
    assert verdict.correct is False and says in verdict.text


def test_the_exercise_has_the_answer_that_is_worked_out_by_hand():
    assert _with_a_heap([3, 1, 1, 2, 4, 1], 2) == 7


def test_tables_are_small_and_have_no_blank_lines():
    for path in (p.RUNS_FILE, p.COSTS_FILE, p.STUDY_FILE):
        assert path.stat().st_size < 400_000
        with open(path, encoding="utf-8", newline="") as file:
            assert all(all(row) for row in csv.reader(file))
