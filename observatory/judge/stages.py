"""The stage of a policy: what people say of it, and the steps that they wrote down. Pure; no rule's guess ever moves it.

Who may set a stage: a hand-kept record, a decision, and the register of law itself (CELLAR's record of an act). What rules or
other sources read is a sign (`judge/steps.py`), which waits for a curator. Positions and all other kinds carry no stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from observatory.judge.overrule import step_of
from observatory.model import Change, ChangeKind, Decision, EntryKind, Item, Stage, Step, Work


def staged(work: Work, items: Sequence[Item], decisions: Iterable[Decision]) -> Work:
    """Give a work the stage that people gave it, and none that was only guessed."""
    if work.kind is not EntryKind.POLICY:
        return replace(work, stage=None, steps=()) if work.stage or work.steps else work
    said = hand_kept_stage(items) or registered_stage(items)
    for decision in sorted(decisions, key=lambda d: (d.when, d.by)):
        said = _said(work, decision, said)
    return replace(work, stage=said)


def _said(work: Work, decision: Decision, before: Stage | None) -> Stage | None:
    """What a decision makes of the stage: what it sets, else that of the latest step once it changes the steps."""
    fields = dict(decision.fields)
    if "stage" in fields:
        return Stage(fields["stage"][0]) if fields["stage"] else None
    if any(name.lstrip("+-") == "steps" for name in fields):
        return stage_at(work.steps, decision.when) or before
    return before


def stage_at(steps: Iterable[Step], day: datetime) -> Stage | None:
    """Give the stage of the latest step up to a day; None when there is none."""
    past = [step for step in steps if step.date.first_day <= day.date()]
    order = list(Stage)
    return max(past, key=lambda step: (step.date.first_day, order.index(step.stage))).stage if past else None


def registered_stage(items: Iterable[Item]) -> Stage | None:
    """Give the stage that the register of law itself states in its record of an act."""
    views = (view.finding for item in items for view in item.views)
    said = (view.work.stage for view in views if view.role == "record" and view.work.celex)
    return next((stage for stage in said if stage), None)


def stage_changes(decisions: Iterable[Decision], before: Stage | None = None) -> Iterator[Change]:
    """Tell the stages that curators moved, when they did: what readers and editions hear of.

    A hand-kept record's own steps are no news of the day on which someone edits the file; the stage that it gave is `before`.
    A change's fields name the stage that a policy left, where it is known, and the one that it reached.
    """
    for decision in sorted(decisions, key=lambda d: (d.when, d.by)):
        fields = dict(decision.fields)
        for said in fields.get("+steps", ()):
            step = step_of(said)
            yield _moved(decision, before, step.stage, f"{step.date}: {step.what}".rstrip(": "))
            before = step.stage
        if fields.get("stage") and "+steps" not in fields:
            stage = Stage(fields["stage"][0])
            if stage is not before:
                yield _moved(decision, before, stage, decision.why)
            before = stage


def _moved(decision: Decision, before: Stage | None, after: Stage, said: str) -> Change:
    left = (before.value,) if before and before is not after else ()
    return Change(decision.when, ChangeKind.STAGE, said, (*left, after.value))


def hand_kept_stage(items: Iterable[Item]) -> Stage | None:
    """Give the stage that a hand-kept record states."""
    return next((item.work.stage for item in items if item.curated and item.work.stage), None)
