"""The author's page has every rule of a lesson once, with the limits that the rules have."""

import re

import lesson_rules
import pytest
from lesson_rules import ROOT, RULES

PAGE = (ROOT / "docs" / "how-a-lesson-is-built.md").read_text(encoding="utf-8")
# The words of each numbered item, by the name that it begins with.
ITEMS = re.findall(r"^(\d+)\. `(\w+)`: (.+?)(?=^\d+\. |^##|^\n)", PAGE + "\n", re.M | re.S)


def test_the_page_has_every_rule_once_and_no_other():
    assert sorted(name for _, name, _ in ITEMS) == sorted(rule.__name__ for rule in RULES)
    assert [int(number) for number, _, _ in ITEMS] == list(range(1, len(RULES) + 1))


NUMERALS = {10: "ten"}


@pytest.mark.parametrize(
    "rule, limits",
    [
        ("number_of_cells", lesson_rules.CELLS),
        ("short_cells", [lesson_rules.LINES]),
        (
            "reading_time",
            [
                lesson_rules.WORDS_A_MINUTE,
                lesson_rules.SECONDS_A_FIGURE,
                lesson_rules.SECONDS_A_CELL,
                lesson_rules.SECONDS_A_PREDICTION,
            ],
        ),
        (
            "lecture_is_a_talk",
            [lesson_rules.SPOKEN_WORDS_A_MINUTE, lesson_rules.SECONDS_A_FIGURE],
        ),
        ("shares_name_their_runs", [lesson_rules.FEW_RUNS]),
        ("figures_have_words", [lesson_rules.ALT_WORDS]),
    ],
)
def test_the_page_states_the_limits_of_the_rules(rule, limits):
    (text,) = [text for _, name, text in ITEMS if name == rule]
    for limit in limits:
        assert re.search(rf"\b({limit}|{NUMERALS.get(limit, limit)})\b", text)


def test_the_page_names_the_closing_sections_and_the_banned_words():
    texts = {name: text for _, name, text in ITEMS}
    for section in ["Exercises", *lesson_rules.CLOSING]:
        assert section in " ".join(texts["sections"].split())
    banned = re.findall(r'"(\w+)"', texts["no_banned_words"])
    assert sorted(banned) == sorted(re.findall(r"\w{3,}", lesson_rules.BANNED.pattern))
