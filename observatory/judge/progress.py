"""How far a policy has come, by its own words; where they say nothing, by the genre of the act. Pure.

This is what the rules think, printed by `observatory judge`; only people and registers set the stage of an
entry (`judge/stages.py`). Words of a draft, a bill or an end count, and those of a step (`steps.yaml`) with less weight; a word
that is denied or still to come ("not yet adopted") says that the act is not so far.
"""

from __future__ import annotations

from observatory.judge.lexicon import Hit
from observatory.judge.reading import Reading, Zone
from observatory.judge.tags import Answer, ask
from observatory.model import STAGE_OF, Instrument, Reason, Stage, StepKind

NEAR = 3  # words between a denial and the stage that it takes back, at most
STEP = 0.5  # what a word of a step adds: steps are told of other acts too
LEAST = 0.5
_DENIABLE = (Stage.APPROVED, Stage.PILOT, Stage.IMPLEMENTATION, Stage.COMPLETED, Stage.DISCONTINUED)
# What a denied stage says for the one before it: not yet adopted, so in preparation; in force on a day to come, so adopted.
BEFORE = {Stage.APPROVED: Stage.DESIGN, Stage.IMPLEMENTATION: Stage.APPROVED}
DENIED = 0.6
# Published without a word of a draft or of a day to come: what only recommends or declares was adopted, all else is worked by.
OF_GENRE = {
    Instrument.RECOMMENDATION: Stage.APPROVED,
    Instrument.COMMUNIQUE: Stage.APPROVED,
    Instrument.PILOT: Stage.PILOT,
}


def stage_of(reading: Reading, instrument: str | None) -> tuple[Stage, Reason]:
    """Say how far a policy has come, and why."""
    answer = _said(reading)
    if best := answer.best(LEAST):
        return Stage(best), answer.reason("stage", best)
    stage = OF_GENRE.get(Instrument(instrument), Stage.IMPLEMENTATION) if instrument else Stage.IMPLEMENTATION
    return stage, Reason("stage", f"a published {instrument or 'policy'} that does not say otherwise")


def _said(reading: Reading) -> Answer:
    """Add up the words for each stage, those of steps too."""
    denied = {zone.name: _denied(zone) for zone in reading.prose}

    def counts(zone: Zone, hit: Hit) -> bool:
        return not _is_taken_back(hit, denied.get(zone.name, ()))

    own, steps = ask(reading, "stage", counts=counts), ask(reading, "step", counts=counts)
    scores, shown = dict(own.scores), dict(own.shown)
    for kind, score in steps.scores.items():
        stage = STAGE_OF[StepKind(kind)].value
        scores[stage] = scores.get(stage, 0.0) + STEP * score
        shown[stage] = (*shown.get(stage, ()), *steps.shown[kind])
    for zone, hit in reading.of("stage", *reading.prose):
        before = BEFORE.get(Stage(hit.cue.value))
        if before and not counts(zone, hit):
            scores[before] = max(scores.get(before, 0.0), DENIED)
            shown[before] = (*shown.get(before, ()), f"not or not yet {zone.said(hit)}")
    return Answer(dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))), shown)


def _denied(zone: Zone) -> tuple[int, ...]:
    """Give the places after words that take back what follows."""
    return tuple(hit.end for hit in zone.of("denial"))


def _is_taken_back(hit: Hit, denied: tuple[int, ...]) -> bool:
    stage = STAGE_OF[StepKind(hit.cue.value)] if hit.cue.about == "step" else Stage(hit.cue.value)
    return stage in _DENIABLE and any(0 <= hit.start - end <= NEAR for end in denied)
