"""What the columns of every analysis mean, with their units: written beside its tables."""

from __future__ import annotations

from collections.abc import Mapping

from bondsim.params import CHANNELS
from bondsim.tables import Table

Described = tuple[str, str]
"""Unit and meaning."""

_ENDS = {"_low": "lower", "_high": "upper"}

_SHARED: dict[str, Described] = {
    "replicate": ("1", "number of the world, whose seed is that many above the first"),
    "day": ("day", "day of the world, counted from its start"),
    "after": ("days", "days since the twins parted"),
    "distance": (
        "bonds",
        "geodesic distance from those changed; -1: not connected, or of sums all others; "
        "the largest of a table by distance: that far and further",
    ),
    "place": ("1", "the person's row in the tables of the world"),
    "people": ("people", "number of people"),
    "effect": ("1", "change in loneliness that was caused; in sums over people, their sum"),
    "lonely": ("people", "people made lonely, less people made not lonely"),
    "diverged": ("day", "first day on which the person differs, -1: never; by distance, people"),
    "changed": (
        "1",
        "1: reached by the change; 2: the other side of a bond that it made or cut",
    ),
    "total": ("1", "loneliness caused in all people at that distance by one unit at those changed"),
    "each": ("1", "the same in one of them on average, by one unit at one of those changed"),
    "outcome": ("1", "what is looked at; `bondsim measures` lists the numbers of worlds"),
    "number": ("1", "caused in others for each one in those changed, summed over days"),
    "differ": ("people", "people who differ although nothing was changed"),
    "largest_effect": ("1", "largest difference in loneliness although nothing was changed"),
    "arm": ("1", "number of the combination of channels, a bit each; or of the intervention"),
    "name": ("1", "what is on, or who gets what"),
    "value": ("outcome", "number in the unit of the outcome; of a channel, its Shapley value"),
    "mean": ("outcome", "mean over replicates"),
    "known": ("replicates", "replicates in which the outcome is known of all combinations"),
    "term": ("1", "channel or combination of channels whose factorial effect it is"),
    "order": ("channels", "number of channels in the term"),
    "channel": ("1", "channel; whole: all channels against none"),
    "share": ("1", "share of the whole"),
    **dict.fromkeys(CHANNELS, ("1", "1 where the channel is on")),
    "contagion": ("1", "1 where one person's loneliness can reach another"),
    "time": ("1", "end: last day at full level; later: last day of all"),
    "group": ("1", "all; reached; others at a distance; fifths by loneliness at the start"),
    "hours": ("person-hours", "cost"),
    "averted": ("person-days", "days on which people are lonely that did not come about"),
    "sd": ("1", "standard deviation of loneliness on the day before"),
    "prevalence": ("1", "change in the share of people who are lonely"),
    "reached": ("1", "change in loneliness of a person reached"),
    "reached_sd": ("SD", "the same in standard deviations of loneliness"),
    "spillover": ("1", "share of the whole effect that is in people not reached"),
    "equity": ("1", "effect on the loneliest fifth less that on the least lonely"),
    "later": ("1", "change in mean loneliness on the last day of all"),
    "durability": ("1", "effect on the last day over that at its end"),
    "averted_per_hour": ("person-days/h", "lonely days averted by a person-hour"),
    "world": ("1", "channels that are on; strong: all, with stronger contagion"),
    "method": ("1", "method of the field"),
    "label": ("1", "what the method is called"),
    "unit": ("1", "unit of estimate, truth and bias"),
    "estimated": ("replicates", "replicates in which the method gave a number"),
    "estimate": ("unit", "what the method says"),
    "se": ("unit", "standard error by the method"),
    "low": ("unit", "lower end of a 95 % interval"),
    "high": ("unit", "upper end of a 95 % interval"),
    "p": ("1", "two-sided p of no contagion"),
    "n": ("rows", "rows that the estimate rests on"),
    "finds": ("1", "1 where contagion is found; of scores, share of the estimates that find it"),
    "truth": (
        "unit",
        "of slopes and excess the same by twins; of others 0, as without contagion",
    ),
    "slope": ("1", "what a unit more in a named other, if it lasts, does by the second wave"),
    "bias": ("unit", "estimate less truth"),
    "coverage": ("1", "share of replicates whose interval holds the truth"),
    "point": ("1", "number of the point of the grid"),
    "x": ("1", "value of the first parameter"),
    "y": ("1", "value of the second parameter"),
    "chance": ("outcome", "the same where loneliness is shuffled between people"),
    "difference": ("outcome", "paired difference to the first point"),
}


def described(
    tables: Mapping[str, Table], own: Mapping[str, Described] | None = None
) -> dict[str, dict[str, dict[str, str]]]:
    """Unit and meaning of each column of each table; `own`: those of the analysis itself."""
    known = {**_SHARED, **(own or {})}
    return {
        table: {
            name: dict(zip(("unit", "meaning"), _described(known, table, name), strict=True))
            for name in columns
        }
        for table, columns in tables.items()
    }


def _described(known: Mapping[str, Described], table: str, name: str) -> Described:
    if name in known:
        return known[name]
    for ending, which in _ENDS.items():
        if name.endswith(ending):
            unit, meaning = _described(known, table, name.removesuffix(ending))
            return unit, f"{which} end of the 95 % interval of: {meaning}"
    for start, meaning in (
        ("distance_", "mean change in loneliness of people at distance"),
        ("fifth_", "mean change in loneliness of the fifth (1: least lonely at the start)"),
    ):
        if name.startswith(start):
            return "1", f"{meaning} {name.removeprefix(start)}"
    raise KeyError(f"{table}.{name} is not described")
