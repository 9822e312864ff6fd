"""Charts of the back office, drawn by the theme's own script: nothing is fetched from elsewhere."""

import json
from collections.abc import Sequence
from decimal import Decimal

GREY = "#778395"  # words of a chart: read on white and on the dark ground alike
COLOURS = ("var(--color-primary-500)", "var(--color-green-500)", "#0ea5e9")
OPTIONS = json.dumps(
    {
        "animation": False,
        "maintainAspectRatio": False,
        "grouped": True,
        "maxBarThickness": 28,
        "plugins": {"legend": {"display": True, "position": "bottom", "labels": {"color": GREY}}},
        "scales": {
            "y": {"beginAtZero": True, "ticks": {"color": GREY}},
            "x": {"ticks": {"maxRotation": 40, "color": GREY}, "grid": {"display": False}},
        },
    }
)


def bars(labels: Sequence[str], *series: tuple[str, Sequence[Decimal]]) -> str:
    """The data of a chart: what stands below it, and each series by its name."""
    return json.dumps(
        {
            "labels": list(labels),
            "datasets": [
                {
                    "label": label,
                    "data": [float(value) for value in values],
                    "backgroundColor": colour,
                    "borderColor": colour,
                    "borderRadius": 3,
                    "displayYAxis": True,
                }
                for (label, values), colour in zip(series, COLOURS, strict=False)
            ],
        }
    )
