"""What runs around a commit and a release: hooks, forms for issues, the release workflow."""

import shlex
from pathlib import Path

import pytest
import yaml
from scripts import load_script

ROOT = Path(__file__).resolve().parents[2]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


HOOKS = [
    hook
    for repository in yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    for hook in repository["hooks"]
]
commands = load_script("__main__")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
RELEASE = yaml.safe_load(read(".github/workflows/release.yml"))


def words(command):
    """The words of a command that say what is checked, without the interpreter."""
    return [word for word in shlex.split(command)[1:] if word != "--force-exclude"]


def test_the_hooks_are_those_of_make_lint_and_have_all_of_ruff():
    """With `--force-exclude`, since pre-commit names files that ruff itself would leave out."""
    linted = [list(each) for each in commands.LINTS]
    hooked = [words(hook["entry"]) for hook in HOOKS]
    assert [each for each in hooked if each not in linted] == []
    assert [each for each in linted if "ruff" in each and each not in hooked] == []
    assert sum("ruff" in each for each in linted) == 2
    assert all("ruff" not in h["entry"] or "--force-exclude" in h["entry"] for h in HOOKS)


def test_the_hooks_are_the_installed_tools_and_name_no_host():
    text = read(".pre-commit-config.yaml")
    assert "repo: local" in text and "://" not in text
    assert {hook["language"] for hook in HOOKS} == {"system"}
    assert {shlex.split(hook["entry"])[0] for hook in HOOKS} == {".venv/bin/python"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_has_what_a_code_host_asks_for(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"] and form["description"]
    ids = [part["id"] for part in form["body"]]
    assert len(ids) == len(set(ids))
    assert {part["type"] for part in form["body"]} <= {"input", "textarea", "dropdown"}
    assert all(part["attributes"]["label"] for part in form["body"])
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_there_are_forms_for_a_bug_and_for_an_unclear_lesson():
    assert [path.stem for path in FORMS] == ["bug", "lesson_unclear"]


def test_a_release_is_made_by_hand_and_published_only_after_the_wheel_was_checked():
    assert list(RELEASE[True]) == ["workflow_dispatch"]  # YAML reads `on` as true
    jobs = RELEASE["jobs"]
    assert jobs["publish"]["needs"] == "build" and jobs["publish"]["if"] == "inputs.publish"
    assert RELEASE[True]["workflow_dispatch"]["inputs"]["publish"]["default"] is False
    steps = "\n".join(step.get("run", "") for step in jobs["build"]["steps"])
    built, checked = steps.index("python -m build"), steps.index("bo-tutorial lab --copy-only")
    assert built < checked


def test_a_release_needs_no_stored_password():
    """Trusted publishing: the one job that publishes may ask for a token of its own."""
    assert RELEASE["permissions"] == {"contents": "read"}
    asks = [name for name, job in RELEASE["jobs"].items() if "id-token" in str(job)]
    assert asks == ["publish"]
    assert "secrets." not in read(".github/workflows/release.yml")
