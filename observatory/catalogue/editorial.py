"""What people say of editions: `curation/digest.yaml` → Editorials, by edition. Judges nothing.

A file of its own, by edition and not by entry: a subject, an order and a correction belong to no entry, and what is written in it
counts for one edition only. A broken file is refused whole: an edition made without what it says could not be taken back.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from observatory import text, yamltext
from observatory.catalogue import codec
from observatory.errors import ConfigError, Flaw, StorageError
from observatory.model import Correction, Editorial
from observatory.yamltext import Marked

log = logging.getLogger(__name__)

FILE = "digest.yaml"
MOST_SUBJECT = 110
MOST_LINES = 3
_EDITION = re.compile(r"\d{4}-(W(0[1-9]|[1-4]\d|5[0-3])|0[1-9]|1[0-2])")
_KEYS = ("subject", "lead", "order", "notes", "leave_out", "shelf", "corrections")


def load(root: Path) -> Mapping[str, Editorial]:
    """Read what people say of editions, by edition; nothing when there is no such file. ConfigError with every flaw."""
    path = root / "curation" / FILE
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError([Flaw(f"curation/{FILE}", 0, "", f"can't be read: {error.strerror}")]) from error
    marked = yamltext.load(body, f"curation/{FILE}")
    if marked.data is None:
        return {}
    if not isinstance(marked.data, dict):
        raise ConfigError([marked.flaw("must hold editions, such as `2026-W47:` with `subject: …` below it")])
    reader = _Reader(marked)
    found = {edition: reader.editorial(edition, said) for edition, said in marked.data.items()}
    if reader.flaws:
        raise ConfigError(reader.flaws)
    return found


def load_kept(root: Path, data: Path) -> Mapping[str, Editorial]:
    """Read it; when it is broken, its last valid form, which is kept in the data folder, stays in force."""
    kept = data / "digest-notes.json"
    try:
        found = load(root)
    except ConfigError as error:
        for flaw in error.flaws:
            log.warning("editions flaw=%s (the last valid form of that file stays in force)", flaw)
        return _kept(kept)
    body = "".join(codec.dumps(each) + "\n" for each in found.values())
    if found or kept.exists():
        _keep(kept, body)
    return found


def _kept(path: Path) -> Mapping[str, Editorial]:
    try:
        read = [codec.loads(Editorial, line) for line in path.read_text("utf-8").splitlines()]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {each.edition: each for each in read}


def _keep(path: Path, body: str) -> None:
    try:
        if not path.exists() or path.read_text("utf-8") != body:
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            beside.write_text(body, "utf-8")
            beside.replace(path)
    except OSError as error:
        raise StorageError(f"can't write {path}: {error.strerror}") from error


class _Reader:
    """Reads the editions of the file, and notes all that is wrong with them."""

    def __init__(self, marked: Marked) -> None:
        self.flaws: list[Flaw] = []
        self._marked = marked

    def editorial(self, edition: str, said: object) -> Editorial:
        """Read what is said of one edition; what is wrong is noted as a flaw."""
        if not _EDITION.fullmatch(edition):
            self._flaw("no edition: write a week such as 2026-W47, or a month such as 2026-11", edition)
        if not isinstance(said, dict):
            self._flaw("must hold keys such as `subject: …` or `leave_out: {entry-id: why}`", edition)
            return Editorial(edition=edition)
        for key in said:
            if key not in _KEYS:
                near = get_close_matches(str(key), _KEYS, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; one of {', '.join(_KEYS)}"
                self._flaw(f"no such key{hint}", edition, key)
        subject = self._text(said.get("subject"), edition, "subject")
        if len(subject) > MOST_SUBJECT:
            self._flaw(f"{len(subject)} characters; a subject has at most {MOST_SUBJECT}", edition, "subject")
        lead = self._list(said.get("lead"), edition, "lead")
        if len(lead) > MOST_LINES:
            self._flaw(f"{len(lead)} lines; *In one minute* has at most {MOST_LINES}", edition, "lead")
        return Editorial(
            edition=edition,
            subject=subject,
            lead=lead,
            order=self._list(said.get("order"), edition, "order"),
            notes=self._by_entry(said.get("notes"), edition, "notes"),
            leave_out=self._by_entry(said.get("leave_out"), edition, "leave_out"),
            shelf=self._text(said.get("shelf"), edition, "shelf"),
            corrections=tuple(self._corrections(said.get("corrections"), edition)),
            line=self._marked.line(edition),
        )

    def _flaw(self, message: str, *path: str | int) -> None:
        self.flaws.append(self._marked.flaw(message, *path))

    def _text(self, said: object, *path: str | int) -> str:
        if said is None:
            return ""
        if isinstance(said, dict | list | bool):
            self._flaw("must be one text", *path)
            return ""
        return text.clean(str(said))

    def _list(self, said: object, *path: str | int) -> tuple[str, ...]:
        if said is None:
            return ()
        if not isinstance(said, list):
            self._flaw("must be a list, one `- …` a line", *path)
            return ()
        return tuple(self._text(each, *path, number) for number, each in enumerate(said))

    def _by_entry(self, said: object, *path: str | int) -> tuple[tuple[str, str], ...]:
        if said is None:
            return ()
        if not isinstance(said, dict):
            self._flaw("must name entries, each with a text: `entry-id: …`", *path)
            return ()
        found = tuple((entry, self._text(each, *path, entry)) for entry, each in said.items())
        for entry, each in found:
            if not each:
                self._flaw("a text is needed: say it in a few words", *path, entry)
        return found

    def _corrections(self, said: object, edition: str) -> Iterator[Correction]:
        if said is None:
            return
        if not isinstance(said, list):
            self._flaw("must be a list: `- {when: 2026-11-25, text: …}`", edition, "corrections")
            return
        for number, each in enumerate(said):
            place = (edition, "corrections", number)
            if not isinstance(each, dict) or set(each) != {"when", "text"}:
                self._flaw("needs `when` and `text`, and nothing else", *place)
                continue
            when, note = self._when(each["when"], *place, "when"), self._text(each["text"], *place, "text")
            if not note:
                self._flaw("a text is needed: say what was wrong and what is right", *place, "text")
            if when and note:
                yield Correction(when, note)

    def _when(self, said: object, *path: str | int) -> datetime | None:
        try:
            when = datetime.fromisoformat(str(said))
        except ValueError:
            self._flaw("a day is needed, such as 2026-11-25", *path)
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
