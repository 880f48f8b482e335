"""Questions to the catalogue: SQL by DuckDB, and pandas frames.

Two tables can be asked. `runs` has one row a run; a parameter goes by its own name, as in
``select avg(prevalence) from runs where population.presence_mean > 0.5``. `studies` has one row for
each run of each study: `study`, `arm`, `point`, `replicate`, and the `id` of the run.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bondsim.errors import DataError
from bondsim.store.catalogue import Catalogue, no_runs
from bondsim.store.locks import is_held
from bondsim.store.plans import StoredPlan, find_plan, read_plans
from bondsim.store.records import table_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


Answer = TypeVar("Answer")


class Results:
    """All runs under one folder, as they are when they are first asked for.

    Raises `DataError` where there are none. What is damaged is left out and given to `tell`, which
    warns of it.
    """

    def __init__(
        self, folder: str | Path = "results", tell: Callable[[str], Any] = warnings.warn
    ) -> None:
        self.catalogue = Catalogue(folder)
        self._tell = tell
        if not self.catalogue.exists():
            raise no_runs(self.catalogue.results)

    def __repr__(self) -> str:
        return f"Results({str(self.catalogue.results)!r})"

    def frame(self, study: str | None = None) -> pd.DataFrame:
        """One row a run: of a study with arm, point and replicate, in their order, or of all runs.

        Columns: what determines the run (parameters by path), what came of it (outcomes by name,
        missing where not defined), `status`, `hash`, and how it came about (`seconds`, `host`,
        ...). Of a study only runs that were lived; `DataError` for one that is not here.
        """
        if study is None:
            return self._asked(_frame, "select * from records order by id")
        return self._asked(_frame, _OF_STUDY, [self.plan(study).folder_name])

    def query(self, sql: str) -> pd.DataFrame:
        """The answer to a question in SQL; `DataError` where it cannot be understood."""
        return self._asked(_frame, sql)

    def studies(self) -> pd.DataFrame:
        """One row a study: how many of its runs are finished, failed and missing."""
        return self._asked(_frame, _STATUS)

    def counts(self) -> tuple[int, int]:
        """How many runs there are, and how many of them failed."""
        sql = "select count(*), count(*) filter (status = 'failed') from records"
        ((n, failed),) = self._asked(lambda answer: answer.fetchall(), sql)
        return int(n), int(failed)

    def newest(self, n: int) -> pd.DataFrame:
        """The runs that ended last, newest first: what they are and what came of them."""
        known = self.catalogue.table.column_names
        columns = ", ".join(_quoted(name) for name in _LISTED if name in known)
        order = "order by finished desc nulls last, id"
        return self._asked(_frame, f"select {columns} from records {order} limit {max(n, 0)}")

    def failures(self, study: str) -> pd.DataFrame:
        """The runs of a study that failed: place, error and log."""
        return self._asked(_frame, _FAILURES, [self.plan(study).folder_name])

    def at_work(self) -> int:
        """How many sweeps are writing to this folder now."""
        return sum(is_held(path) for path in self.catalogue.claims.glob("*.claims"))

    def plan(self, study: str) -> StoredPlan:
        """The plan of a study, by its name or the name of its folder; the newest of that name."""
        return find_plan(self.catalogue.studies, study)

    def of_study(self, study: str) -> pa.Table:
        """As `frame` of a study, as an Arrow table."""
        return self._asked(_table, _OF_STUDY, [self.plan(study).folder_name])

    def _asked(self, read: Callable[[Any], Answer], sql: str, values: Any = None) -> Answer:
        import duckdb

        try:
            found = self._connection.sql(sql, params=values)
            if found is None:
                raise DataError("the query", "it asks for nothing", "write select ... from runs")
            return read(found)  # only now is it carried out, and may turn out not to be possible
        except duckdb.Error as error:
            fix = "ask the tables runs and studies; `select * from runs limit 1` shows the columns"
            raise DataError("the query", " ".join(str(error).split()), fix) from None

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        table = self.catalogue.table
        plans = self._plans()
        for text in self.catalogue.damage:
            self._tell(text)
        connection = duckdb.connect()
        connection.register("records", table)
        connection.register("studies", plans)
        connection.execute(f"create view runs as {_with_groups(table.column_names)}")
        # no other files of the machine are to be reached by a question
        connection.execute("set enable_external_access = false")
        return connection

    def _plans(self) -> pa.Table:
        import pyarrow as pa

        tables = [plan.table() for plan in read_plans(self.catalogue)]
        empty = table_of([dict.fromkeys(("study", "name", "arm", "id"), ""), ])  # fmt: skip
        whole = {"point": pa.array([0]), "replicate": pa.array([0])}
        for name, column in whole.items():
            empty = empty.append_column(name, column)
        return pa.concat_tables([empty.slice(0, 0), *tables], promote_options="permissive")


def _frame(answer: Any) -> pd.DataFrame:
    frame: pd.DataFrame = answer.df()
    return frame


def _table(answer: Any) -> pa.Table:
    table: pa.Table = answer.to_arrow_table()
    return table


def _with_groups(columns: list[str]) -> str:
    """A selection of all columns in which those with dots are fields of groups."""
    tree: dict[str, Any] = {}
    for name in columns:
        node = tree
        *groups, leaf = name.split(".")
        for group in groups:
            node = node.setdefault(group, {})
        node[leaf] = name
    parts = [f"{_expression(value)} as {_quoted(name)}" for name, value in tree.items()]
    return f"select {', '.join(parts)} from records"


def _expression(node: Any) -> str:
    if isinstance(node, Mapping):
        fields = [f"{_quoted(name)}: {_expression(value)}" for name, value in node.items()]
        return "{" + ", ".join(fields) + "}"
    return _quoted(node)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_OF_STUDY = """
    select arm, point, replicate, records.*
    from studies join records using (id)
    where study = ? order by arm, point, replicate
"""
_FAILURES = """
    select arm, point, replicate, id, error, log from studies join records using (id)
    where study = ? and status = 'failed' order by arm, point, replicate
"""
_LISTED = (
    "id", "status", "network.source", "network.n_agents", "days", "seed", "prevalence",
    "lonely_days", "seconds", "finished", "folder",
)  # fmt: skip
_STATUS = """
    select study, any_value(name) as name, count(distinct arm) as arms,
        count(distinct point) as points, count(distinct replicate) as replicates,
        count(*) as runs,
        count(*) filter (status = 'finished') as finished,
        count(*) filter (status = 'failed') as failed,
        count(*) filter (status is null) as missing
    from studies left join records using (id) group by study order by study
"""
