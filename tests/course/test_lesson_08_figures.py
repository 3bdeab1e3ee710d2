"""The figures of lesson 08: labels, the numbers in what is drawn, and what moves."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bo_tutorial import worked_example as we
from bo_tutorial.course.lesson_08 import figures as verdicts
from bo_tutorial.course.lesson_08.live import change_an_assumption
from bo_tutorial.plotting import base

BASE = we.Assumptions()


pytestmark = pytest.mark.usefixtures("course_style")


def said(fig):
    return {text.get_gid(): text.get_text() for text in fig.texts}


def test_each_sentence_has_a_map_with_its_own_verdicts():
    fig, axes = plt.subplots(2, 2)
    lengths, names = np.array([0.01, 0.1, 1.0]), ["log", "raw"]
    holds = np.zeros((4, 2, 3), dtype=bool)
    for i in range(4):
        holds[i, i % 2, i % 3] = True
    verdicts.sentence_maps(lengths, names, holds, axes, marked=0.125, n_marked=1)
    for i, (ax, sentence) in enumerate(zip(axes.flat, we.SENTENCES, strict=True)):
        assert ax.get_title() == f"{i + 1}. {sentence}"
        assert [tick.get_text() for tick in ax.get_yticklabels()] == names
        assert (ax.collections[0].get_array().reshape(2, 3) == holds[i]).all()
        assert base.artist(ax, "marked").get_xydata().tolist() == [[0.125, -0.5], [0.125, 0.5]]
    labels = [ax.get_xlabel() for ax in axes.flat]
    assert labels == ["", "", *["length scale (share of the axis)"] * 2]


def test_a_row_that_cannot_be_asked_is_hatched_and_says_so():
    fig, axes = plt.subplots(2, 2)
    holds = np.ones((4, 2, 3))
    holds[3, 1] = np.nan
    verdicts.sentence_maps(np.array([0.01, 0.1, 1.0]), ["a", "b"], holds, axes, 0.125, n_marked=1)
    assert [len(ax.patches) for ax in axes.flat] == [0, 0, 0, 1]
    (patch,), (text,) = axes[1, 1].patches, axes[1, 1].texts
    assert patch.get_hatch() and (patch.get_y(), patch.get_height()) == (0.5, 1)
    assert text.get_text() == "cannot be asked"
    assert axes[1, 1].collections[0].get_array().reshape(2, 3).tolist() == [[1] * 3, [0] * 3]


def test_judged_moves_to_a_domain_that_leaves_out_a_marked_place():
    fig, anew = plt.figure(figsize=(11, 6)), plt.figure(figsize=(11, 6))
    axes = verdicts.judged(BASE, fig)
    snippet = replace(BASE, **we.SNIPPET_DOMAIN)
    verdicts.move_judged(snippet, fig, axes)
    others = verdicts.judged(snippet, anew)
    assert said(fig) == said(anew)
    assert "cannot be asked (outside the domain)" in said(fig)["verdicts"]
    assert "domain 1e-05 to 0.1" in said(fig)["assumed"]
    for ax in (*axes, *others):
        assert ax.get_xlim() == pytest.approx((-5, -1))
        assert {text.get_text() for text in ax.texts if text.get_visible()} == {"0.003"}
    verdicts.move_judged(BASE, fig, axes)
    for ax in axes:
        assert ax.get_xlim() == pytest.approx((-4, 0))
        assert {text.get_text() for text in ax.texts if text.get_visible()} == {"0.003", "0.2"}


def test_judged_draws_the_numbers_of_the_worked_example():
    fig = plt.figure(figsize=(11, 6))
    top, bottom = verdicts.judged(BASE, fig)
    x, mean = base.artist(top, "mean").get_data()
    mu, sigma, ei = we.evaluate(BASE, [0.003, 0.2])
    at = np.log10([0.003, 0.2])
    assert np.interp(at, x, mean) == pytest.approx(mu, abs=1e-9)
    numbers = list(we.measure(BASE).values())
    x, shares = base.artist(bottom, "scores").get_data()
    assert np.interp(at, x, shares) == pytest.approx(numbers[2:], rel=1e-4)
    assert shares.max() == pytest.approx(1.0)
    next_x, next_y = base.artist(bottom, "next").get_data()
    assert 10 ** next_x[0] == pytest.approx(we.next_learning_rate(BASE)) and next_y[0] == 1.0
    assert top.get_ylabel() == "validation accuracy"
    assert bottom.get_ylabel() == "EI (share of its peak)"
    assert bottom.get_xlabel() == "learning rate (log axis)"
    legend = {text.get_text() for text in bottom.get_legend().get_texts()}
    assert legend == {"EI", "next point", "high, as we say"}
    text = said(fig)
    assert text["verdicts"].count("holds") == 3 and text["verdicts"].count("FAILS") == 1
    assert "0.58 of the peak" in text["verdicts"] and "0.08 decades" in text["verdicts"]
    assert text["next"] == "next learning rate: 0.0048"
    assert "length scale 0.5 decades" in text["assumed"]


def test_judged_follows_the_thresholds():
    fig = plt.figure(figsize=(11, 6))
    _, bottom = verdicts.judged(BASE, fig, mean_within=0.01, at_least=0.7)
    assert said(fig)["verdicts"].count("FAILS") == 4
    assert 0.7 in [line.get_ydata()[0] for line in bottom.lines]


def test_moving_draws_what_drawing_anew_draws():
    raw = replace(BASE, axis="raw", length_scale=0.05, xi=0.0)
    moved, anew = plt.figure(figsize=(11, 6)), plt.figure(figsize=(11, 6))
    axes = verdicts.judged(BASE, moved)
    verdicts.move_judged(raw, moved, axes)
    others = verdicts.judged(raw, anew)
    assert said(moved) == said(anew) and "of learning rate" in said(moved)["assumed"]
    for name, ax, other in (("mean", axes[0], others[0]), ("scores", axes[1], others[1])):
        one, two = base.artist(ax, name).get_xydata(), base.artist(other, name).get_xydata()
        assert one.tolist() == two.tolist()
    assert base.artist(axes[1], "next").get_xdata()[0] == pytest.approx(np.log10(0.04), abs=0.1)


def test_where_ei_is_zero_everywhere_the_figure_says_so():
    fig = plt.figure(figsize=(11, 6))
    verdicts.judged(replace(BASE, signal_sd=1e-5), fig)
    assert said(fig)["next"] == "EI is 0 everywhere"


def test_the_live_figure_says_what_the_verdicts_are():
    live = change_an_assumption()
    assert "Fails: EI scores 0.2 highly." in live.picture
    assert "next learning rate is 0.0048" in live.picture
    live.controls["choice"].value = "raw, SE"
    live.controls["share"].value = 0.05
    assert "Holds: nothing." in live.picture
    live.controls["choice"].value = "log10, SE"
    live.controls["share"].value = 0.01
    assert "Fails: nothing." in live.picture
    live.controls["choice"].value = "log10, SE, the snippet's domain"
    live.controls["share"].value = 0.125
    assert "Cannot be asked: EI scores 0.2 highly. The next" in live.picture
    assert "learning rates from 1e-05 to 0.1" in live.picture


def test_judged_makes_room_for_the_verdicts_in_any_style():
    with plt.style.context("default"):
        fig = plt.figure(figsize=(11, 6))
        axes = verdicts.judged(BASE, fig)
        fig.draw_without_rendering()
    assert all(ax.get_position().x1 < 0.67 for ax in axes)
