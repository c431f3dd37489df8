"""Reading the law: which step in a policy's life a text reports, and which policy it may concern. Pure.

All of it is a guess with its evidence. A guess waits for a curator: nothing here sets a stage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from observatory import text
from observatory.judge.lexicon import Hit, Lexicon, Words, words
from observatory.model import (
    Entry,
    EntryKind,
    Item,
    Level,
    PartialDate,
    Proposal,
    RelationType,
    Relevance,
    Sign,
    Stage,
    Status,
    Step,
    StepKind,
    Vocabulary,
    Work,
)

MOST_LETTERS = 60_000  # of a text: what it reports is said long before
MOST_SIGNS = 6
MOST_QUOTED = 15  # words: enough to find the place, short enough to quote
FEWEST = 2.0  # weight of a sign that is worth a curator's time
NEAR_DAYS = 62  # two dates of one step by two sources: adopted and published lie weeks apart
# Kinds whose texts report steps; an article about a law of ten years ago is no report of it.
REPORTING = frozenset({EntryKind.POLICY, EntryKind.NEWS, EntryKind.REPORT, EntryKind.RESOURCE, EntryKind.CALL})
# "not yet adopted", "noch nicht in Kraft", "n'est pas entré en vigueur": within three words before the step.
_NO = (
    "not no never nicht kein keine pas non sin nao niet geen inte ikke ei eivat ole nav ne nie neni nije nem nu δεν не"
)
_NOT = frozenset(_NO.split())
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n+")
# A point after a number or a short word ends no sentence: "1. April", "Nr. 4".
_FALSE_END = re.compile(r"(?:^|\s)(?:\d{1,2}|nr|no|art|abs|st|par|pkt|ust|čl|č|n°)\.$", re.IGNORECASE)

# Stems of the months' names, folded. Left out is "listopad", November in Polish and Czech but October in Croatian.
_MONTHS: dict[str, int] = {
    stem: number
    for number, stems in enumerate(
        (
            "jan jaan jaen gen ocak ene sausi stycz led sijec ιανουαρ януар січ eanair tammi ian",
            "feb fev subat helmi vasari lut unor velja φεβρουαρ феврал лют feabhra frar veebr",
            "mar maerz kovo brez ozuj μαρτ март берез maalis",
            "apr avr nisan abr baland kwie dub travnj travan απριλ април квіт huhti aibrean",
            "may mai mag maj mei mayo geguz kvet svib μαι май трав bealtaine mejju touko",
            "jun juin juun haziran giu birzel cerv czerw lipnj lipanj ιουν юни черв meitheamh gunju kesa iun",
            "jul juil juul temmuz lug liep lipc lipiec cervenc srpnj srpanj ιουλ юли лип iuil lulju heina iul",
            "aug aout agust agos ago rugpju sierp srpn kolovoz αυγουστ август серп lunasa awwissu elo",
            "sep szept set eylul rugsej wrze zari ruj σεπτεμβρ септемвр верес settembru syys",
            "oct okt ekim ott out spal pazdz rij οκτωβρ октомвр жовт ottubru loka",
            "nov lapkri kasim studen νοεμβρ ноемвр samhain marras noi noe",
            "dec dez aralik dic gruod grud prosin δεκεμβρ декемвр груд nollaig dicembru joulu des det",
        ),
        1,
    )
    for stem in stems.split()
}
_NUMERIC = re.compile(
    r"(?<![\d/])(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4}))(?![\d/])"
)
_WORDED = re.compile(
    r"(?<!\d)(\d{1,2})\.?(?:st|nd|rd|th|er|º|ª)?(?: de| of|\. )? ?([^\W\d_]{3,12})\.?,?(?: de| of)? (\d{4})"
)
_YEAR_FIRST = re.compile(r"(\d{4})\.? (?:m\. |aasta |gada |metu )?([^\W\d_]{3,12}) (\d{1,2})\b")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_ONLY = re.compile(r"([^\W\d_]{3,12})\.?(?: de| of)? (\d{4})(?!\d)")


# ---------------------------------------------------------------- what a text reports


def read_signs(work: Work, said: str, vocabulary: Vocabulary) -> tuple[Sign, ...]:
    """Find the steps that a work reports, in its title, its summary and `said` (its page's text), strongest first.

    At most one sign a kind of step; in the title it weighs more.
    """
    cues = _cues(vocabulary)
    whole = words(" ".join((work.title, work.summary or "", said[:MOST_LETTERS])))
    if not any(hit.cue.about == "step" for hit in cues.find(whole)):
        return ()  # most texts report none, and one look at the whole costs a tenth of one at each sentence
    found: dict[StepKind, Sign] = {}
    for sentence, bonus in _sentences(work, said):
        for sign in _of_sentence(sentence, bonus, cues):
            held = found.get(sign.kind)
            if held is None or (sign.weight, sign.date is not None) > (held.weight, held.date is not None):
                found[sign.kind] = sign
    dated = (sign if sign.date else replace(sign, date=work.date) for sign in found.values())
    strong = [sign for sign in dated if sign.weight >= FEWEST]
    return tuple(sorted(strong, key=lambda sign: (-sign.weight, sign.kind)))[:MOST_SIGNS]


def signs_of(item: Item, vocabulary: Vocabulary) -> tuple[Sign, ...]:
    """Find the steps that an item's page or teaser reports, each with where and in which answer it was first seen so."""
    kind = item.verdict.work.kind or item.work.kind
    if item.curated or item.verdict.relevance is Relevance.NO or kind not in REPORTING:
        return ()
    view = max(item.views, key=lambda view: (view.finding.role == "page", view.finding.role))
    url, said, snapshot, seen = view.url, item.work.text or "", view.snapshot, view.first_seen
    if item.watch:
        held = item.watch.text
        url, said, snapshot, seen = item.watch.url, held.text, held.snapshot, held.first_seen
    found = read_signs(item.work, said, vocabulary)
    return tuple(replace(sign, url=url, snapshot=snapshot, seen=seen) for sign in found)


@lru_cache(maxsize=4)
def _cues(vocabulary: Vocabulary) -> Lexicon:
    return Lexicon(cue for cue in vocabulary.cues if cue.about in ("step", "act"))


def _sentences(work: Work, said: str) -> Iterator[tuple[str, float]]:
    if work.title:
        yield work.title, 1.5
    for body, bonus in ((work.summary or "", 0.5), (said[:MOST_LETTERS], 0.0)):
        held = ""
        for part in _SENTENCE.split(body):
            held = f"{held} {part}".strip()
            if not _FALSE_END.search(held):
                yield held, bonus
                held = ""
        if held:
            yield held, bonus


def _of_sentence(sentence: str, bonus: float, cues: Lexicon) -> Iterator[Sign]:
    folded = words(sentence)
    hits = cues.find(folded)
    acts = [hit for hit in hits if hit.cue.about == "act"]
    steps = [hit for hit in hits if hit.cue.about == "step" and not _is_denied(folded, hit)]
    kinds = {hit.cue.value for hit in steps}
    for hit in steps:
        if hit.cue.value == StepKind.PROPOSAL and StepKind.CONSULTATION in kinds:
            continue  # the draft is what people are consulted on: nothing was proposed to a parliament yet
        # A word for an act must be another word than the step's own: "bill" alone says nothing.
        act = next((other for other in acts if other.end <= hit.start or other.start >= hit.end), None)
        weight = hit.cue.weight + (1.0 if act else 0.0) + bonus
        day = date_in(sentence)
        why = (
            f"“{folded.said(hit)}”"
            + (f" beside “{folded.said(act)}”" if act else "")
            + (f", dated {day}" if day else "")
        )
        yield Sign(StepKind(hit.cue.value), day, _quote(sentence, folded, hit), why, weight + (0.5 if day else 0.0))


def _is_denied(said: Words, hit: Hit) -> bool:
    return not _NOT.isdisjoint(said.words[max(0, hit.start - 3) : hit.start])


def _quote(sentence: str, folded: Words, hit: Hit) -> str:
    """Give at most 15 words of the sentence, those of the step among them."""
    said = sentence.split()
    if len(said) <= MOST_QUOTED:
        return text.clean(sentence)
    middle = round(hit.start * len(said) / max(len(folded), 1))
    start = max(0, min(middle - MOST_QUOTED // 2, len(said) - MOST_QUOTED))
    cut = " ".join(said[start : start + MOST_QUOTED])
    return text.clean(("… " if start else "") + cut + (" …" if start + MOST_QUOTED < len(said) else ""))


def date_in(sentence: str) -> PartialDate | None:
    """Find the first date in a sentence, in any of our languages; to the month where no day is said."""
    found = [made for pattern, order in _FORMS for match in pattern.finditer(sentence) if (made := order(match))]
    by_day = [made for made in found if made.day]
    return min(by_day or found, key=lambda made: sentence.find(str(made.year)), default=None)


def _numeric(match: re.Match[str]) -> PartialDate | None:
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    return _made(int(year), int(month), int(day))


def _worded(day: int, month: int, year: int) -> Callable[[re.Match[str]], PartialDate | None]:
    """Read a date whose parts stand in these groups of the pattern; 0 where there is none."""

    def order(match: re.Match[str]) -> PartialDate | None:
        number = _month(match[month])
        return _made(int(match[year]), number, int(match[day]) if day else 0) if number else None

    return order


_FORMS = (
    (_NUMERIC, _numeric),
    (_WORDED, _worded(1, 2, 3)),
    (_YEAR_FIRST, _worded(3, 2, 1)),
    (_MONTH_FIRST, _worded(2, 1, 3)),
    (_MONTH_ONLY, _worded(0, 1, 2)),
)


def _made(year: int, month: int, day: int) -> PartialDate | None:
    try:
        return PartialDate(year, month, day) if 1990 <= year <= 2100 else None
    except ValueError:
        return None


def _month(name: str) -> int:
    """Tell a month by the longest stem that its name begins with; 0 when it is no month."""
    folded = text.fold(name)
    stems = [stem for stem in _MONTHS if folded.startswith(stem)]
    return _MONTHS[max(stems, key=len)] if stems else 0


# ---------------------------------------------------------------- which policy it concerns


def proposals(entries: Iterable[Entry], today: date) -> tuple[Proposal, ...]:
    """Say which steps may be missing from which policies: what waits for a curator, those that would move a stage first."""
    known = {entry.id: entry for entry in entries if entry.status in (Status.PUBLISHED, Status.PENDING)}
    policies = [e for e in known.values() if e.kind is EntryKind.POLICY and e.work.official is not False]
    names = _names(policies)
    found: dict[tuple[str, StepKind, str], Proposal] = {}
    for entry in sorted(known.values(), key=lambda e: e.id):
        for sign in entry.signs:
            for policy, why in _concerned(entry, known, policies, names):
                made = _proposal(policy, sign, entry, why, today)
                if made:
                    key = (policy.id, sign.kind, str(sign.date))
                    found[key] = max(found.get(key, made), made, key=lambda one: (one.sign.weight, one.found_in))
    return tuple(sorted(found.values(), key=lambda p: (not p.moves, p.policy, str(p.sign.date), p.sign.kind)))


def _names(policies: Sequence[Entry]) -> Mapping[str, Entry]:
    """Index policies by what a relation may name."""
    found: dict[str, Entry] = {}
    for policy in policies:
        work = policy.work
        for name in (policy.id, *policy.aliases, f"celex:{work.celex}", text.canonical_url(work.url or "")):
            if name:
                found.setdefault(name, policy)
    return found


def _concerned(
    entry: Entry, known: Mapping[str, Entry], policies: Sequence[Entry], names: Mapping[str, Entry]
) -> Iterator[tuple[Entry, str]]:
    """Find the policies that an entry's report concerns: itself, those it is about, else its country's only one under way."""
    if entry.kind is EntryKind.POLICY and entry.work.official is not False:
        yield entry, "its own page says so"
        return
    about = [r.target for r in entry.work.relations if r.type in (RelationType.ABOUT, RelationType.EVALUATES)]
    targets = [names[target] for target in about if target in names]
    yield from ((target, f"{entry.id} is about it") for target in targets)
    if targets or entry.kind not in (EntryKind.NEWS, EntryKind.REPORT, EntryKind.RESOURCE, EntryKind.CALL):
        return
    only = [p for p in policies if p.id in known and _is_of(p, entry) and p.work.stage not in _OVER]
    if len(only) == 1:
        yield (
            only[0],
            f"the only official policy of {only[0].work.jurisdiction or only[0].work.countries[0]} under way here",
        )


_OVER = (Stage.COMPLETED, Stage.DISCONTINUED)


def _is_of(policy: Entry, entry: Entry) -> bool:
    """Whether a policy is that of the one country which an entry is about; a part's is never taken for its state's."""
    work = policy.work
    if work.level not in (Level.NATIONAL, Level.REGIONAL) or len(entry.work.countries) != 1:
        return False
    place = entry.work.jurisdiction or entry.work.countries[0]
    return (work.jurisdiction or next(iter(work.countries), None)) == place


def _proposal(policy: Entry, sign: Sign, entry: Entry, why: str, today: date) -> Proposal | None:
    """Propose a step unless it stands there already or a curator said that it is none."""
    sign = _opened(sign)
    if any(_is_same(step, sign) for step in policy.work.steps) or mark(sign.date, sign.stage) in policy.dismissed:
        return None
    if not policy.work.steps and policy.work.stage is sign.stage and sign.date in (None, policy.work.date):
        return None
    ahead = bool(sign.date and sign.date.first_day > today)
    return Proposal(policy.id, sign, entry.id, why, _moves(policy, sign) and not ahead, ahead)


def _opened(sign: Sign) -> Sign:
    """Date a consultation that is open still by the day on which it was seen open: the date that it names is its end."""
    if (
        sign.kind is not StepKind.CONSULTATION
        or not sign.date
        or not sign.seen
        or sign.date.first_day <= sign.seen.date()
    ):
        return sign
    why = f"{sign.why}; open until {sign.date}"
    return replace(sign, date=PartialDate.of(sign.seen.date()), why=why)


def _is_same(step: Step, sign: Sign) -> bool:
    if step.stage is not sign.stage:
        return False
    return sign.date is None or abs((step.date.first_day - sign.date.first_day).days) <= NEAR_DAYS


def _moves(policy: Entry, sign: Sign) -> bool:
    """Whether the step would be the policy's latest, and of another stage than it has."""
    if policy.work.stage is sign.stage:
        return False
    latest = max((step.date.first_day for step in policy.work.steps), default=None)
    return latest is None or sign.date is None or sign.date.first_day >= latest


def mark(date: PartialDate | None, stage: Stage) -> str:
    """Name a step by its date and stage, as decisions do."""
    return f"{date or ''}|{stage.value}"
