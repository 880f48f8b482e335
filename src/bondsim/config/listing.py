"""The parameters that commands take beside those of the model, as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from bondsim.orders import Settings
from bondsim.params import Row, group_table


def run_parameters() -> Iterator[Row]:
    """The parameters of `bondsim run` that belong to no group, as people read them."""
    yield Row("seed", 1, "1", 0, 2**63 - 1, "", None, "the only source of luck; random draws one")
    for row in group_table(Settings):
        yield row._replace(path=row.path.lstrip("."), source="")


def network_parameters() -> Iterator[Row]:
    """The parameters of every network that can be chosen; the meaning starts with its source."""
    from bondsim.network.specs import SOURCES

    for source, cls in SOURCES.items():
        for row in group_table(cls):
            yield row._replace(doc=f"{source}: {row.doc}")


def intervention_parameters() -> Iterator[Row]:
    """What can be set of each intervention, as intervention.NAME.field=VALUE."""
    from bondsim.interventions import Intervention

    for f, row in zip(fields(Intervention), group_table(Intervention), strict=True):
        among = ", ".join(f.metadata["choices"])
        yield row._replace(doc=f"{row.doc}: {among}" if among else row.doc)


def analysis_parameters() -> Iterator[Row]:
    """What can be set of analyses: the settings that all have, and the groups of some."""
    from bondsim.causal.settings import AnalysisSettings

    shared = {f.name for f in fields(Settings)}
    for row in group_table(AnalysisSettings):
        if row.path.lstrip(".") not in shared:
            yield row._replace(path=row.path.lstrip("."), doc=f"{row.doc}; of analyses")
    for cls in _of_kinds().values():
        yield from group_table(cls)


def _of_kinds() -> dict[str, type]:
    """The groups of all analyses, by name."""
    from bondsim.causal.settings import KINDS

    return {name: cls for kind in KINDS.values() for name, cls in kind.classes.items()}


def study_parameters() -> Iterator[Row]:
    """What can be set of studies and of where they are carried out."""
    from bondsim.config.studies import LISTS
    from bondsim.study.precision import Precision
    from bondsim.study.settings import StudyPlan

    for cls in (StudyPlan, Precision):
        yield from group_table(cls)
    for name, (unit, doc) in LISTS.items():
        yield Row(f"study.{name}", None, unit, 0, 0, "", None, doc)
