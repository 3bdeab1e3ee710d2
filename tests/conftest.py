"""What the tests of figures share: the course's style, and an Axes to draw on."""

import pytest


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
