"""A curator's walk through what waits: which case is shown, what each key does, how the last step is undone.

Each decision is written at once (`desk.decide`), so that leaving at any moment, however it comes, loses nothing.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rich.console import Console
from rich.text import Text

from observatory import desk
from observatory.app import Observatory
from observatory.cli import cards
from observatory.cli.cards import Case
from observatory.cli.keys import END, STOP, Keys
from observatory.errors import ObservatoryError
from observatory.model import Action, Decision, Entry, EntryKind, Level, Proposal, Stage, Status
from observatory.review import SECONDS_EACH, Pair, Waiting
from observatory.text import clean, fold, is_under, safe_url

REASONS = ("an advert for a course", "not about {subject}", "nothing of substance", "in the catalogue already")
MOST_LISTED = 40  # titles shown before all are decided alike


@dataclass(frozen=True, slots=True)
class Done:
    """What one key did: the decisions or the edit, the cases that left the list for it with their places, what was said."""

    decided: tuple[desk.Decided, ...]
    left: tuple[tuple[int, Case], ...]
    said: str
    edit: desk.Edit | None = None


class Session:
    """One sitting of one curator over a list of cases."""

    def __init__(self, observatory: Observatory, cases: Sequence[Case], by: str, keys: Keys, screen: Console) -> None:
        self._observatory, self._by, self._keys, self._screen = observatory, by, keys, screen
        self._cases = list(cases)
        self._place = 0
        self._words = ""  # only cases that hold them are shown
        self._done: list[Done] = []
        self._said = ""
        self._over = False

    def run(self) -> int:
        """Show case after case until the list or the person's patience ends; returns how many decisions stand."""
        while not self._over:
            shown = self._shown()
            if self._place >= len(shown):
                self._close()
                continue
            case = shown[self._place]
            if self._is_open(case):
                self._draw(case)
                self._press(case, self._keys.read())
            else:
                self._cases.remove(case)
                self._said = f"decided meanwhile: {cards.headline(case)}"
        return sum(len(done.decided) + bool(done.edit) for done in self._done)

    @property
    def left(self) -> int:
        """How many cases still wait."""
        return len(self._cases)

    # ------------------------------------------------------------ what is shown

    def _shown(self) -> list[Case]:
        return [case for case in self._cases if is_about(case, self._words)]

    def _is_open(self, case: Case) -> bool:
        """Whether a case is still to be decided: another curator may have been here meanwhile, or what it is about be no policy."""
        if isinstance(case, Proposal):
            policy = self._observatory.store.entry(case.policy)
            return policy is not None and policy.kind is EntryKind.POLICY
        entries = _entries(case)
        now = [self._observatory.store.entry(entry.id) for entry in entries]
        return all(a and (a.id, a.status) == (b.id, b.status) for a, b in zip(now, entries, strict=True))

    def _draw(self, case: Case) -> None:
        shown = self._shown()
        minutes = -(-len(shown) * SECONDS_EACH // 60)
        only = f" that name {self._words!r}" if self._words else ""
        budget = f"{len(shown)} to decide{only}, about {minutes} minutes"
        self._screen.clear()
        self._screen.print(Text(clean(f"{budget}  ·  {self._place + 1} of {len(shown)}"), style="dim"))
        self._screen.rule(style="dim")
        self._screen.print(cards.card(case))
        self._screen.rule(style="dim")
        self._tell()
        self._screen.print(cards.menu((key, word) for key, (word, _do) in _keys_for(case).items()))

    def _tell(self) -> None:
        if self._said:
            self._screen.print(Text(clean(self._said), style="green"))
        self._said = ""

    def _close(self) -> None:
        """Stand at the end of the list: the last step can still be undone, and what was skipped be looked at again."""
        self._screen.clear()
        self._tell()
        waits = f"{len(self._shown())} of those shown still wait" if self._shown() else "nothing is left here"
        self._screen.print(Text(f"{waits}; {len(self._cases)} in all"))
        self._screen.print(cards.menu(ENDING))
        key = self._keys.read()
        if key == "u":
            self._guarded(self.undo)
        elif key in ("p", "f") and self._cases:
            self._words, self._place = "", 0
        elif key in ("q", END, STOP, "\n"):
            self._over = True

    # ------------------------------------------------------------ keys

    def _press(self, case: Case, key: str) -> None:
        if key in (END, STOP):
            self._over = True
        elif found := _keys_for(case).get("s" if key == " " else key):
            self._guarded(lambda: found[1](self, case))
        elif key.isprintable():
            self._said = f"no such key: {key}"

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do what a key asks for; what can't be done is said, and the walk goes on."""
        try:
            act()
        except ObservatoryError as error:
            self._said = f"nothing was changed: {error}"

    def _ask(self, question: str) -> str | None:
        said = self._keys.line(question)
        if said is None:
            self._said = "left; nothing was changed"
        return said

    # ------------------------------------------------------------ deciding

    def decide(self, cases: Sequence[Case], decisions: Sequence[Decision], said: str, *, stays: bool = False) -> None:
        """Write decisions; the cases that they settle leave the list, one that `stays` is shown as it now is."""
        decided = desk.decide(self._observatory, decisions)
        self._note(Done(decided, self._places(cases), said), next((d.waits_for for d in decided if d.waits_for), None))
        if stays:
            after = {each.decision.entry: each.after for each in decided}
            self._cases = [_refreshed(case, after) for case in self._cases]
        else:
            self._leave(cases)

    def _places(self, cases: Sequence[Case]) -> tuple[tuple[int, Case], ...]:
        return tuple((n, case) for n, case in enumerate(self._cases) if any(case is each for each in cases))

    def _note(self, done: Done, waits_for: str | None) -> None:
        self._done.append(done)
        self._said = done.said + (f" (takes effect with the next ingest: {waits_for})" if waits_for else "")

    def _leave(self, cases: Sequence[Case]) -> None:
        gone = {id(case) for case in cases}
        self._cases = [case for case in self._cases if id(case) not in gone]

    def _decision(self, entry: str, action: Action, **what: object) -> Decision:
        return replace(Decision(entry=entry, action=action, by=self._by, when=self._observatory.now), **what)  # type: ignore[arg-type]

    def _change(self, case: Case, action: Action, fields: tuple[tuple[str, tuple[str, ...]], ...], said: str) -> None:
        assert isinstance(case, Waiting)
        self.decide([case], [self._decision(case.entry.id, action, fields=fields)], said, stays=True)

    # ------------------------------------------------------------ what the keys of an entry do

    def accept(self, case: Case) -> None:
        self._settle([case], Action.ACCEPT, "", "accepted")

    def reject(self, case: Case) -> None:
        if why := self._reason():
            self._settle([case], Action.REJECT, why, f"rejected: {why}")

    def restore(self, case: Case) -> None:
        self._settle([case], Action.RESTORE, "", "given back to the rules")

    def _settle(self, cases: Sequence[Case], action: Action, why: str, said: str) -> None:
        names = [case.entry.id for case in cases if isinstance(case, Waiting)]
        about = cards.headline(cases[0]) if len(cases) == 1 else f"{len(cases)} entries"
        self.decide(cases, [self._decision(name, action, why=why) for name in names], f"{said} – {about}")

    def _reason(self) -> str | None:
        reasons = [reason.format(subject=self._observatory.config.site.subject) for reason in REASONS]
        offered = ", ".join(f"{n} {reason}" for n, reason in enumerate(reasons, 1))
        said = self._ask(f"why? {offered}, or your own words")
        if said is not None and not clean(said):
            self._said = "a reason is needed; nothing was changed"
        number = int(said) if said and said.isdecimal() and len(said) < 3 else 0
        return reasons[number - 1] if 0 < number <= len(reasons) else clean(said or "")

    def merge(self, case: Case) -> None:
        assert isinstance(case, Waiting)
        doubles = case.doubles[: cards.MOST_DOUBLES]
        offered = f"1 to {len(doubles)}, or " if doubles else ""
        said = self._ask(f"one work with which? {offered}id or address")
        if not said:
            return
        number = int(said) if said.isdecimal() and len(said) < 3 else 0
        into = _other(doubles[number - 1], case.entry.id).id if 0 < number <= len(doubles) else said
        self.decide([case], [self._decision(case.entry.id, Action.MERGE, into=into)], f"merged into {into}")

    def tag(self, case: Case) -> None:
        if said := self._ask("tags? such as +recognition -vet +IE"):
            fields = desk.tag(said.split())
            self._change(case, Action.TAG, fields, f"tagged {said}")

    def set_kind(self, case: Case) -> None:
        self._choose(case, "kind", EntryKind)

    def set_level(self, case: Case) -> None:
        self._choose(case, "level", Level)

    def set_stage(self, case: Case) -> None:
        self._choose(case, "stage", Stage)

    def _choose(self, case: Case, name: str, values: type[StrEnum]) -> None:
        """Ask for a value of a closed list; its first letters are enough."""
        said = self._ask(f"{name}? {', '.join(values)}")
        if not said:
            return
        found = [value.value for value in values if value.value.casefold() == said.casefold()]
        found = found or [value.value for value in values if value.value.casefold().startswith(said.casefold())]
        if len(found) != 1:
            self._said = f"{'several' if found else 'no'} {name}s begin with {said!r}; nothing was changed"
            return
        self._change(case, Action.SET, ((name, (found[0],)),), f"{name} is {found[0]} now")

    def never_from_here(self, case: Case) -> None:
        """Let the sources that showed it leave out its path, so that nothing from there waits again."""
        assert isinstance(case, Waiting)
        paths = desk.paths_of(self._observatory, case.entry)
        if not paths:
            self._said = "no watched source showed it under a path of its own; reject it instead"
            return
        if (said := self._ask(f"never from which path again? (Enter: {paths[0][1]})")) is None:
            return
        paths = tuple((source, said or path) for source, path in paths)
        edit = desk.leave_out(self._observatory, paths)
        out = [each for each in self._cases if isinstance(each, Waiting) and _is_left_out(each, paths)]
        said = f"{edit.said} (sources.yaml); {len(out)} of those that waited are out"
        self._note(Done((), self._places(out), said, edit), edit.waits_for)
        self._leave(out)

    def decide_all(self, _case: Case) -> None:
        """Decide all that is shown alike, after they were named and their number was typed."""
        cases = [case for case in self._shown() if isinstance(case, Waiting)]
        self._screen.clear()
        for case in cases[:MOST_LISTED]:
            self._screen.print(Text(f"  {cards.headline(case)}", overflow="ellipsis", no_wrap=True))
        if len(cases) > MOST_LISTED:
            self._screen.print(Text(f"  … and {len(cases) - MOST_LISTED} more"))
        said = self._ask(f"all {len(cases)}: a accept, r reject, t tag (anything else: back)")
        if said not in ("a", "r", "t"):
            return
        why, tags = (self._reason() if said == "r" else ""), (self._ask("tags?") if said == "t" else "")
        if why is None or tags is None or (said == "r" and not why) or (said == "t" and not tags):
            return
        if self._ask(f"type {len(cases)} to say that all {len(cases)} are meant") != str(len(cases)):
            self._said = "left; nothing was changed"
        elif said == "t":
            fields = desk.tag(tags.split())
            tagged = [self._decision(case.entry.id, Action.TAG, fields=fields) for case in cases]
            self.decide(cases, tagged, f"tagged {len(cases)} entries {tags}", stays=True)
        else:
            action, told = (Action.ACCEPT, "accepted") if said == "a" else (Action.REJECT, f"rejected: {why}")
            self._settle(cases, action, why, told)

    # ------------------------------------------------------------ what the keys of a pair and of a step do

    def merge_pair(self, case: Case) -> None:
        assert isinstance(case, Pair)
        self._join(case, case.other, case.one)

    def merge_pair_back(self, case: Case) -> None:
        assert isinstance(case, Pair)
        self._join(case, case.one, case.other)

    def _join(self, case: Case, entry: Entry, into: Entry) -> None:
        decision = self._decision(entry.id, Action.MERGE, into=into.id)
        self.decide([case], [decision], f"merged {entry.id} into {into.id}")

    def keep_apart(self, case: Case) -> None:
        assert isinstance(case, Pair)
        decision = self._decision(case.one.id, Action.UNMERGE, into=case.other.id)
        self.decide([case], [decision], f"two works: {case.one.id}, {case.other.id}")

    def accept_step(self, case: Case) -> None:
        assert isinstance(case, Proposal)
        day = str(case.sign.date) if case.sign.date else self._ask("when? such as 2026-11-23")
        if day:
            self._judge_step(case, {"day": day}, is_one=True)

    def refuse_step(self, case: Case) -> None:
        self._judge_step(case, {}, is_one=False)

    def _judge_step(self, case: Case, said: Mapping[str, str | None], *, is_one: bool) -> None:
        assert isinstance(case, Proposal)
        stage = case.sign.stage
        decision = desk.step(self._observatory, case.policy, stage, self._by, is_one=is_one, said=said)
        word = "a step" if is_one else "no step"
        self.decide([case], [decision], f"{word}: {case.policy}, {stage.value}")

    # ------------------------------------------------------------ what the keys of all cases do

    def open(self, case: Case) -> None:
        addresses = [url for address in addresses_of(case) if (url := safe_url(address or ""))]
        for url in addresses[:2] if isinstance(case, Pair) else addresses[:1]:
            self._said = f"opened {url}" if webbrowser.open(url) else f"no browser here; the address is {url}"
        if not addresses:
            self._said = "it has no address"

    def narrow(self, _case: Case) -> None:
        if (said := self._ask("show only what names (empty: all)")) is None:
            return
        before, self._words = self._words, said
        if not self._shown():
            self._words, self._said = before, f"nothing waits that names {said!r}"
        self._place = 0

    def skip(self, _case: Case) -> None:
        self._place += 1

    def back(self, _case: Case) -> None:
        self._place = max(0, self._place - 1)

    def undo(self, _case: Case | None = None) -> None:
        if not self._done:
            self._said = "nothing to undo"
            return
        done = self._done[-1]
        if done.edit:
            desk.put_back(self._observatory, done.edit)
        else:
            desk.take_back(self._observatory, done.decided)
        self._done.pop()
        for place, case in done.left:
            self._cases = [each for each in self._cases if not _is_same(each, case)]
            self._cases.insert(place, case)
        self._words, self._said = "", f"undone: {done.said}"
        self._place = done.left[0][0] if done.left else 0

    def quit(self, _case: Case) -> None:
        self._over = True


def is_about(case: Case, words: str) -> bool:
    """Whether a case names all of these words: in title, address, kind, publisher or source."""
    if not words:
        return True
    said = [cards.headline(case), *(part or "" for part in addresses_of(case))]
    for entry in _entries(case):
        said += [entry.kind.value, entry.work.publisher or "", *(seen.source_id for seen in entry.provenances)]
    held = fold(" ".join(said))
    return all(word in held for word in fold(words).split())


def sources_of(case: Case) -> frozenset[str]:
    """Name the sources that showed what a case is about."""
    return frozenset(seen.source_id for entry in _entries(case) for seen in entry.provenances)


def addresses_of(case: Case) -> Iterable[str | None]:
    """Give the addresses that a case can be looked at by, the best first."""
    match case:
        case Waiting():
            return (case.entry.work.url, case.entry.work.seen_at, case.entry.work.pdf_url)
        case Pair():
            return (case.one.work.url or case.one.work.seen_at, case.other.work.url or case.other.work.seen_at)
        case Proposal():
            return (case.sign.url,)


def _entries(case: Case) -> tuple[Entry, ...]:
    match case:
        case Waiting():
            return (case.entry,)
        case Pair():
            return (case.one, case.other)
        case Proposal():
            return ()


def _refreshed(case: Case, after: Mapping[str, Entry | None]) -> Case:
    entry = after.get(case.entry.id) if isinstance(case, Waiting) else None
    return replace(case, entry=entry) if entry and isinstance(case, Waiting) else case


def _is_left_out(case: Waiting, paths: Sequence[tuple[str, str]]) -> bool:
    """Whether all that showed an entry leaves its path out now."""
    out = {source for source, path in paths if is_under(case.entry.work.url or "", path)}
    return bool(out) and {seen.source_id for seen in case.entry.provenances} <= out


def _keys_for(case: Case) -> Mapping[str, tuple[str, Act]]:
    match case:
        case Waiting() if case.entry.status is Status.REJECTED:
            return {**REJECTED_KEYS, **COMMON_KEYS}
        case Waiting():
            return {**ENTRY_KEYS, **COMMON_KEYS}
        case Pair():
            return {**PAIR_KEYS, **COMMON_KEYS}
        case Proposal():
            return {**STEP_KEYS, **COMMON_KEYS}


def _other(pair: Pair, own: str) -> Entry:
    return pair.other if pair.one.id == own else pair.one


def _is_same(one: Case, other: Case) -> bool:
    if isinstance(one, Waiting) and isinstance(other, Waiting):
        return one.entry.id == other.entry.id
    return one == other


Act = Callable[[Session, Case], None]
ENTRY_KEYS: Mapping[str, tuple[str, Act]] = {
    "a": ("accept", Session.accept),
    "r": ("reject", Session.reject),
    "m": ("merge", Session.merge),
    "t": ("tag", Session.tag),
    "k": ("kind", Session.set_kind),
    "l": ("level", Session.set_level),
    "g": ("stage", Session.set_stage),
    "n": ("never from here", Session.never_from_here),
    "b": ("all shown", Session.decide_all),
}
REJECTED_KEYS: Mapping[str, tuple[str, Act]] = {
    "a": ("accept", Session.accept),
    "e": ("let the rules decide", Session.restore),
}
PAIR_KEYS: Mapping[str, tuple[str, Act]] = {
    "m": ("one work, keep the left", Session.merge_pair),
    "M": ("keep the right", Session.merge_pair_back),
    "n": ("two works", Session.keep_apart),
}
STEP_KEYS: Mapping[str, tuple[str, Act]] = {
    "a": ("it is a step", Session.accept_step),
    "r": ("it is none", Session.refuse_step),
}
ENDING = (("u", "undo"), ("p", "look again"), ("q", "quit"))
COMMON_KEYS: Mapping[str, tuple[str, Act]] = {
    "o": ("open", Session.open),
    "f": ("only …", Session.narrow),
    "s": ("skip", Session.skip),
    "p": ("back", Session.back),
    "u": ("undo", Session.undo),
    "q": ("quit", Session.quit),
}
