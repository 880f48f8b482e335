"""Every number that a world depends on, with its unit, range, source and off value beside it.

`Params` is one complete world except for the network's data: frozen dataclasses, one per part of
the model, checked when they are made. `table()` lists every parameter for people and for tests.

Sources carry a mark of strength: [P] the paper's abstract was read, [M] from memory, [A] an
assumption without direct evidence, [F] fitted to the target table (ODD.md, section 5). A parameter
without a source says so.
"""

from __future__ import annotations

from bondsim.params.bonding import Cool, Feel, Part, ReachOut
from bondsim.params.checked import (
    CLIENT,
    COWORKER,
    FAMILY,
    FRIEND,
    KINDS,
    NO_SOURCE,
    PARTNER,
    ByKind,
    Checked,
    by_kind,
    par,
    same_for_all_kinds,
)
from bondsim.params.meeting import Meet, Relate
from bondsim.params.people import Channels, Observe, Population, Prior, Turnover
from bondsim.params.world import (
    CHANNEL_PARAMETERS,
    CHANNELS,
    GROUPS,
    Params,
    Row,
    from_dict,
    group_from_dict,
    group_table,
    table,
)

__all__ = [
    "CHANNELS",
    "CHANNEL_PARAMETERS",
    "CLIENT",
    "COWORKER",
    "FAMILY",
    "FRIEND",
    "GROUPS",
    "KINDS",
    "NO_SOURCE",
    "PARTNER",
    "ByKind",
    "Channels",
    "Checked",
    "Cool",
    "Feel",
    "Meet",
    "Observe",
    "Params",
    "Part",
    "Population",
    "Prior",
    "ReachOut",
    "Relate",
    "Row",
    "Turnover",
    "by_kind",
    "from_dict",
    "group_from_dict",
    "group_table",
    "par",
    "same_for_all_kinds",
    "table",
]
