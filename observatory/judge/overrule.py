"""What curators' decisions make of an entry: a function of the *set* of decisions, never of their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import UnionType
from typing import Any, get_args, get_type_hints

from observatory import text
from observatory.model import Action, Creator, Decision, PartialDate, Reason, Stage, Status, Step, SummaryBy, Work

_STATUS = {Action.ACCEPT: Status.PUBLISHED, Action.REJECT: Status.REJECTED, Action.RESTORE: None}
_VERB = {
    Action.ACCEPT: "accepted",
    Action.REJECT: "rejected",
    Action.RESTORE: "restored to what the rules say",
    Action.MERGE: "merged",
    Action.UNMERGE: "kept apart",
    Action.TAG: "tagged",
    Action.SET: "corrected",
    Action.VERIFY: "looked at",
}


@dataclass(frozen=True, slots=True)
class Overruled:
    """The state that a set of decisions adds up to. `merges`: pairs of names → together (True) or apart (False)."""

    status: Status | None = None
    accepted_at: datetime | None = None
    verified: datetime | None = None  # when a person last looked at it
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merges: Mapping[frozenset[str], bool] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    by: tuple[str, ...] = ()

    def apply(self, work: Work) -> Work:
        """Write the fields that people set over what the rules and sources say."""
        changed: dict[str, Any] = {}
        for name in sorted(self.values):
            target = name.lstrip("+-")
            before = changed.get(target, getattr(work, target))
            changed[target] = _valued(target, name, before, self.values[name])
        if "summary" in changed:
            changed["summary_by"] = SummaryBy.US
        if "note" in changed:  # another's words: whose is said with `note_by`
            changed.setdefault("note_by", None)
            changed |= {"note_on": None, "note_for": ()}
        return replace(work, **changed) if changed else work


def overrule(decisions: Iterable[Decision]) -> Overruled:
    """Add up decisions: per entry and field the latest `when` counts, equal times are settled by curator and value."""
    ordered = sorted(set(decisions), key=_order)
    status, accepted_at = None, None
    values: dict[str, tuple[str, ...]] = {}
    merges: dict[frozenset[str], bool] = {}
    for decision in ordered:
        if decision.action in _STATUS:
            status = _STATUS[decision.action]
            accepted_at = decision.when if status is Status.PUBLISHED else None
        elif decision.into:
            pair = frozenset((_name(decision.entry), _name(decision.into)))
            merges.pop(pair, None)  # so that they stand in the order of the latest word on each
            merges[pair] = decision.action is Action.MERGE
        for name, value in decision.fields:
            _tag(values, name, value)
    return Overruled(
        status=status,
        accepted_at=accepted_at,
        verified=max((each.when for each in ordered if each.action is Action.VERIFY), default=None),
        values=values,
        merges=merges,
        reasons=tuple(_reason(decision) for decision in reversed(ordered)),
        by=tuple(sorted({decision.by for decision in ordered})),
    )


def _tag(values: dict[str, tuple[str, ...]], name: str, value: tuple[str, ...]) -> None:
    """Note a field's value; `+topics` and `-topics` undo each other value by value, and a plain `topics` starts anew."""
    if name[0] not in "+-":
        values.pop(f"+{name}", None)
        values.pop(f"-{name}", None)
        values[name] = value
        return
    opposite = f"{'-' if name[0] == '+' else '+'}{name[1:]}"
    undone = {_mark(name, v) for v in value}
    values[opposite] = tuple(v for v in values.get(opposite, ()) if _mark(name, v) not in undone)
    values[name] = tuple(sorted({v for v in values.get(name, ()) if _mark(name, v) not in undone} | set(value)))


def _mark(name: str, value: str) -> str:
    """What tells a value from others of its field: a step is one by its date and stage."""
    return mark_of_step(value) if name.lstrip("+-") == "steps" else value


def _name(entry: str) -> str:
    return text.canonical_url(entry) or entry if "://" in entry else entry


def taken_back(decisions: Iterable[Decision]) -> frozenset[Decision]:
    """Find the merges that were taken back since, and what took them back: what nobody holds any more is no reason."""
    pairs: dict[frozenset[str], list[Decision]] = {}
    for decision in sorted(set(decisions), key=_order):
        if decision.into:
            pairs.setdefault(frozenset((_name(decision.entry), _name(decision.into))), []).append(decision)
    found: set[Decision] = set()
    for same in pairs.values():
        was_merged = any(each.action is Action.MERGE for each in same)
        found.update(same[:-1] if same[-1].action is Action.MERGE or not was_merged else same)
    return frozenset(found)


def _order(decision: Decision) -> tuple[object, ...]:
    """Order decisions by time; equal times are settled by curator and value."""
    return (decision.when, decision.by, decision.action, decision.entry, decision.into or "", decision.fields)


def _reason(decision: Decision) -> Reason:
    into = f" with {decision.into}" if decision.into else ""
    why = f": {decision.why}" if decision.why else ""
    return Reason("decision", f"{_VERB[decision.action]}{into} by {decision.by} on {decision.when:%Y-%m-%d}{why}")


def _valued(target: str, name: str, before: Any, value: tuple[str, ...]) -> Any:
    if target == "steps":
        return _with_steps(before, name, value)
    if name.startswith("+"):
        return tuple(sorted({*before, *value}))
    if name.startswith("-"):
        return tuple(v for v in before if v not in value)
    return _read(target, value)


def _with_steps(before: tuple[Step, ...], name: str, value: tuple[str, ...]) -> tuple[Step, ...]:
    """Add, take away or replace steps; one of the same date and stage takes the place of the other."""
    named = {mark_of_step(said) for said in value}
    kept = () if name == "steps" else tuple(s for s in before if f"{s.date}|{s.stage.value}" not in named)
    added = () if name.startswith("-") else tuple(map(step_of, value))
    return tuple(sorted((*kept, *added), key=lambda step: (step.date, step.stage, step.what)))


def step_of(said: str) -> Step:
    """Read a step from the form that a decision keeps it in: `date|stage|what|url|quote|snapshot`."""
    date, stage, what, url, quote, snapshot = (*said.split("|"), "", "", "", "")[:6]
    return Step(PartialDate.parse(date), Stage(stage), what, url or None, quote, snapshot or None)


def mark_of_step(said: str) -> str:
    """Give the date and the stage of a step in that form."""
    return "|".join(said.split("|")[:2])


_HINTS = get_type_hints(Work)


def _read(target: str, value: tuple[str, ...]) -> Any:
    """Read a field's value from the words in a decision file; the file was validated when it was loaded."""
    hint = _HINTS[target]
    if target == "creators":
        return tuple(Creator(name) for name in value)
    if str(hint).startswith("tuple"):
        return value
    options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    single = value[0] if value else ""
    if not single and type(None) in options:
        return None
    if bool in options:
        return single == "true"
    if PartialDate in options:
        return PartialDate.parse(single)
    return options[0](single)


SETTABLE = tuple(
    sorted(
        {f.name for f in fields(Work)}
        - {
            "steps",
            "relations",
            "cited_by",
            "cited_by_on",
            "titles",
            "identifiers",
            "text",
            "summary_by",
            "note_on",
            "note_for",
        }
    )
)
