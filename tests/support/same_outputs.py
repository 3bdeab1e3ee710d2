"""Compare what a lesson's cells print in WebAssembly with what is stored: tests/wasm.py."""

import re

PICTURE = re.compile(r"data:image/png;base64,[\w+/=\s]*")  # other fonts, other bytes
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")


def differences(stored, got):
    """List (str) how the outputs of a cell differ from the stored ones, line by line.

    Words must be the same, and whole numbers. Of another number, the last digit that is printed may
    differ by one: another processor rounds otherwise: 0.1249 prints as 0.12 and 0.1251 as 0.13.

    A line that says what WebAssembly lacks is not compared. Where it says that its cell needs that,
    it stands for all that the cell prints elsewhere.

    Args:
        stored, got: lists of outputs, as in a notebook.
    """
    notices, got = split_notices(got)
    if any(notice.startswith("This cell needs ") for notice in notices):
        stored = []
    stored, got = _texts(stored), _texts(got)
    found = []
    if [kind for kind, _ in stored] != [kind for kind, _ in got]:
        return [f"stored {stored!r}, got {got!r}"]
    for (kind, before), (_, after) in zip(stored, got, strict=True):
        lines, others = before.splitlines(), after.splitlines()
        if len(lines) != len(others):
            found.append(f"{kind} has {len(others)} lines instead of {len(lines)}: {after!r}")
        for number, pair in enumerate(zip(lines, others, strict=False), start=1):
            if not agree(*pair):
                found.append(f"{kind}, line {number}: stored {pair[0]!r}, got {pair[1]!r}")
    return found


def split_notices(outputs):
    """Return the lines (str) that say what WebAssembly lacks, and the outputs without them."""
    notices, rest = [], []
    for output in outputs:
        if output["output_type"] == "stream":
            lines = "".join(output["text"]).splitlines(keepends=True)
            notices += [line for line in lines if "WebAssembly" in line]
            text = "".join(line for line in lines if "WebAssembly" not in line)
            if not text:
                continue
            output = output | {"text": text}
        rest.append(output)
    return notices, rest


def agree(before, after):
    """Say whether two printed lines are the same but for the last digits of their numbers."""
    pairs = zip(NUMBER.findall(before), NUMBER.findall(after), strict=False)
    return _words(before) == _words(after) and all(_same_number(*pair) for pair in pairs)


def _texts(outputs):
    """Its texts as (kind, text), neighboring ones of a stream as one; pictures are left out."""
    found = []
    for output in outputs:
        if output["output_type"] == "stream":
            text = "".join(output["text"])
            if found and found[-1][0] == output["name"]:
                text = found.pop()[1] + text
            found.append((output["name"], text))
        data = output.get("data", {})
        found += [(kind, "".join(data[kind])) for kind in sorted(data) if kind.startswith("text/")]
    return [(kind, PICTURE.sub("", text)) for kind, text in found]


def _words(line):
    return " ".join(NUMBER.sub(" # ", line).split())  # how wide a number is may move the others


def _same_number(before, after):
    if before == after:
        return True
    last_digits = [_last_digit(number) for number in (before, after)]
    if None in last_digits:
        return False
    return abs(float(before) - float(after)) <= 1.001 * min(last_digits)


def _last_digit(number):
    """What one in the last printed digit is worth; None for a whole number."""
    digits, _, exponent = number.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals or exponent else None
