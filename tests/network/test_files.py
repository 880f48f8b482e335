"""Networks from files: what is read, how it is filled, and every bad input refused by row."""

from __future__ import annotations

import gzip
import hashlib
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from bondsim.errors import DataError
from bondsim.network import EdgeList, GraphML, Waves, build
from bondsim.params import CLIENT, FAMILY, FRIEND, PARTNER

BONDS = "source,target\n1,2\n2,3\n3,4\n"
PEOPLE = "id,empathy\n1,0.5\n2,0.6\n3,\n4,0.1\n"


@pytest.fixture
def write(tmp_path):
    def put(text, name="bonds.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return put


def test_edge_list__people_bonds_and_defaults(write):
    network = build(EdgeList(path=write(BONDS)), 1)

    assert network.ids.tolist() == [1, 2, 3, 4]
    assert network.labels.tolist() == ["1", "2", "3", "4"]
    assert network.i.tolist() == [0, 1, 2]
    assert network.j.tolist() == [1, 2, 3]
    assert (network.kind == FRIEND).all()
    assert np.isnan(network.born).all()
    assert network.views == {}
    assert network.agents["group"].tolist() == [0, 1, 2, 3]
    assert set(network.agents) == {"position_x", "position_y", "context", "group"}


def test_edge_list__order_of_rows_and_sides_does_not_matter(write):
    first = build(EdgeList(path=write("source,target,regard_ij\n1,2,.1\n3,2,.2\n")), 1)
    other = build(EdgeList(path=write("source,target,regard_ji\n2,3,.2\n2,1,.1\n", "b.csv")), 1)

    np.testing.assert_array_equal(first.i, other.i)
    np.testing.assert_array_equal(first.views["regard"], other.views["regard"])
    assert first.views["regard"][0, 0] == 0.1
    assert first.views["regard"][1, 1] == 0.2
    np.testing.assert_array_equal(first.agents["position_x"], other.agents["position_x"])


def test_edge_list__every_bond_column(write):
    path = write(
        "who;whom;kind;age;kept;broken_ij;broken_ji;closeness\n"
        "b;a;family;100;3;1;2;0.5\n"
        "b;c;;;;;;\n"
        "c;d;Partner;0;4;1;;0.9\n"
    )
    network = build(
        EdgeList(path=path, source_column="who", target_column="whom", kind="client"), 1
    )

    assert network.ids.tolist() == [0, 1, 2, 3]
    assert network.kind.tolist() == [FAMILY, CLIENT, PARTNER]
    np.testing.assert_array_equal(network.born, [-100, np.nan, 0])
    np.testing.assert_array_equal(network.views["kept"], [[3, 3], [np.nan, np.nan], [4, 4]])
    np.testing.assert_array_equal(network.views["broken"][0], [2, 1])
    assert network.agents["group"].tolist() == [0, 0, 1, 2]


def test_edge_list__tabs_quotes_blank_lines_and_byte_order_mark(write):
    path = write('\ufeff"source"\ttarget\n"Ann\nLee"\tBo\n\n Bo \tCy\n\n', "bonds.tsv")

    assert build(EdgeList(path=path), 1).labels.tolist() == ["Ann\nLee", "Bo", "Cy"]


def test_edge_list__labels_in_natural_order_and_leading_zeros_are_names(write):
    network = build(EdgeList(path=write("source,target\np10,p2\np2,007\n")), 1)

    assert network.labels.tolist() == ["007", "p2", "p10"]
    assert network.ids.tolist() == [0, 1, 2]


def test_edge_list__ids_of_any_number_of_digits(write):
    long, longer = "9" * 4400, "1" + "0" * 4400
    network = build(EdgeList(path=write(f"source,target\np{longer},p{long}\np2,p{long}\n")), 1)

    assert network.labels.tolist() == ["p2", f"p{long}", f"p{longer}"]


def test_edge_list__natural_order_of_zeros_and_other_digits(write):
    text = "source,target\np10,p٣\np0,p007\np7,p\np,p00\n"
    network = build(EdgeList(path=write(text)), 1)

    assert network.labels.tolist() == ["p", "p0", "p00", "p٣", "p007", "p7", "p10"]


def test_edge_list__numbers_too_large_for_ids_become_ranks(write):
    network = build(EdgeList(path=write("source,target\n5,4294967296\n7,5\n")), 1)

    assert network.ids.tolist() == [0, 1, 2]
    assert network.labels.tolist() == ["5", "7", "4294967296"]


def test_edge_list__attributes_of_people(write):
    people = write(
        "id,name,empathy,hours,position_x,position_y,context,group,stress\n"
        "4,d,0.4,2,0,0.5,shop,x,\n2,b,0.2,,,,office,y,0.5\n3,c,.3,1,.1,.2,shop,,0\n"
        "1,a,0.1,24,0.9,0.9,,x,1\n5,e,,,,,office,y,NA\n",
        "people.csv",
    )
    network = build(EdgeList(path=write(BONDS), attributes=people, contexts="one"), 1)

    assert network.labels.tolist() == ["1", "2", "3", "4", "5"]
    np.testing.assert_array_equal(network.agents["empathy"], [0.1, 0.2, 0.3, 0.4, np.nan])
    np.testing.assert_array_equal(network.agents["stress"], [1, 0.5, 0, np.nan, np.nan])
    assert network.agents["context"].tolist() == [2, 0, 1, 1, 0]
    assert network.agents["group"].tolist() == [0, 1, 2, 0, 1]
    assert network.agents["position_x"][[0, 2, 3]].tolist() == [0.9, 0.1, 0.0]
    assert not np.isnan(network.agents["position_x"]).any()
    assert network.source["labels"]["context"] == ["office", "shop"]
    assert network.source["ignored"] == {"people.csv": ["name"]}


def test_edge_list__source_names_the_content(write):
    path = write(BONDS)
    source = build(EdgeList(path=path), 1).source
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    assert source["files"] == [{"name": "bonds.csv", "sha256": digest}]
    assert json.loads(json.dumps(source)) == source


def test_edge_list__seed_draws_places_only_of_those_without(write):
    path = write(BONDS)

    a, b = build(EdgeList(path=path), 1), build(EdgeList(path=path), 2)

    assert not np.array_equal(a.agents["position_x"], b.agents["position_x"])


def test_edge_list__parquet_gives_what_csv_gives(write, tmp_path):
    text = "source,target,kind,regard_ij,age\n1,2,family,.5,3\n3,2,,,\n"
    as_csv = write(text)
    pd.read_csv(as_csv).to_parquet(tmp_path / "bonds.parquet")
    people = pd.DataFrame({"id": [1.0, 2, 3], "empathy": [0.5, None, 0.25], "context": [7, 8, 7]})
    people.to_parquet(tmp_path / "people.parquet")
    people.to_csv(tmp_path / "people.csv", index=False)

    first = build(EdgeList(path=as_csv, attributes=tmp_path / "people.parquet"), 1)
    other = build(
        EdgeList(path=tmp_path / "bonds.parquet", attributes=tmp_path / "people.parquet"), 1
    )

    assert first.ids.tolist() == other.ids.tolist() == [1, 2, 3]
    for name in ("i", "j", "kind", "born"):
        np.testing.assert_array_equal(getattr(first, name), getattr(other, name))
    np.testing.assert_array_equal(first.views["regard"], other.views["regard"])
    np.testing.assert_array_equal(other.agents["empathy"], [0.5, np.nan, 0.25])
    assert other.agents["context"].tolist() == [0, 1, 0]


def test_edge_list__no_attributes_may_be_none(write):
    assert EdgeList(path=write(BONDS), attributes=None).attributes == ""


def test_edge_list__leading_blank_lines_and_odd_separators_in_names(write):
    path = write("\n\nsource,target\nAnn\u2028Lee,Bo\n")

    assert build(EdgeList(path=path), 1).labels.tolist() == ["Ann\u2028Lee", "Bo"]


BAD_BONDS = {
    "header only": ("source,target\n", "a header but no rows"),
    "empty": ("  \n", "an empty file"),
    "byte order mark": (b"\xef\xbb\xbf", "an empty file"),
    "no-break spaces": ("\u00a0\u00a0\n\u2003", "an empty file"),
    "mark and spaces": ("\ufeff \u00a0\n", "an empty file"),
    "only delimiters": (",,\n,,\n", "an empty file, but for"),
    "only quotes": ('"",""\n', "an empty file, but for"),
    "number of 5000 digits": (
        f"source,target,kept\n1,2,{'9' * 5000}\n",
        r"row 2: kept is '9{80}\.\.\. \(5000 characters\)'; give a number",
    ),
    "missing column": ("from,target\n1,2\n", "no column 'source'; found: from, target"),
    "column twice": ("source,target,source\n1,2,3\n", "row 1: column 'source' more than once"),
    "unknown kind": ("source,target,kind\n1,2,foe\n", "row 2: kind is 'foe'; give one of family"),
    "self loop": ("source,target\n1,2\n\n3,3\n", "row 4: a bond of '3' with themselves"),
    "duplicate": ("source,target\n1,2\n2,3\n1,2\n", "row 4: the bond of '1' and '2' .* row 2"),
    "reversed": ("source,target\n1,2\n2,3\n2,1\n", "row 4: the bond of '2' and '1' .* row 2"),
    "no id": ("source,target\n1,2\n,3\n", "row 3: source is ''"),
    "NaN id": ("source,target\n1,2\n3,nan\n", "row 3: target is 'nan'"),
    "short row": ("source,target,kind\n1,2\n", "row 2: 2 cells under 3 headings"),
    "long row": ("source,target\n1,2\n3,4,5\n", "row 3: 3 cells under 2 headings"),
    "open quote": ('source,target\n"1,2\n', "not CSV"),
    "regard high": ("source,target,regard\n1,2,1.5\n", r"row 2: regard is '1.5'; give .*\[0, 1\]"),
    "not a number": ("source,target,regard_ij\n1,2,high\n", "row 2: regard_ij is 'high'"),
    "decimal comma": ("source;target;regard\n1;2;0,5\n", "regard is '0,5'"),
    "kept zero": ("source,target,kept\n1,2,0\n", "row 2: kept is '0'; give a number above 0"),
    "broken infinite": ("source,target,broken\n1,2,inf\n", "row 2: broken is 'inf'"),
    "born later": ("source,target,born\n1,2,3\n", "row 2: born is '3'; .* at most 0"),
    "age below 0": ("source,target,age\n1,2,-1\n", "row 2: age is '-1'"),
    "born and age": ("source,target,born,age\n1,2,0,0\n", "both `born` and `age`"),
    "encoding": ("source,target\nJos\xe9,2\n".encode("latin-1"), "line 2: not UTF-8: byte 0xe9"),
    "utf-16": ("source,target\n1,2\n".encode("utf-16"), "UTF-16"),
    "binary": (b"source,target\n1,\0\x01\n", "not text but binary"),
    "excel": (b"PK\x03\x04abc", "not text but a zip or Excel file"),
    "zipped": (gzip.compress(b"source,target\n1,2\n"), "not text but gzip"),
    "parquet": (b"PAR1\x00\x00PAR1", "not text but Parquet"),
}


@pytest.mark.parametrize("name", BAD_BONDS)
def test_edge_list__bad_bonds_are_refused(write, name):
    content, message = BAD_BONDS[name]
    path = write(content)

    with pytest.raises(DataError, match=message) as caught:
        build(EdgeList(path=path), 1)
    assert caught.value.where.startswith(str(path))
    assert caught.value.fix


BAD_PEOPLE = {
    "no id column": ("person,empathy\n1,0\n", "no column 'id'; found: person, empathy"),
    "no id": ("id,empathy\n1,0\n,1\n", "row 3: id is ''"),
    "twice": ("id\n1\n2\n3\n4\n2\n", "row 6: '2' is already in row 3"),
    "lacking": ("id\n1\n2\n3\n", "bonds.csv, row 4: '4' is not among the people in .*people.csv"),
    "empathy high": ("id,empathy\n1,0\n2,2\n3,0\n4,0\n", "row 3: empathy is '2'"),
    "hours": ("id,hours\n1,24\n2,24.5\n3,0\n4,0\n", r"row 3: hours is '24.5'; .*\[0, 24\]"),
    "position": (
        "id,position_x,position_y\n1,1,0\n2,,\n3,,\n4,,\n",
        r"position_x is '1'.*\[0, 1\)",
    ),
    "half a place": ("id,position_x,position_y\n1,,\n2,,0\n3,,\n4,,\n", "row 3: one coordinate"),
    "one axis": ("id,position_x\n1,0\n2,0\n3,0\n4,0\n", "position_x without position_y"),
    "truth": ("id,stress\n1,True\n2,0\n3,0\n4,0\n", "row 2: stress is 'True'"),
}


@pytest.mark.parametrize("name", BAD_PEOPLE)
def test_edge_list__bad_people_are_refused(write, name):
    content, message = BAD_PEOPLE[name]

    with pytest.raises(DataError, match=message):
        build(EdgeList(path=write(BONDS), attributes=write(content, "people.csv")), 1)


UNUSED = {
    "bonds": {
        "closness": "'closness' is not known; did you mean closeness",
        "regard-ij": "did you mean regard_ij",
        "Kind": "did you mean kind",
        "context": "'context' is about people, not bonds; give it in the table of people",
        "empathy": "about people",
    },
    "people": {
        "emphathy": "'emphathy' is not known; did you mean empathy",
        "lonelyness": "did you mean loneliness .derived: give emotional and social",
        "loneliness": "'loneliness' is derived; give emotional and social",
    },
}


@pytest.mark.parametrize(("kind", "column"), [(k, c) for k in UNUSED for c in UNUSED[k]])
def test_edge_list__columns_meant_to_be_read_are_refused(write, kind, column):
    bonds, people = BONDS, PEOPLE.replace("empathy", column)
    if kind == "bonds":
        bonds, people = f"source,target,{column}\n1,2,0\n2,3,0\n3,4,0\n", PEOPLE

    with pytest.raises(DataError, match=UNUSED[kind][column]):
        build(EdgeList(path=write(bonds), attributes=write(people, "people.csv")), 1)


def test_edge_list__other_columns_are_named(write):
    bonds = write("source,target,weight,closeness,closeness2\n1,2,3,1,1\n")
    people = write("id,age,wave,weight\n1,40,1,80\n2,30,1,70\n", "people.csv")

    source = build(EdgeList(path=bonds, attributes=people), 1).source

    assert source["ignored"] == {
        "bonds.csv": ["weight", "closeness2"], "people.csv": ["age", "wave", "weight"],
    }  # fmt: skip


def test_edge_list__bad_paths_are_refused(write, tmp_path):
    cases = {
        tmp_path / "none.csv": "no such file",
        tmp_path: "a folder",
        write(BONDS, "bonds.xlsx"): "the ending '.xlsx' is not known",
        write(BONDS, "bonds"): "the ending '' is not known",
        write(BONDS, "text.parquet"): "not a Parquet file, whatever its name says",
        write(b"PAR1 nothing PAR1", "damaged.parquet"): "a damaged Parquet file",
        write("", "nothing.parquet"): "an empty file",
        tmp_path / f"{'a' * 5000}.csv": "cannot be read .File name too long.; check the path",
    }

    for path, message in cases.items():
        with pytest.raises(DataError, match=message):
            build(EdgeList(path=path), 1)


def test_edge_list__bad_parquet_cells_are_refused_by_row(tmp_path):
    path = tmp_path / "bonds.parquet"
    frame = pd.DataFrame({"source": [1.0, None], "target": [2, 3]})
    frame.to_parquet(path)
    with pytest.raises(DataError, match=r"row 3: source is (nan|None)"):
        build(EdgeList(path=path), 1)

    pd.DataFrame({"source": [], "target": []}).to_parquet(path)
    with pytest.raises(DataError, match="a header but no rows"):
        build(EdgeList(path=path), 1)

    pd.DataFrame({"source": [1], "target": [2], "regard": [-0.5]}).to_parquet(path)
    with pytest.raises(DataError, match=r"row 2: regard is '-0.5'"):
        build(EdgeList(path=path), 1)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**62], pa.duration("s")),
        pa.array([1], pa.timestamp("us", tz="Nowhere/Town")),
        pa.Array.from_buffers(
            pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
        ),
    ],
    ids=["duration", "time zone", "not UTF-8"],
)
def test_edge_list__parquet_columns_that_python_cannot_hold_are_refused(tmp_path, column):
    path = tmp_path / "bonds.parquet"
    parquet.write_table(pa.table({"source": ["a"], "target": ["b"], "x": column}), path)

    with pytest.raises(DataError, match=r"bonds.parquet: column 'x', .* cannot be read .*; drop"):
        build(EdgeList(path=path), 1)


