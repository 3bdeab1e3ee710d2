"""Train the slice of lesson 03, `network_slice.csv` in its room: about a minute on one core.

python tools/network_slice.py
"""

from bo_tutorial import network
from bo_tutorial.course.lesson_03 import numerics as draws


def main():
    names = [*network.SPACE.names, "validation_accuracy"]
    with open(draws.SLICE, "w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(names) + "\n")
        for config in draws.slice_configs():
            row = config | {"validation_accuracy": network.validation_accuracy(config, seed=0)}
            file.write(",".join(str(row[name]) for name in names) + "\n")


if __name__ == "__main__":
    main()
