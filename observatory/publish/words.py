"""The words that readers see for our closed lists, and dates in their precision. Marked here, translated where shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from unicodedata import combining, normalize

from observatory.model import (
    ChangeKind,
    EntryKind,
    EventStatus,
    EvidenceType,
    Instrument,
    Level,
    Part,
    PartialDate,
    Recurrence,
    RelationType,
    Rhythm,
    Section,
    SourceState,
    Stage,
)

Gettext = Callable[[str], str]


def N_(text: str) -> str:  # the usual name of gettext's marker
    """Mark a text for translation; it is translated where it is shown."""
    return text


KINDS: Mapping[EntryKind, str] = {
    EntryKind.POLICY: N_("Policy"),
    EntryKind.POSITION: N_("Position"),
    EntryKind.REPORT: N_("Report"),
    EntryKind.GUIDE: N_("Guide"),
    EntryKind.STANDARD: N_("Standard"),
    EntryKind.ARTICLE: N_("Article"),
    EntryKind.CHAPTER: N_("Chapter"),
    EntryKind.BOOK: N_("Book"),
    EntryKind.THESIS: N_("Thesis"),
    EntryKind.EVENT: N_("Event"),
    EntryKind.CALL: N_("Call"),
    EntryKind.PROJECT: N_("Project"),
    EntryKind.ORGANISATION: N_("Organisation"),
    EntryKind.RESOURCE: N_("Resource"),
    EntryKind.NEWS: N_("News"),
    EntryKind.MEDIA: N_("Media"),
}
KINDS_PLURAL: Mapping[EntryKind, str] = {
    EntryKind.POLICY: N_("Policies"),
    EntryKind.POSITION: N_("Positions"),
    EntryKind.REPORT: N_("Reports"),
    EntryKind.GUIDE: N_("Guides"),
    EntryKind.STANDARD: N_("Standards"),
    EntryKind.ARTICLE: N_("Articles"),
    EntryKind.CHAPTER: N_("Chapters"),
    EntryKind.BOOK: N_("Books"),
    EntryKind.THESIS: N_("Theses"),
    EntryKind.EVENT: N_("Events"),
    EntryKind.CALL: N_("Calls"),
    EntryKind.PROJECT: N_("Projects"),
    EntryKind.ORGANISATION: N_("Organisations"),
    EntryKind.RESOURCE: N_("Resources"),
    EntryKind.NEWS: N_("News items"),
    EntryKind.MEDIA: N_("Podcasts, films and broadcasts"),
}
SECTIONS: Mapping[Section, str] = {
    Section.POLICY: N_("Policy initiatives"),
    Section.REPORTS: N_("Reports & guides"),
    Section.READING: N_("Useful reading"),
    Section.EVENTS: N_("Events & calls"),
    Section.PROJECTS: N_("Projects & networks"),
    Section.NEWS: N_("News & resources"),
}
SECTIONS_SHORT: Mapping[Section, str] = {
    Section.POLICY: N_("Policy"),
    Section.REPORTS: N_("Reports"),
    Section.READING: N_("Reading"),
    Section.EVENTS: N_("Events"),
    Section.PROJECTS: N_("Projects"),
    Section.NEWS: N_("News"),
}
SECTION_LEADS: Mapping[Section, str] = {
    Section.POLICY: N_(
        "Acts, plans, frameworks and funding schemes of public authorities, and what organisations say they want."
    ),
    Section.REPORTS: N_(
        "Studies, surveys and evaluations of national and international bodies; guides, toolkits and standards."
    ),
    Section.READING: N_("Journal articles, conference papers, chapters, books and theses."),
    Section.EVENTS: N_(
        "Conferences, webinars and seminars; calls for funding, papers and evidence with their deadlines."
    ),
    Section.PROJECTS: N_("Projects with their partners, networks, observatories and bodies that work on the subject."),
    Section.NEWS: N_("News, podcasts and press; institutional pages, registers, glossaries and tools."),
}
LEVELS: Mapping[Level, str] = {
    Level.EU: N_("European Union"),
    Level.EHEA: N_("European Higher Education Area"),
    Level.NATIONAL: N_("National"),
    Level.REGIONAL: N_("Regional"),
    Level.INSTITUTION: N_("Institution"),
    Level.SECTOR: N_("Sector"),
    Level.GLOBAL: N_("Global"),
}
LEVEL_LEADS: Mapping[Level, str] = {
    Level.EU: N_("Works that speak for the European Union or that its bodies rule by."),
    Level.EHEA: N_("Works of the Bologna Process and its bodies."),
    Level.NATIONAL: N_("Works that speak for a state or rule over it."),
    Level.REGIONAL: N_("Works that speak for a part of a state that makes its own rules."),
    Level.INSTITUTION: N_("Works of one university or provider about what it does itself."),
    Level.SECTOR: N_("Works of associations: rectors’ conferences, unions, employers, agencies’ networks."),
    Level.GLOBAL: N_("Works of world-wide scope, or of no one place."),
}
INSTRUMENTS: Mapping[Instrument, str] = {
    Instrument.LAW: N_("Law"),
    Instrument.DECREE: N_("Decree"),
    Instrument.RECOMMENDATION: N_("Recommendation"),
    Instrument.COMMUNICATION: N_("Communication"),
    Instrument.COMMUNIQUE: N_("Communiqué"),
    Instrument.FRAMEWORK: N_("Framework"),
    Instrument.GUIDELINES: N_("Guidelines"),
    Instrument.FUNDING_SCHEME: N_("Funding scheme"),
    Instrument.PILOT: N_("Pilot"),
    Instrument.AGREEMENT: N_("Agreement"),
}
STAGES: Mapping[Stage, str] = {
    Stage.DESIGN: N_("preparing"),
    Stage.LEGISLATIVE_PROCESS: N_("in parliament"),
    Stage.APPROVED: N_("adopted"),
    Stage.PILOT: N_("pilot"),
    Stage.IMPLEMENTATION: N_("in force"),
    Stage.COMPLETED: N_("ended"),
    Stage.DISCONTINUED: N_("withdrawn"),
}
EVIDENCE: Mapping[EvidenceType, str] = {
    EvidenceType.SYSTEMATIC_REVIEW: N_("systematic review"),
    EvidenceType.QUANTITATIVE: N_("quantitative"),
    EvidenceType.QUALITATIVE: N_("qualitative"),
    EvidenceType.MIXED: N_("mixed methods"),
    EvidenceType.CONCEPTUAL: N_("conceptual"),
    EvidenceType.BIBLIOMETRIC: N_("bibliometric"),
    EvidenceType.CASE: N_("case study"),
    EvidenceType.POLICY_ANALYSIS: N_("policy analysis"),
}
RELATIONS: Mapping[RelationType, str] = {
    RelationType.ABOUT: N_("About"),
    RelationType.IMPLEMENTS: N_("Implements"),
    RelationType.ADOPTS: N_("Adopts"),
    RelationType.AMENDS: N_("Amends"),
    RelationType.REPEALS: N_("Repeals"),
    RelationType.VERSION_OF: N_("Another version of"),
    RelationType.TRANSLATION_OF: N_("Translation of"),
    RelationType.PART_OF: N_("Part of"),
    RelationType.RESPONDS_TO: N_("Responds to"),
    RelationType.BASED_ON: N_("Based on"),
    RelationType.EVALUATES: N_("Evaluates"),
}
RELATIONS_BACK: Mapping[RelationType, str] = {
    RelationType.ABOUT: N_("About this"),
    RelationType.IMPLEMENTS: N_("Who followed"),
    RelationType.ADOPTS: N_("Adopted by"),
    RelationType.AMENDS: N_("Amended by"),
    RelationType.REPEALS: N_("Repealed by"),
    RelationType.VERSION_OF: N_("Other versions"),
    RelationType.TRANSLATION_OF: N_("Translations"),
    RelationType.PART_OF: N_("Its parts"),
    RelationType.RESPONDS_TO: N_("Responses"),
    RelationType.BASED_ON: N_("Basis of"),
    RelationType.EVALUATES: N_("Evaluated by"),
}
CHANGES: Mapping[ChangeKind, str] = {
    ChangeKind.NEW: N_("First seen"),
    ChangeKind.UPDATED: N_("Updated"),
    ChangeKind.TEXT: N_("Text of the page changed"),
    ChangeKind.STAGE: N_("Stage moved"),
    ChangeKind.LINK_DEAD: N_("Link found dead"),
    ChangeKind.CORRECTED: N_("Corrected"),
    ChangeKind.RETRACTED: N_("Retracted"),
    ChangeKind.WITHDRAWN: N_("Withdrawn by its publisher"),
    ChangeKind.CANCELLED: N_("Called off"),
}
EVENT_STATUS: Mapping[EventStatus, str] = {
    EventStatus.CANCELLED: N_("cancelled"),
    EventStatus.POSTPONED: N_("postponed"),
}
RECURS: Mapping[Recurrence, str] = {
    Recurrence.DAILY: N_("every day"),
    Recurrence.WEEKLY: N_("every week"),
    Recurrence.MONTHLY: N_("every month"),
    Recurrence.YEARLY: N_("every year"),
}
PARTS: Mapping[Part, str] = {
    Part.EUROPE: N_("EU and Bologna"),
    Part.COUNTRIES: N_("Countries A–Z"),
    Part.RESEARCH: N_("Research"),
    Part.CHANGED: N_("What changed"),
    Part.AHEAD: N_("Dates ahead"),
    Part.SHELF: N_("From the shelf"),
}
RHYTHMS: Mapping[Rhythm, str] = {Rhythm.WEEKLY: N_("weekly"), Rhythm.MONTHLY: N_("monthly")}
LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    EntryKind: KINDS,  # type: ignore[dict-item]  # mappings are invariant in their key
    Section: SECTIONS,  # type: ignore[dict-item]
    Level: LEVELS,  # type: ignore[dict-item]
    Instrument: INSTRUMENTS,  # type: ignore[dict-item]
    Stage: STAGES,  # type: ignore[dict-item]
    EvidenceType: EVIDENCE,  # type: ignore[dict-item]
    ChangeKind: CHANGES,  # type: ignore[dict-item]
    Rhythm: RHYTHMS,  # type: ignore[dict-item]
}

LANGUAGES: Mapping[str, str] = {
    "ar": N_("Arabic"),
    "bg": N_("Bulgarian"),
    "bs": N_("Bosnian"),
    "ca": N_("Catalan"),
    "cs": N_("Czech"),
    "cy": N_("Welsh"),
    "da": N_("Danish"),
    "de": N_("German"),
    "el": N_("Greek"),
    "en": N_("English"),
    "es": N_("Spanish"),
    "et": N_("Estonian"),
    "eu": N_("Basque"),
    "fi": N_("Finnish"),
    "fr": N_("French"),
    "ga": N_("Irish"),
    "gl": N_("Galician"),
    "he": N_("Hebrew"),
    "hr": N_("Croatian"),
    "hu": N_("Hungarian"),
    "is": N_("Icelandic"),
    "it": N_("Italian"),
    "ja": N_("Japanese"),
    "ka": N_("Georgian"),
    "kk": N_("Kazakh"),
    "ko": N_("Korean"),
    "lt": N_("Lithuanian"),
    "lv": N_("Latvian"),
    "mk": N_("Macedonian"),
    "ms": N_("Malay"),
    "mt": N_("Maltese"),
    "nb": N_("Norwegian"),
    "nl": N_("Dutch"),
    "nn": N_("Norwegian"),
    "no": N_("Norwegian"),
    "pl": N_("Polish"),
    "pt": N_("Portuguese"),
    "ro": N_("Romanian"),
    "ru": N_("Russian"),
    "sk": N_("Slovak"),
    "sl": N_("Slovenian"),
    "sq": N_("Albanian"),
    "sr": N_("Serbian"),
    "sv": N_("Swedish"),
    "th": N_("Thai"),
    "tr": N_("Turkish"),
    "uk": N_("Ukrainian"),
    "vi": N_("Vietnamese"),
    "zh": N_("Chinese"),
}

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
MONTHS_SHORT = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)

# How a source stands, as readers are told it.
SOURCE_STATES: Mapping[SourceState, str] = {
    SourceState.WELL: N_("answers"),
    SourceState.ILL: N_("does not answer"),
    SourceState.SILENT: N_("answers, and has had nothing new for longer than usual"),
    SourceState.MOVED: N_("answers at another address"),
    SourceState.GONE: N_("its address is gone for good"),
    SourceState.WAITING: N_("its budget for the day is spent"),
    SourceState.NEW: N_("not asked yet"),
    SourceState.DISABLED: N_("switched off"),
    SourceState.BY_HAND: N_("kept by hand"),
}


def label(member: StrEnum) -> str:
    """Give the (untranslated) word that readers see for a member of a closed list."""
    return LABELS[type(member)][member]


def say_date(date: PartialDate, gettext: Gettext, *, short: bool = False) -> str:
    """Write a date as precisely as it is known: `16 June 2022`, `June 2022`, `2022`."""
    if not date.month:
        return str(date.year)
    month = gettext((MONTHS_SHORT if short else MONTHS)[date.month - 1])
    return f"{date.day} {month} {date.year}" if date.day else f"{month} {date.year}"


def sortable(name: str) -> str:
    """Sort Å as A: readers of English look there."""
    return "".join(letter for letter in normalize("NFD", name) if not combining(letter)).casefold()
