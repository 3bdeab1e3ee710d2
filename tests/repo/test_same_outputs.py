"""What `make test-wasm` takes for the same output, and what it does not."""

import pytest
from same_outputs import agree, differences, split_notices


def printed(*lines):
    return [{"output_type": "stream", "name": "stdout", "text": "\n".join([*lines, ""])}]


def shown(**data):
    return [{"output_type": "display_data", "data": {f"text/{k}": v for k, v in data.items()}}]


@pytest.mark.parametrize(
    "before, after",
    [
        ("largest EI 1.55, at 0.455", "largest EI 1.55, at 0.455"),
        ("0.125 of 40 runs", "0.126 of 40 runs"),
        ("regret 1e-06", "regret 2e-06"),
        ("[-1.00 0.3]", "[-0.99 0.3]"),
        ("4.76e-05", "4.77e-05"),
        ("best  9.99", "best 10.00"),  # another width
        ("9.99e-06", "1.00e-05"),
    ],
)
def test_lines_that_agree(before, after):
    assert agree(before, after) and agree(after, before)


@pytest.mark.parametrize(
    "before, after",
    [
        ("0.125 of 40 runs", "0.127 of 40 runs"),
        ("12 of 40 runs", "13 of 40 runs"),
        ("40 runs", "40.0 runs"),
        ("better: True", "better: False"),
        ("regret 1e-06", "regret 1e-05"),
        ("x1 = 0.5", "x2 = 0.5"),
        ("-0.001", "0.001"),
        ("0.5", "nan"),
        ("0.5 0.6", "0.5"),
    ],
)
def test_lines_that_do_not(before, after):
    assert not agree(before, after) and not agree(after, before)


@pytest.mark.parametrize(
    "got, told",
    [
        (printed("one", "more"), "stdout, line 2: stored 'two', got 'more'"),
        (printed("one"), "stdout has 1 lines instead of 2"),
        (printed("one", "two", "three"), "stdout has 3 lines instead of 2"),
        ([], "got []"),
        (shown(plain="one\ntwo\n"), "stored [('stdout', 'one"),
        ([*printed("one", "two"), *shown(plain="a figure")], "'a figure'"),
        (printed("This cell needs a rest"), "stdout has 1 lines"),
    ],
)
def test_a_difference_names_its_line(got, told):
    assert told in "\n".join(differences(printed("one", "two"), got))


def test_words_beside_a_picture_are_compared_and_the_picture_is_not():
    before, after, other = (
        shown(html=f'<img src="data:image/png;base64,{code}"><p>peak at {peak}</p>')
        for code, peak in (("aB+/=", "0.455"), ("XyZ0", "0.455"), ("aB+/=", "0.545"))
    )
    assert differences(before, after) == []
    assert differences(before, other) != []


def test_a_stream_may_be_written_in_pieces():
    assert differences(printed("one", "two"), [*printed("one"), *printed("two")]) == []


def test_what_webassembly_lacks_is_said_beside_the_outputs_or_in_place_of_them():
    missing = "This cell needs Dask, and WebAssembly has none"
    stored, aside = printed("one", "two"), printed("one", "WebAssembly has no locks", "two")
    assert split_notices(aside) == (["WebAssembly has no locks\n"], stored)
    assert differences(stored, aside) == []
    assert differences(stored, printed(missing)) == []
    assert differences(stored, printed(missing, "two")) != []
    assert differences(stored, printed("WebAssembly has no locks")) != []