def test_edge_list__a_hole_in_contexts_is_filled_by_communities(write):
    people = write("id,context\n1,x\n2,\n3,\n4,x\n", "people.csv")

    context = build(EdgeList(path=write(BONDS), attributes=people), 1).agents["context"]

    assert context[[0, 3]].tolist() == [0, 0]
    assert (context[1:3] > 0).all()


WAVE_1, WAVE_2 = "source,target\na,b\nb,c\n", "source,target,kind\nc,b,family\na,d,\n"


def test_waves__first_starts_and_later_are_kept(write):
    paths = [write(WAVE_1, "t1.csv"), write(WAVE_2, "t2.csv")]

    network = build(Waves(paths=paths), 1)
    (later,) = network.waves

    assert network.labels.tolist() == ["a", "b", "c", "d"]
    assert network.n_bonds == 2
    assert later.name == "t2"
    assert list(zip(later.i.tolist(), later.j.tolist(), strict=True)) == [(0, 3), (1, 2)]
    assert later.kind.tolist() == [FRIEND, FAMILY]
    assert later.agents == {}
    assert len(network.source["files"]) == 2


def test_waves__files_of_one_name_are_numbered(write, tmp_path):
    (tmp_path / "later").mkdir()
    paths = [write(WAVE_1, "bonds.csv"), write(WAVE_2, "later/bonds.csv")]
    people = write("id,wave\na,1\nb,1\nc,1\nd,2\n", "people.csv")

    assert build(Waves(paths=paths, attributes=people), 1).waves[0].name == "2"


