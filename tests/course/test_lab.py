"""`bo-tutorial lab`: the lessons are brought up to date and opened in the learner's folder."""

import importlib.metadata
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from made_up_course import NAME, notebook

from bo_tutorial.__main__ import main
from bo_tutorial.course import lab


def test_jupyterlab_is_told_what_to_open(folder, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    arguments = lab.lab_arguments(folder, NAME)
    assert f"--ServerApp.root_dir={folder.resolve()}" in arguments
    assert f"--LabApp.default_url=/lab/tree/{NAME}" in arguments
    at_home = lab.lab_arguments(lab.FOLDER, NAME)  # from here no click leads to an original
    assert f"--ServerApp.root_dir={lab.FOLDER}" in at_home
    # Named alone, ours would take JupyterLab's own place.
    for extension in ("jupyterlab", "bo_tutorial.course.saving"):
        assert f"--ServerApp.jpserver_extensions={extension}=True" in arguments
    assert not {"--no-browser", "--allow-root"} & set(arguments)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    arguments = lab.lab_arguments(folder, NAME, browser=False, port=9999)
    assert {"--no-browser", "--port=9999", "--allow-root"} <= set(arguments)


@pytest.fixture
def installed(course, monkeypatch):
    """Let the command take its lessons from the fixture's course."""
    find_lessons = lab.find_lessons
    monkeypatch.setattr(lab, "find_lessons", lambda: find_lessons(course.parent))


def test_no_command_prints_the_help(capsys):
    assert main([]) == 0
    assert "lab" in capsys.readouterr().out


def test_copy_only(installed, folder, capsys):
    assert main(["lab", "--copy-only", "--folder", str(folder)]) == 0
    assert {NAME, "08_reproduce.ipynb", "README.md"} <= {path.name for path in folder.iterdir()}
    assert f"Copied {NAME}" in capsys.readouterr().out


def test_reset_on_the_command_line(installed, folder, capsys):
    main(["lab", "--copy-only", "--folder", str(folder)])
    (folder / NAME).write_bytes(notebook("mine"))
    assert main(["lab", "--copy-only", "--folder", str(folder), "--reset", "07"]) == 0
    assert "07_close_the_loop.mine-1.ipynb" in capsys.readouterr().out


def test_errors_are_one_line_and_a_status(installed, folder, capsys, tmp_path):
    assert main(["lab", "--copy-only", "--folder", str(folder), "--reset", "42"]) == 1
    assert capsys.readouterr().err.startswith("bo_tutorial lab: lesson must be the number of one")
    assert not folder.exists()
    (tmp_path / "a file").touch()
    assert main(["lab", "--copy-only", "--folder", str(tmp_path / "a file")]) == 1
    assert "a file" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_a_sentence(installed, folder, capsys, monkeypatch):
    main(["lab", "--copy-only", "--folder", str(folder)])
    (folder / NAME).write_bytes(notebook("mine"))
    (folder / "08_reproduce.ipynb").unlink()
    capsys.readouterr()

    def refuse(path, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["lab", "--copy-only", "--folder", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "Permission denied" in said and "--folder PATH" in said and "Traceback" not in said
    assert (folder / NAME).read_bytes() == notebook("mine")


def test_versions_are_printed_for_a_report(capsys):
    assert main(["version"]) == 0
    said = capsys.readouterr().out
    numpy = importlib.metadata.version("numpy")
    assert f"numpy {numpy}\n" in said and "bo_tutorial " in said and sys.version.split()[0] in said


def test_the_worked_example_is_a_command_with_its_own_options(capsys, tmp_path):
    figure = tmp_path / "figure.png"
    assert main(["worked-example", "--length-scale", "0.25", "--figure", str(figure)]) == 0
    assert re.search(r"length_scale +0\.25 ", capsys.readouterr().out)
    assert figure.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(SystemExit):
        main(["worked-example", "--help"])
    assert "--length-scale" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("missing", "statement", "says"),
    [
        ("sklearn", "network.digits()", "the course's network needs scikit-learn"),
        ("matplotlib", "import bo_tutorial.plotting", "a figure of the course needs Matplotlib"),
        ("ipywidgets", "import bo_tutorial.course.live", "a live figure needs ipywidgets"),
    ],
)
def test_what_an_extra_brings_is_named_where_it_is_missing(missing, statement, says):
    code = f"import sys; sys.modules[{missing!r}] = None; from bo_tutorial import network"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {statement}"], capture_output=True, text=True
    )
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith(f"ImportError: {says}, part of the extra 'course': pip install ")


def test_without_matplotlib_the_worked_example_prints_its_numbers(tmp_path):
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from bo_tutorial.__main__ import main; sys.exit(main(['worked-example']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "next learning rate: 0.0048" in done.stdout
    assert done.stderr == (
        "\nno figure: the figure needs Matplotlib, part of the extra 'course': "
        "pip install 'bo_tutorial[course]'\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x"])
def test_a_bad_port_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        main(["lab", f"--port={port}"])
    assert f"port must be an integer from 1 to 65535, got '{port}'" in capsys.readouterr().err


def test_the_server_opens_the_lesson(course, folder, tmp_path):
    """Start the real thing, as `make lab` does, and ask it for the page and the lesson."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    settings |= {"IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_TOKEN": "secret"}
    command = (
        "import sys; from pathlib import Path; from bo_tutorial.course import lab;"
        "from bo_tutorial.__main__ import main;"
        "lessons = lab.find_lessons(Path(sys.argv.pop(1)));"
        "lab.find_lessons = lambda: lessons; sys.exit(main())"
    )
    starting = [sys.executable, "-c", command, str(course.parent), "lab", "--folder", str(folder)]
    starting += ["--no-browser"]
    environment = os.environ | settings
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*starting, f"--port={port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=tmp_path,
        )
        try:
            first, page, lesson, notification = (
                get(f"http://127.0.0.1:{port}/{path}?token=secret", server, log)
                for path in (
                    "api",
                    f"lab/tree/{NAME}",
                    f"api/contents/{NAME}",
                    "lab/api/settings/@jupyterlab/apputils-extension:notification",
                )
            )
            again = subprocess.run(
                [*starting, "--reset", "8"],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
            )
        finally:
            server.terminate()
            server.wait(30)
    assert '"news": {"disabled": true}' in page
    defaults = json.loads(notification)["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"  # the question is not even asked
    assert json.loads(lesson)["content"]["cells"][0]["source"] == "seven = 7"
    assert f"/lab/tree/{NAME}?token=" in log.read_text(encoding="utf-8")
    assert "version" in json.loads(first)
    # A second start finds the first one's server, and leads there.
    address = f":{port}/lab/tree/08_reproduce.ipynb?token=secret"
    assert again.returncode == 0, again.stderr
    assert "JupyterLab is running there already" in again.stdout and address in again.stdout


def get(url, server, log, patience=60):
    """Return what a server answers, waiting until it stands."""
    for _ in range(10 * patience):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(url, timeout=patience) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            error.close()
            raise
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("chosen", [None, "3"])
def test_kernels_compute_in_one_thread_unless_the_learner_says_otherwise(
    chosen, tmp_path, monkeypatch
):
    labapp = pytest.importorskip("jupyterlab.labapp")
    environment = {k: v for k, v in os.environ.items() if k not in lab.THREADS}
    if chosen:
        environment["OMP_NUM_THREADS"] = chosen
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(labapp.LabApp, "launch_instance", lambda arguments: None)
    assert main(["lab", "--folder", str(tmp_path / "mine"), "--no-browser"]) == 0
    assert environment["OMP_NUM_THREADS"] == (chosen or "1")
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
