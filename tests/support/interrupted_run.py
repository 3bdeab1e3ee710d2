"""Train a small classifier under `maximize` with a journal: the run that test_journal.py kills.

    python tests/support/interrupted_run.py JOURNAL N_EVALUATIONS

Each training appends to JOURNAL.log that it began and, after its value is there, that it ended.
"""

import sys

import numpy as np

import bo_tutorial as bo

SPACE = bo.Space(
    learning_rate=bo.Float(1e-3, 1.0, log=True),
    n_steps=bo.Int(5, 60),
    start=bo.Categorical(["zero", "random"]),
)


def train(config):
    """Fit a logistic regression by gradient descent; return the share of points it gets right."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 5))
    labels = X @ [1.0, -2.0, 0.5, 0.0, 3.0] + rng.standard_normal(400) > 0
    weights = rng.standard_normal(5) if config["start"] == "random" else np.zeros(5)
    for _ in range(config["n_steps"]):
        chance = 1 / (1 + np.exp(-X @ weights))
        weights = weights - config["learning_rate"] * X.T @ (chance - labels) / len(X)
    return float(np.mean((X @ weights > 0) == labels))


def main(journal, n_evaluations):
    def objective(config):
        with open(f"{journal}.log", "a") as log:
            log.write(f"began {sorted(config.items())}\n")
        return train(config)

    return bo.maximize(objective, SPACE, n_evaluations, seed=3, journal=journal, progress=False)


if __name__ == "__main__":
    result = main(sys.argv[1], int(sys.argv[2]))
    print(repr(result))
