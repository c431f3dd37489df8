"""YAML as curators write it, and what may go wrong in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.errors import ConfigError
from observatory.text import clean
from observatory.yamltext import append, dotted, dump, include, load, remove

SOURCES = """\
# what to watch
sources:
  - id: enqa-news   # keep
    kind: feed

  # the library
  - {id: library, kind: library}

# the end
digest:
  weekly: mon 06:00
"""


def flaws(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text, "f.yaml")
    return [str(flaw) for flaw in caught.value.flaws]


def test_dates_and_lookalikes_stay_text():
    data = load("a: 2022-06-16\nb: yes\nc: NO\nd: 010\ne: 1_000\nf: 1:30\ng: 0x1f\nh: on\n", "f").data
    assert data == {
        "a": "2022-06-16",
        "b": "yes",
        "c": "NO",
        "d": "010",
        "e": "1_000",
        "f": "1:30",
        "g": "0x1f",
        "h": "on",
    }


def test_numbers_booleans_and_nothing_are_read_as_such():
    data = load("a: 2022\nb: -1.5\nc: true\nd: false\ne: null\nf: ~\ng:\nh: '2022'\n", "f").data
    assert data == {"a": 2022, "b": -1.5, "c": True, "d": False, "e": None, "f": None, "g": None, "h": "2022"}


def test_keys_are_always_text():
    assert load("2022: a\ntrue: b\nnull: c\n", "f").data == {"2022": "a", "true": "b", "null": "c"}


def test_an_empty_file_says_nothing():
    assert load("", "f").data is None
    assert load("# only a comment\n", "f").data is None


def test_every_part_knows_its_line():
    marked = load(SOURCES, "sources.yaml")
    assert marked.line("sources") == 2
    assert marked.line("sources", 0) == 3
    assert marked.line("sources", 0, "kind") == 4
    assert marked.line("sources", 1, "id") == 7
    assert marked.line("digest", "weekly") == 11


def test_what_is_not_there_has_the_line_of_its_parent():
    marked = load(SOURCES, "sources.yaml")
    assert marked.line("sources", 0, "url") == 3
    assert marked.line("nothing") == 2


def test_a_flaw_names_file_line_and_key():
    assert str(load(SOURCES, "s.yaml").flaw("bad", "sources", 0, "kind")) == "s.yaml:4: sources[0].kind: bad"
    assert dotted(("facts", "status", 2)) == "facts.status[2]"


def test_all_doubled_keys_are_reported_at_once():
    assert flaws("a: 1\nb: {c: 1, c: [2, {d: 3}]}\na: 2\n") == [
        "f.yaml:2: b.c: written twice; first on line 2",
        "f.yaml:3: a: written twice; first on line 1",
    ]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: &x 1\n", 1, "anchors"),
        ("b: 1\na: *x\n", 2, "aliases"),
        ("a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n", 1, "anchors"),
        ("a: !!python/object:os.system x\n", 1, "tags"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\n", 2, "conflict"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("? [a]\n: 1\n", 1, "key must be plain"),
        ("a: x\x00y\n", 1, "unprintable"),
        ('a: "\\ud800"\n', 1, "unprintable"),
        ("a: title: more\n", 1, "quotes"),
        ("- a\n-b\n- c\n", 3, "indentation"),
        ('a: "open\n', 2, "not YAML"),
        ("[" * 5000, 1, "nested"),
        ("%YAML 3.0\n---\na\n", 1, "not YAML"),
        (b"a: 1\nb: \xe9\n", 2, "UTF-8"),
    ],
)
def test_what_can_not_be_read_is_named_with_its_line(text, line, word):
    first = flaws(text)[0]
    assert first.startswith(f"f.yaml:{line}: ")
    assert word in first


def test_byte_order_marks_and_windows_lines_are_fine():
    assert load("\ufeffa: 1\r\nb: x\r\n", "f").data == {"a": 1, "b": "x"}
    assert load("\ufeffa: é\n".encode(), "f").data == {"a": "é"}
    assert load("a: é\n".encode("utf-16"), "f").data == {"a": "é"}


def test_too_large_a_file_is_refused_unread():
    assert "split it" in flaws("a: " + "x" * 8_000_001)[0]


def test_a_long_address_stays_on_the_line_of_its_key():
    address = "https://example.org/" + "a-long-path/" * 20
    assert dump({"a": {"url": address}}) == f"a:\n  url: {address}\n"


def test_text_is_quoted_only_where_it_must_be():
    text = dump([{"date": "2022-06-16", "year": "2022", "country": "NO", "title": "A: b", "yes": True, "none": None}])
    assert text == "- date: 2022-06-16\n  year: '2022'\n  country: NO\n  title: 'A: b'\n  yes: true\n  none: null\n"


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n:- #'\"{}"),
        max_size=150,
    ).filter(lambda t: "\ufeff" not in t and "\ufffe" not in t and "\uffff" not in t),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc: -#'1", min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # processor time is what counts, and others share the machine
@given(PLAIN)
def test_what_is_written_is_read_back(data):
    assert load(dump(data), "f").data == data


def test_append_keeps_every_other_character():
    added = append(SOURCES, [{"id": "edx", "kind": "feed"}], key="sources")
    new = "  - id: edx\n    kind: feed\n"
    assert added.replace(new, "", 1) == SOURCES
    assert [item["id"] for item in load(added, "f").data["sources"]] == ["enqa-news", "library", "edx"]


@pytest.mark.parametrize(
    "text", ["", "# decisions of a curator\n", "[]\n", "- a: 1\n", "- a: 1", "  - a: 1\n\n# end\n"]
)
def test_append_adds_to_a_list_of_any_shape(text):
    before = load(text, "f").data or []
    assert load(append(text, [{"b": "x: y"}, {"c": [1]}]), "f").data == [*before, {"b": "x: y"}, {"c": [1]}]


@pytest.mark.parametrize(
    "text", ["a: 1\n", "sources: []\na: 1\n", "sources:\na: 1\n", "a: 1\nsources:\n- b: 2\nc: 3\n"]
)
def test_append_under_a_key_of_any_shape(text):
    before = load(text, "f").data
    after = load(append(text, [{"b": "x"}], key="sources"), "f").data
    assert after == {**before, "sources": [*(before.get("sources") or []), {"b": "x"}]}


def test_append_keeps_windows_line_ends():
    assert append("- a: 1\r\n", [{"b": 2}]) == "- a: 1\r\n- b: 2\r\n"


def test_append_refuses_a_list_in_brackets():
    with pytest.raises(ConfigError, match="line of its own"):
        append("sources: [{a: 1}]\n", [{"b": 2}], key="sources")
    with pytest.raises(ConfigError, match="should be a list"):
        append("sources: 1\n", [{"b": 2}], key="sources")


def test_what_was_added_can_be_taken_out_again():
    items = [{"id": "a", "title": "A: b"}, {"id": "b", "tags": ["x", "y"]}]
    grown = append(
        append(SOURCES, items, "sources"), [{"id": "c", "url": "https://c.example/x"}], "sources", one_line=True
    )
    assert '- {id: c, url: "https://c.example/x"}' in grown
    for _once in range(3):
        grown = remove(grown, 2, "sources")
    assert grown == SOURCES
    assert remove("- a: 1\n\n# of b\n- b: 2\n", 0) == "\n# of b\n- b: 2\n"
    assert remove("- a: 1\n", 0).strip() == ""


@settings(deadline=None)  # processor time is what counts, and others share the machine
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"), st.text().map(clean) | st.lists(st.text().map(clean)) | st.booleans()
        ).filter(bool)
    )
)
def test_items_of_one_line_are_read_back(items):
    made = append("", items, one_line=True) if items else ""
    assert (load(made, "f").data or []) == items
    assert made.count("\n") == len(items)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "s:\n  - id: a  # why\n    kind: feed\n\n  # b\n  - id: b\n",
            "s:\n  - id: a  # why\n    kind: feed\n    exclude: [/x/]\n\n  # b\n  - id: b\n",
        ),
        (
            "s:\n  - {id: a, kind: feed}   # one line\n  - id: b\n",
            "s:\n  - {id: a, kind: feed, exclude: [/x/]}   # one line\n  - id: b\n",
        ),
        (
            "s:\n  - {id: a, tags: {b: c},\n     kind: feed}\n",
            "s:\n  - {id: a, tags: {b: c},\n     kind: feed, exclude: [/x/]}\n",
        ),
        (
            "s:\n  - id: a\n    exclude: [/w/]  # [w]\n    kind: x\n",
            "s:\n  - id: a\n    exclude: [/w/, /x/]  # [w]\n    kind: x\n",
        ),
        ("s:\n  - id: a\n    exclude: /w/   # alone\n", "s:\n  - id: a\n    exclude: [/w/, /x/]   # alone\n"),
        (
            "s:\n  - id: a\n    exclude:\n      - /w/  # w\n    kind: x\n",
            "s:\n  - id: a\n    exclude:\n      - /w/  # w\n      - /x/\n    kind: x\n",
        ),
        ("s:\n  - {id: a, exclude: [/w/, '/v/']}\n", "s:\n  - {id: a, exclude: [/w/, '/v/', /x/]}\n"),
        ("s:\r\n  - id: a\r\n    kind: x\r\n", "s:\r\n  - id: a\r\n    kind: x\r\n    exclude: [/x/]\r\n"),
    ],
)
def test_a_value_is_added_to_a_field_however_it_is_written(before, after):
    assert include(before, "s", 0, "exclude", "/x/") == after


def test_a_value_that_cannot_be_added_safely_is_left_to_a_person():
    with pytest.raises(ConfigError, match="no such item"):
        include("s: []\n", "s", 0, "exclude", "/x/")
    with pytest.raises(ConfigError, match="by hand"):
        include("s:\n  - id: a\n    exclude: >-\n      /w/\n", "s", 0, "exclude", "/x/")
