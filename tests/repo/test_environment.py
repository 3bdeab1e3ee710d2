"""Both ways in ask for the same packages, pins are inside the bounds, CI runs the README."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec
from scripts import load_script

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
commands = load_script("__main__")


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def bounds(requirements):
    """Return {canonical name: bounds} of requirement strings."""
    return {
        canonicalize_name(requirement.name): requirement.specifier
        for requirement in map(Requirement, requirements)
    }


DIRECT = bounds([*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)])


@pytest.fixture
def conda():
    """Return {name: bounds} of environment.yml, each line parsed as conda does."""
    specs = {}
    for line in read_yaml("environment.yml")["dependencies"]:
        if isinstance(line, str):
            name, _, version = str(MatchSpec(line)).partition(" ")
            assert name not in specs
            specs[name] = SpecifierSet(version)
    return specs


def test_environment_has_the_packages_of_the_course_within_the_same_bounds(conda):
    course = bounds([*PROJECT["dependencies"], *EXTRAS["course"]])
    course["nbval"] = DIRECT["nbval"]
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda.pop("pip") == SpecifierSet()
    assert conda == course


def test_environment_installs_the_package_itself_and_nothing_else_with_pip():
    environment = read_yaml("environment.yml")
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge"]
    assert [line for line in environment["dependencies"] if not isinstance(line, str)] == [
        {"pip": ["-e ."]}
    ]


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_a_direct_dependency_has_a_lower_bound(name):
    assert any(bound.operator == ">=" for bound in DIRECT[name])


def test_each_pin_is_a_name_a_version_and_perhaps_a_marker():
    assert PINS == sorted(PINS, key=lambda line: re.split("[= ]", line)[0])
    for line in PINS:
        requirement = Requirement(line)
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][a-z0-9.]*( ; .+)?", line), line
        assert requirement.url is None and "/" not in line and "@" not in line, line
        assert not requirement.extras, line


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_each_pin_of_a_direct_dependency_is_inside_its_bounds(name):
    pins = [pin for pin in map(Requirement, PINS) if pin.name == name]
    applicable = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    assert len(applicable) == 1
    for pin in pins:
        (version,) = [bound.version for bound in pin.specifier]
        assert version in DIRECT[name]


def test_ci_runs_the_test_commands_of_the_readme():
    commands = [
        line
        for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    browser = "bash .ci/chromium"  # what the README asks for in words
    assert commands == [
        "make test",
        "make test-tools",
        "make test-wasm",
        browser,
        "make test-browser",
    ]
    commands.remove(browser)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [command for command in commands if command not in readme] == []


def test_workflow_runs_ci_and_the_oldest_python_on_three_systems():
    jobs = read_yaml(".github/workflows/test.yml")["jobs"]
    assert "bash .ci/run" in [step.get("run") for step in jobs["course"]["steps"]]
    matrix = jobs["package"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert oldest in matrix["python"] and len(matrix["python"]) == 2
    versions = jobs["versions"]["strategy"]["matrix"]["include"]
    assert {"python": oldest, "resolution": "lowest-direct"} in versions


def test_the_site_is_published_as_it_was_read_with_jupyterlite_below_it(monkeypatch):
    steps = read_yaml(".github/workflows/site.yml")["jobs"]["build"]["steps"]
    names = [step.get("run") or step.get("uses").partition("@")[0] for step in steps]
    assert names[-2:] == ["make test-site", "actions/upload-pages-artifact"]
    assert steps[-1]["with"] == {"path": "build/site/html"}
    called = []  # JupyterLite first: the site takes it in
    monkeypatch.setattr(commands, "lite", lambda: called.append("lite"))
    monkeypatch.setattr(commands, "site", lambda: called.append("site"))
    monkeypatch.setattr(commands, "_run", lambda *words, settings: called.append(words[2:]))
    commands.test_site("-x")
    assert called == ["lite", "site", ("tests/pages.py", "tests/lite_pages.py", "-x")]
    monkeypatch.setattr(commands, "lite", lambda: 1)
    assert commands.test_site() == 1 and len(called) == 3


def test_each_python_that_the_package_names_is_tried_with_the_newest_or_the_pinned_versions():
    prefix = "Programming Language :: Python :: 3."
    named = [line for line in PROJECT["classifiers"] if line.startswith(prefix)]
    jobs = read_yaml(".github/workflows/test.yml")["jobs"]
    tried = set(jobs["package"]["strategy"]["matrix"]["python"])
    tried.update(job["python"] for job in jobs["versions"]["strategy"]["matrix"]["include"])
    assert [line.rpartition(" ")[2] for line in named] == sorted(tried, key=Version)


def test_citation_and_licenses_agree_with_the_package():
    citation = read_yaml("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in PROJECT["authors"]
    ]
    assert citation["license"] in PROJECT["license"]
    titles = [
        (ROOT / name).read_text(encoding="utf-8").partition("\n")[0]
        for name in PROJECT["license-files"]
    ]
    assert titles == ["BSD 3-Clause License", "The text and figures of the bo_tutorial course"]


def test_the_address_is_one_setting(tmp_path, monkeypatch, capsys):
    """pyproject.toml has it; README and the citation repeat it; a command changes all three."""
    address = PROJECT["urls"]["Repository"]
    assert re.fullmatch(r"https://[^/]+/[^/]+/bo_tutorial", address)
    assert PROJECT["urls"]["Issues"] == f"{address}/issues"
    assert read_yaml("CITATION.cff")["repository-code"] == address
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"git clone {address}\n" in readme and f"({address}/issues)" in readme
    host = "/".join(address.split("/")[:4])
    for path in [*ROOT.glob("*.*"), *ROOT.glob("docs/*.md"), *ROOT.glob("bo_tutorial/**/*.py")]:
        if path.is_file() and path.name not in commands.ADDRESSED:
            assert host not in path.read_text(encoding="utf-8"), path

    for name in commands.ADDRESSED:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="address must be like https://"):
        commands.main(["address", "example.org"])
    assert commands.main(["address", "https://example.org/me/course/"]) == 0
    for name in commands.ADDRESSED:
        changed = (tmp_path / name).read_text(encoding="utf-8")
        assert host not in changed and "https://example.org/me/course" in changed
        back = changed.replace("https://example.org/me/course", address)
        assert back == (ROOT / name).read_text(encoding="utf-8")
    assert PROJECT["urls"]["Documentation"] in capsys.readouterr().out  # no host but one is known
    assert commands.main(["address", "https://github.com/me/course"]) == 0
    changed = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert (
        tomllib.loads(changed)["project"]["urls"]["Documentation"] == "https://me.github.io/course"
    )
