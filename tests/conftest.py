"""What all tests share: the packages they need, one profile of random cases, an Axes to draw on."""

import importlib.util

import pytest
from long import IN_WASM, SOAK

# What a test module imports beyond the package itself and pytest: the extras `course` and `test`.
NEEDED = (
    "IPython",
    "dask",
    "distributed",
    "hypothesis",
    "ipywidgets",
    "jupyter_server",
    "matplotlib",
    "mpmath",
    "nbclient",
    "nbconvert",
    "nbformat",
    "packaging",
    "pandas",
    "rattler",
    "sklearn",
    "threadpoolctl",
    "traitlets",
    "yaml",
)


def pytest_configure(config):
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing and not IN_WASM:
        raise pytest.UsageError(
            f"The tests need packages that are not installed ({', '.join(missing)}): "
            "pip install -e '.[course,test]'"
        )
    _choose_random_cases()


def _choose_random_cases():
    """Draw the same cases on every machine and in every run; `make soak` draws new ones.

    A failure of `make soak` ends with `@reproduce_failure(...)`: put above the test, it repeats the
    case. What was found so stays as a test of its own, by the name of its kind.
    """
    from hypothesis import HealthCheck, settings

    shared = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("same", derandomize=True, **shared)
    settings.register_profile(
        "new", derandomize=False, print_blob=True, max_examples=1000, **shared
    )
    settings.load_profile("new" if SOAK else "same")


@pytest.fixture
def course_style():
    """Draw in the course's style, without a screen, and close what is left open."""
    import matplotlib
    import matplotlib.pyplot as plt

    matplotlib.use("Agg")
    with plt.style.context("bo_tutorial.style"):
        yield
    plt.close("all")


@pytest.fixture
def ax(course_style):
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


@pytest.fixture
def course(tmp_path):
    """The folder of the lessons of a made-up course."""
    from made_up_course import write_course

    return write_course(tmp_path / "course")


@pytest.fixture
def folder(tmp_path):
    """A learner's folder that is not there yet."""
    return tmp_path / "my lessons"