def test_waves__people_without_wave_belong_to_the_first(write):
    paths = [write(WAVE_1, "t1.csv"), write(WAVE_2, "t2.csv")]
    people = write("id,need\na,0.1\nb,0.2\nc,0.3\nd,0.4\n", "people.csv")

    network = build(Waves(paths=paths, attributes=people), 1)

    assert network.agents["need"].tolist() == [0.1, 0.2, 0.3, 0.4]
    assert network.waves[0].agents == {}


def test_waves__attributes_of_each_wave(write):
    paths = [write(WAVE_1, "t1.csv"), write(WAVE_2, "t2.csv")]
    people = write(
        "id,wave,emotional,context\na,1,0.1,x\nb,t1,0.2,y\nc,1,0.3,x\na,2,0.5,z\nd,t2,0.6,x\n",
        "people.csv",
    )

    network = build(Waves(paths=paths, attributes=people), 1)
    (later,) = network.waves

    np.testing.assert_array_equal(network.agents["emotional"], [0.1, 0.2, 0.3, np.nan])
    np.testing.assert_array_equal(later.agents["emotional"], [0.5, np.nan, np.nan, 0.6])
    assert network.agents["context"][:3].tolist() == [0, 1, 0]
    assert later.agents["context"].tolist() == [2, -1, -1, 0]


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ("id,wave\na,1\nb,1\nc,1\nd,3\n", "row 5: wave is '3'; give a number from 1 to 2, or one"),
        ("id,wave\na,1\nb,1\nc,1\nd,1\na,1\n", "row 6: 'a' is already in row 2"),
        ("id,wave\na,1\nb,1\nc,1\n", "t2.csv, row 3: 'd' is not among the people"),
    ],
)
def test_waves__bad_attributes_are_refused(write, people, message):
    paths = [write(WAVE_1, "t1.csv"), write(WAVE_2, "t2.csv")]

    with pytest.raises(DataError, match=message):
        build(Waves(paths=paths, attributes=write(people, "people.csv")), 1)


GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
    '<graph edgedefault="undirected"><node id="a"/><node id="b"/>{more}</graph></graphml>'
)
BAD_GRAPHML = {
    "not xml": ("source,target\n1,2\n", "not XML"),
    "other xml": ("<html><body/></html>", "not GraphML"),
    "cut off": (GRAPHML[:80], "not XML|not GraphML"),
    "binary": (b"\x00\x01", "not XML"),
    "empty": ("", "an empty file"),
    "self loop": (
        GRAPHML.format(keys="", more='<edge source="a" target="a"/>'), "bond 'a' - 'a': a bond of",
    ),
    "multigraph": (
        GRAPHML.format(keys="", more='<edge source="a" target="b"/>' * 2), "a multigraph",
    ),
    "unknown kind": (
        GRAPHML.format(
            keys='<key id="k" for="edge" attr.name="kind" attr.type="string"/>',
            more='<edge source="a" target="b"><data key="k">foe</data></edge>',
        ),
        "bond 'a' - 'b': kind is 'foe'",
    ),
    "range": (
        GRAPHML.format(
            keys='<key id="k" for="node" attr.name="need" attr.type="double"/>',
            more='<node id="c"><data key="k">7</data></node>',
        ),
        "person 'c': need is '7.0'",
    ),
    "beyond a float": (
        GRAPHML.format(
            keys='<key id="k" for="node" attr.name="need" attr.type="long"/>',
            more=f'<node id="c"><data key="k">{"1" + "0" * 400}</data></node>',
        ),
        r"person 'c': need is '10{79}\.\.\. \(401 characters\)'; give a number in \[0, 1\]",
    ),
    "more digits than can be read": (
        GRAPHML.format(
            keys='<key id="k" for="node" attr.name="need" attr.type="long"/>',
            more=f'<node id="c"><data key="k">{"1" * 5000}</data></node>',
        ),
        "not GraphML that can be read",
    ),
    "no target": (
        GRAPHML.format(keys="", more='<edge source="a" target="b"/><edge source="a"/>'),
        r"edge 2 \(source 'a'\): no target; give each edge source and target, or drop it",
    ),
    "no source": (GRAPHML.format(keys="", more='<edge id="e" target="a"/>'), "no source"),
    "no end": (GRAPHML.format(keys="", more="<edge/>"), "no source and no target"),
    "no id": (GRAPHML.format(keys="", more="<node/>"), "node 3 .*: no id; give each node id"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_GRAPHML)
def test_graphml__bad_files_are_refused(write, name):
    content, message = BAD_GRAPHML[name]
    path = write(content, "net.graphml")

    with pytest.raises(DataError, match=message) as caught:
        build(GraphML(path=path), 1)
    assert str(path) in str(caught.value)


def test_graphml__a_key_without_a_type_is_text_that_may_be_a_number(write):
    keys = '<key id="k" for="edge" attr.name="closeness"/>'
    more = '<edge source="a" target="b"><data key="k">0.5</data></edge>'

    network = build(GraphML(path=write(GRAPHML.format(keys=keys, more=more), "net.graphml")), 1)

    assert network.views["closeness"].tolist() == [[0.5, 0.5]]


def test_graphml__declared_encodings_are_read(write):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + GRAPHML.format(
        keys="", more='<node id="Jos\xe9"/><edge source="a" target="Jos\xe9"/>'
    )
    network = build(GraphML(path=write(text.encode("latin-1"), "net.graphml")), 1)

    assert network.labels.tolist() == ["Jos\xe9", "a", "b"]


def test_graphml__one_person_is_refused(write):
    path = write(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<graph edgedefault="undirected"><node id="a"/></graph></graphml>', "net.graphml"
    )  # fmt: skip

    with pytest.raises(DataError, match="1 people; give at least 2"):
        build(GraphML(path=path), 1)
