"""Files that a killed run leaves: nothing that was written is lost, and nothing is half there."""

import os

import pytest

from bo_tutorial import _files

LINES = ["one", "the second, \u00e9", "", "four"]
WHOLE = "one\nthe second, \u00e9\n\nfour\n".encode()
HEADER, STARTS, ENDS = "name,score", ["a,", "b,1,", "c,"], ["0.5", "-2,x", ""]
TABLE = b"name,score\na,0.5\nb,1,-2,x\nc,\n"


def complete(path, header=HEADER, starts=STARTS):
    """Complete the table; return the ends that were asked for."""
    asked = []
    with _files.table_to_complete(path, header, starts) as (ends, add):
        for end in ENDS[len(ends) :]:
            asked.append(end)
            add(end)
    return asked


def test_lines_are_read_as_they_were_added(tmp_path):
    path = tmp_path / "notes"
    assert _files.whole_lines(path) == []
    for line in LINES:
        _files.append_line(path, line)
    assert path.read_bytes() == WHOLE
    assert _files.whole_lines(path) == LINES


@pytest.mark.parametrize("cut", range(len(WHOLE) + 1))
def test_lines_go_on_wherever_the_file_was_cut(tmp_path, cut):
    path = tmp_path / "notes"
    path.write_bytes(WHOLE[:cut])
    n_whole = WHOLE[:cut].count(b"\n")
    assert _files.whole_lines(path) == LINES[:n_whole]
    assert path.read_bytes() == WHOLE[:cut]  # reading changes nothing
    for line in LINES[n_whole:]:
        _files.append_line(path, line)
    assert path.read_bytes() == WHOLE


@pytest.mark.parametrize("cut", range(len(TABLE) + 1))
def test_a_table_goes_on_wherever_the_file_was_cut(tmp_path, cut):
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE[:cut])
    n_done = max(TABLE[:cut].count(b"\n") - 1, 0)
    assert _files.table_ends(path, HEADER, STARTS) == ENDS[:n_done]
    assert complete(path) == ENDS[n_done:]
    assert path.read_bytes() == TABLE


def test_each_line_of_a_table_is_in_the_file_before_the_next_is_made(tmp_path):
    path = tmp_path / "table.csv"
    with _files.table_to_complete(path, HEADER, STARTS) as (_, add):
        for number, end in enumerate(ENDS, start=2):
            add(end)
            assert path.read_bytes() == b"".join(TABLE.splitlines(keepends=True)[:number])


def test_lines_of_a_table_stay_when_making_the_next_one_fails(tmp_path):
    path = tmp_path / "table.csv"
    with pytest.raises(ZeroDivisionError):
        with _files.table_to_complete(path, HEADER, STARTS) as (_, add):
            add(ENDS[0])
            raise ZeroDivisionError
    assert path.read_bytes() == b"name,score\na,0.5\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"my notes", r"line 1 of the table must begin b'name,score\\n', got b'my notes'"),
        (b"name,score,more\n", "line 1 of the table must begin"),
        (b"name,score\nb,1,0.5\n", "line 2 of the table must begin b'a,', got b'b,1,0.5"),
        (b"name,score\na,0.5\nb,2", "line 3 of the table must begin b'b,1,', got b'b,2'"),
        (TABLE + b"d,", "the table must have 3 rows, got more: line 5"),
    ],
)
def test_a_file_that_is_not_this_table_is_refused_and_left_alone(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        complete(path)
    with pytest.raises(ValueError, match=message):
        _files.table_ends(path, HEADER, STARTS)
    assert path.read_bytes() == content


def test_a_file_is_replaced_at_once(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    seen = []

    def replace(source, target):
        seen.append((path.read_bytes(), source.read_bytes(), target))
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    _files.write_atomically(path, b"new")
    assert seen == [(b"old", b"new", path)]
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("file", b"new")]
