"""curation/digest.yaml: what people say of an edition, and every mistake in it with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from observatory.catalogue import editorial
from observatory.errors import ConfigError
from observatory.model import Correction, Editorial

WHOLE = """\
2026-W47:
  subject: Ministers order a review
  lead: [One., Two.]
  order: [tirana, irish-act]
  notes: {tirana: First common credit rules.}
  leave_out: {advert: an advertisement}
  shelf: microbol
  corrections:
    - {when: 2026-11-25, text: "It was 2025."}
2026-11:
"""


def write(root: Path, said: str) -> Path:
    (root / "curation").mkdir(exist_ok=True)
    (root / "curation/digest.yaml").write_text(said, encoding="utf-8")
    return root


def flaws(root: Path, said: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        editorial.load(write(root, said))
    return [str(flaw) for flaw in caught.value.flaws]


def test_all_that_can_be_said_of_an_edition_is_read(tmp_path: Path) -> None:
    said = editorial.load(write(tmp_path, WHOLE.replace("2026-11:\n", "")))
    assert said["2026-W47"] == Editorial(
        edition="2026-W47",
        subject="Ministers order a review",
        lead=("One.", "Two."),
        order=("tirana", "irish-act"),
        notes=(("tirana", "First common credit rules."),),
        leave_out=(("advert", "an advertisement"),),
        shelf="microbol",
        corrections=(Correction(datetime(2026, 11, 25, tzinfo=UTC), "It was 2025."),),
        line=1,
    )


@pytest.mark.parametrize("said", ["", "# nothing yet\n"])
def test_an_empty_file_and_none_say_nothing(said: str, tmp_path: Path) -> None:
    assert editorial.load(tmp_path) == {}
    assert editorial.load(write(tmp_path, said)) == {}


MISTAKES = [
    ("2026-W60:\n  subject: x\n", "curation/digest.yaml:1: 2026-W60: no edition"),
    ("2026-W47: hello\n", "curation/digest.yaml:1: 2026-W47: must hold keys"),
    ("2026-W47:\n  orders: [a]\n", "curation/digest.yaml:2: 2026-W47.orders: no such key; did you mean 'order'?"),
    ("2026-W47:\n  subject: " + "x" * 111 + "\n", "curation/digest.yaml:2: 2026-W47.subject: 111 characters"),
    ("2026-W47:\n  lead: [a, b, c, d]\n", "curation/digest.yaml:2: 2026-W47.lead: 4 lines"),
    ("2026-W47:\n  order: a\n", "curation/digest.yaml:2: 2026-W47.order: must be a list"),
    ("2026-W47:\n  notes: [a]\n", "curation/digest.yaml:2: 2026-W47.notes: must name entries"),
    ("2026-W47:\n  leave_out:\n    a:\n", "curation/digest.yaml:3: 2026-W47.leave_out.a: a text is needed"),
    ("2026-W47:\n  subject: [a]\n", "curation/digest.yaml:2: 2026-W47.subject: must be one text"),
    ("2026-W47:\n  corrections: x\n", "curation/digest.yaml:2: 2026-W47.corrections: must be a list"),
    ("2026-W47:\n  corrections: [{text: a}]\n", "curation/digest.yaml:2: 2026-W47.corrections[0]: needs"),
    ("2026-W47:\n  corrections: [{when: x, text: a}]\n", "curation/digest.yaml:2: 2026-W47.corrections[0].when: a day"),
    ("2026-W47:\n  corrections: [{when: 2026-11-25, text: ''}]\n", "a text is needed: say what was wrong"),
    ("- a\n", "curation/digest.yaml:1: must hold editions"),
    ("2026-W47: [\n", "curation/digest.yaml:"),
]


@pytest.mark.parametrize(("said", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_line(said: str, message: str, tmp_path: Path) -> None:
    (flaw,) = flaws(tmp_path, said)
    assert message in flaw


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    assert len(flaws(tmp_path, "2026-W60: x\n2026-W47:\n  sujet: a\n")) == 3


def test_a_broken_file_leaves_its_last_valid_form_in_force(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = editorial.load_kept(write(tmp_path, WHOLE.replace("2026-11:\n", "")), tmp_path)
    assert editorial.load_kept(write(tmp_path, "2026-W47: ["), tmp_path) == before
    assert "last valid form" in caplog.text
    assert editorial.load_kept(write(tmp_path, ""), tmp_path) == {}


def test_a_file_that_was_never_valid_says_nothing(tmp_path: Path) -> None:
    assert editorial.load_kept(write(tmp_path, "["), tmp_path) == {}
