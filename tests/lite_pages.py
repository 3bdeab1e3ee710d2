"""What `make lite` built, and its start page in Chromium; part of `make test-site`.

Pyodide and NumPy come from another host, so no cell runs here. What Pyodide of that version has is
written down in support/pyodide.json; `make test-wasm` runs the lessons in WebAssembly.
"""

import functools
import hashlib
import http.server
import json
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from datetime import UTC, datetime
from email.parser import Parser
from urllib.parse import urljoin, urlsplit

import pages
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import expect

from bo_tutorial.course.copies import MANIFEST, copy_lessons, find_lessons

sys.path.insert(0, str(pages.ROOT / "site"))
import lite  # noqa: E402

ROOT, LITE = pages.ROOT, lite.LITE
PYODIDE = json.loads((ROOT / "tests/support/pyodide.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KERNEL = "extensions/@jupyterlite/pyodide-kernel-extension/static"
FRONT_END = {"jupyterlab-widgets"}  # what a wheel asks for that is the page's: its own extension
PATIENCE = 120_000

browser = pages.browser


def read_json(name):
    return json.loads((LITE / name).read_text(encoding="utf-8"))


def contents(folder):
    """Return {relative path: bytes} of the files in a folder."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module", autouse=True)
def built():
    assert (LITE / "index.html").is_file(), "there is no JupyterLite: run `make lite` first"


@pytest.fixture(scope="module")
def settings():
    return read_json("jupyter-lite.json")["jupyter-config-data"]


@pytest.fixture(scope="module")
def loaded(settings):
    """What the kernel loads at its start: names and addresses."""
    return settings["litePluginSettings"][lite.KERNEL]["loadPyodideOptions"]["packages"]


@pytest.fixture(scope="module")
def wheels():
    """Return {canonical name: (version, the requirements that hold in Pyodide)}."""
    found = {}
    for path in (LITE / "pypi").glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            (name,) = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")]
            metadata = Parser().parsestr(wheel.read(name).decode())
        assert path.name.endswith("-none-any.whl")
        there = {"python_version": "3.14", "sys_platform": "emscripten", "extra": ""}
        required = [Requirement(each) for each in metadata.get_all("Requires-Dist") or []]
        found[canonicalize_name(metadata["Name"])] = (
            metadata["Version"],
            [each for each in required if not each.marker or each.marker.evaluate(there)],
        )
    return found


# The files


def test_the_files_are_what_lab_copies_and_each_is_listed(tmp_path):
    copy_lessons(find_lessons(ROOT), tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert contents(LITE / "files") == contents(tmp_path)
    listed = set()
    for path in (LITE / "api" / "contents").rglob("all.json"):
        for entry in json.loads(path.read_text(encoding="utf-8"))["content"]:
            listed |= {entry["path"]} if entry["type"] != "directory" else set()
    assert listed == set(contents(LITE / "files"))


def test_a_lesson_has_the_code_of_the_original_and_so_do_its_solutions():
    def code(path):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    originals = sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb"))
    assert len(originals) > len(pages.LESSONS) > 0
    for path in originals:
        assert code(path) == code(LITE / "files" / path.relative_to(ROOT / "notebooks")), path


def test_the_wheel_is_the_package_of_this_tree():
    (wheel,) = (LITE / "pypi").glob("bo_tutorial-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    package = {name: held[name] for name in held if name.startswith("bo_tutorial/")}
    tree = contents(ROOT / "bo_tutorial")
    expected = {f"bo_tutorial/{name}": tree[name] for name in tree if not name.endswith(".pyc")}
    assert package == expected
    assert wheel.stat().st_size < 1_500_000  # each start of a kernel loads it


def test_the_index_of_wheels_has_their_names_and_hashes(settings, wheels):
    index = read_json("pypi/all.json")
    assert {canonicalize_name(name) for name in index} == set(wheels)
    for name, entry in index.items():
        ((version, (release,)),) = entry["releases"].items()
        assert version == wheels[canonicalize_name(name)][0]
        content = (LITE / "pypi" / release["url"]).read_bytes()
        assert release["digests"]["sha256"] == hashlib.sha256(content).hexdigest()
    first = settings["litePluginSettings"][lite.KERNEL]["pipliteUrls"][0]
    content = (LITE / "pypi" / "all.json").read_bytes()
    assert first == f"./pypi/all.json?sha256={hashlib.sha256(content).hexdigest()}"


def test_the_settings_are_those_of_lab(settings):
    path = ROOT / "bo_tutorial" / "course" / "lab_settings" / "overrides.json"
    assert settings["settingsOverrides"] == json.loads(path.read_text(encoding="utf-8"))
    named = {each["name"] for each in settings["federated_extensions"]}
    assert named == set(lite.EXTENSIONS)


def test_a_second_build_gives_the_same_files_and_no_warning(tmp_path, monkeypatch, capfd):
    time = datetime.fromisoformat(read_json("api/contents/all.json")["last_modified"])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(time.timestamp())))  # of the commit then
    monkeypatch.setattr(lite, "SOURCE", tmp_path / "source")
    monkeypatch.setattr(lite, "LITE", tmp_path / "lite")
    assert lite.main() == 0
    out, err = capfd.readouterr()
    assert err == "" and len(out.splitlines()) == 1
    assert contents(tmp_path / "lite") == contents(LITE)


def test_without_git_or_a_clone_the_time_is_the_oldest_that_a_wheel_can_have(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(lite, "ROOT", tmp_path)
    assert lite.time_of_commit() == lite.OLDEST
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lite.time_of_commit() == lite.OLDEST
    assert datetime.fromtimestamp(lite.OLDEST, UTC).year == 1980


def test_a_wheel_that_cannot_be_had_is_one_sentence(tmp_path, monkeypatch):
    def fail(command, **_):
        return subprocess.CompletedProcess(command, 1)

    def fail_to_download(command, **_):
        return subprocess.CompletedProcess(command, int("download" in command))

    monkeypatch.setattr(lite, "SOURCE", tmp_path)
    monkeypatch.setattr(lite.subprocess, "run", fail)
    with pytest.raises(SystemExit, match="Could not build the wheel of the package"):
        lite.lay_wheels(tmp_path / "pypi", {})
    monkeypatch.setattr(lite.subprocess, "run", fail_to_download)
    with pytest.raises(SystemExit, match="Could not get the wheels of comm, filelock, ipywidgets"):
        lite.lay_wheels(tmp_path / "pypi", {})


def test_a_lesson_that_is_not_as_published_stops_the_build(monkeypatch, capsys):
    monkeypatch.setattr(lite, "lay_lessons", lambda folder: ["Did not copy 04"])
    monkeypatch.setattr(lite.shutil, "rmtree", lambda *_, **__: None)  # what was built stays
    assert lite.main() == 1
    assert capsys.readouterr().err == "Did not copy 04\n"


@pytest.mark.parametrize(
    "code, well",
    [
        ("print('copied errors.md, warnings.md')", True),
        ("import warnings; warnings.warn('old')", False),
        ("print('[LiteBuildApp] WARNING | old')", False),
        ("raise SystemExit(1)", False),
    ],
)
def test_a_tool_that_warns_or_fails_stops_the_build_and_a_file_s_name_does_not(code, well, capsys):
    assert lite.run("-c", code) == well
    assert (capsys.readouterr().err == "") == well


# What Pyodide finds


def test_pyodide_is_the_version_that_is_written_down():
    """If not: `npm pack pyodide@VERSION` has its pyodide-lock.json, for support/pyodide.json."""
    assert PYODIDE["pyodide"] == PYODIDE_VERSION


def test_the_kernel_loads_the_wheels_that_stand_beside_the_page(loaded):
    """By addresses that Pyodide reads from its worker."""
    workers = list((LITE / KERNEL).glob("*.worker.*.js"))
    assert len(workers) == 2
    addresses = [each for each in loaded if each.endswith(".whl")]
    for worker in workers:
        start = f"http://site/lite/{worker.relative_to(LITE).as_posix()}"
        targets = {urlsplit(urljoin(start, each)).path for each in addresses}
        assert targets == {f"/lite/pypi/{path.name}" for path in (LITE / "pypi").glob("*.whl")}


def test_the_kernel_loads_all_that_the_lessons_need_and_pyodide_has_it(loaded, wheels):
    """The packages that Pyodide has, with all that these need, in the versions that we ask for."""
    names = {each for each in loaded if not each.endswith(".whl")}
    needed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["course"]]
    for requirement in map(Requirement, needed):
        if requirement.name == "jupyterlab":
            continue
        in_pyodide = PYODIDE["packages"].get(requirement.name)
        assert (requirement.name in names) == (in_pyodide is not None), requirement
        version = in_pyodide[0] if in_pyodide else wheels[requirement.name][0]
        assert version in requirement.specifier, requirement
    waiting = [*names, "micropip", "ipython", "jedi"]  # the kernel's own start loads these
    while waiting:
        waiting += PYODIDE["packages"][waiting.pop()][1:]


def test_what_the_wheels_require_is_in_pyodide_or_beside_the_page(wheels):
    """Pyodide does not look into a wheel that it loads by address."""
    there = {name: version for name, (version, *_) in PYODIDE["packages"].items()}
    there |= {name: version for name, (version, _) in wheels.items()}
    kernel = json.loads((LITE / KERNEL / "pypi/all.json").read_text(encoding="utf-8"))
    for name, (_, required) in wheels.items():
        for requirement in required:
            wanted = canonicalize_name(requirement.name)
            if wanted in FRONT_END:
                continue
            versions = [there[wanted]] if wanted in there else kernel[wanted]["releases"]
            assert any(each in requirement.specifier for each in versions), (name, requirement)


# The page in Chromium


@pytest.fixture(scope="module")
def address():
    """Serve it below /lite/, where it is published."""

    class Below(pages.Quiet):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/lite"))

    handler = functools.partial(Below, directory=LITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/lite/"
        server.shutdown()


def open_page(browser, address):
    """Open an address; return the page, and the hosts that it asks, a set that grows."""
    page = browser.new_page(viewport=pages.DESK)
    page.set_default_timeout(PATIENCE)
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.goto(address)
    return page, hosts


def test_the_start_page_lists_the_lessons_and_asks_no_other_host(browser, address):
    page, hosts = open_page(browser, address)
    items = page.locator(".jp-DirListing-item")
    expect(items.filter(has_text="00_")).to_have_count(1, timeout=PATIENCE)
    listed = set(items.locator(".jp-DirListing-itemName").all_text_contents())
    assert listed >= {"solutions", "docs", *(f"{lesson}.ipynb" for lesson in pages.LESSONS)}
    expect(page).to_have_title(re.compile(f"{lite.TITLE}$"))
    assert hosts == {"127.0.0.1"}
    page.close()


def test_a_lesson_opens_by_its_address_in_the_kernel_of_the_page(browser, address):
    """Without a question about the kernel; Pyodide is all that it asks another host for."""
    name = f"{pages.LESSONS[4]}.ipynb"
    page, hosts = open_page(browser, f"{address}lab/index.html?path={name}")
    notebook = page.locator(".jp-Notebook")
    title = notebook.locator("h1", has_text="Let a Gaussian process remember")
    expect(title).to_be_visible(timeout=PATIENCE)
    expect(notebook.locator(".jp-CodeCell").first).to_contain_text("import bo_tutorial as bo")
    kernel = page.locator(".jp-KernelName").first
    expect(kernel).to_contain_text("Python (Pyodide)", timeout=PATIENCE)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    source = next((LITE / KERNEL).glob("*.js")).parent
    pyodide = {
        urlsplit(url).hostname
        for path in source.glob("*.js")
        for url in re.findall(r"https://[^\"']+/pyodide\.mjs", path.read_text(encoding="utf-8"))
    }
    assert len(pyodide) == 1
    assert hosts - {None} <= {"127.0.0.1", *pyodide}
    page.close()
