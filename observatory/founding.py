"""The conductor of starting an observatory of another subject: its folder, with terms, topics, sources and title of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from observatory import text, yamltext
from observatory.config import schema
from observatory.errors import UsageError
from observatory.files import write_whole

SCHEMA = "sources.schema.json"  # by which editors complete and check sources.yaml
# Questions that are asked of any subject in education; the curator puts the field's own in their place.
TOPICS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "policy-and-rules",
        "Policy and rules",
        "Laws, strategies, guidelines.",
        "System and debate",
        ("policy", "policies", "regulat*", "guideline*", "strateg*", "law*"),
    ),
    (
        "teaching",
        "Teaching and learning",
        "How it is taught and learned.",
        "How",
        ("teaching", "pedagog*", "curricul*", "classroom*", "instruction*"),
    ),
    ("assessment", "Assessment", "How learning is assessed.", "Trust", ("assessment*", "exam*", "grading", "feedback")),
    (
        "quality",
        "Quality and integrity",
        "What makes it trustworthy.",
        "Trust",
        ("quality", "integrity", "accredit*", "standards"),
    ),
    (
        "people",
        "Learners and staff",
        "Who learns, who teaches.",
        "People",
        ("student*", "learner*", "teachers", "staff", "lecturer*"),
    ),
    (
        "equity",
        "Equity",
        "Who is left out, and what helps.",
        "People",
        ("equity", "inclusi*", "access", "divide", "bias"),
    ),
)


def found(folder: Path, subject: str, title: str = "", terms: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write the files of a new observatory; returns them. UsageError when the folder holds one, or the subject is no words.

    `terms` make a text one on the subject (`*` leaves a word open); the subject's own words unless given.
    """
    named = text.clean(subject, 80)
    if not text.slug(named):
        raise UsageError("say what it is about in a few words: --subject 'generative AI in higher education'")
    if (folder / "sources.yaml").exists():
        raise UsageError(f"{folder / 'sources.yaml'} stands there already; name a new folder")
    core = [said for term in terms if (said := text.clean(term, 80))] or [named.lower()]
    heading = text.clean(title, 80) or f"{named[:1].upper()}{named[1:]}: an observatory"
    bodies = {
        "sources.yaml": _sources(named, heading),
        SCHEMA: schema.text(None),
        "vocabulary/terms.yaml": _terms(named, core),
        "vocabulary/topics.yaml": _topics(),
        "curation/library/own.yaml": f"# Records on {named} that are kept by hand; their fields stand in docs/data.md.\n[]\n",
    }
    for name, body in bodies.items():
        write_whole(folder / name, body.encode(), "found")
    return tuple(folder / name for name in bodies)


def _sources(subject: str, title: str) -> str:
    site = {"title": title, "subject": subject, "url": "https://observatory.example.org/"}
    library = {"id": "library", "name": "Kept by hand", "kind": "library", "path": "curation/library/*.yaml"}
    said = yamltext.dump({"site": site, "sources": [library]})
    editor = f"# yaml-language-server: $schema={SCHEMA}\n"
    return f"{editor}# What is watched on {subject}; docs/curators.md has a worked example of every kind of source.\n{said}"


def _terms(subject: str, core: Sequence[str]) -> str:
    companions = ["education*", "universit*", "learning", "teaching", "student*", "higher education", "training"]
    asked = [{"value": "main", "words": [term for term in dict.fromkeys(_spelled(term) for term in core) if term]}]
    said = yamltext.dump({"core": [{"words": list(core)}], "companion": [{"words": companions}], "asked": asked})
    return (
        f"# Words that decide whether a text is about {subject}; `near`, `friend`, `advert` can be added.\n"
        "# `asked` is what services of research and law are searched for, spelled as people write it.\n"
        f"{said}"
    )


def _spelled(term: str) -> str:
    """Give a term as a service can be asked for it: none knows our open endings."""
    return text.clean(term.replace("*", " "))


def _topics() -> str:
    names = ("id", "label", "definition", "group", "words")
    topics = [dict(zip(names, (*row[:4], list(row[4])), strict=True)) for row in TOPICS]
    return f"# The topics that entries are sorted by; put the field's own questions here.\n{yamltext.dump({'topics': topics})}"
