"""Are two works one? Identifiers, vetoes, then guarded titles; when unsure: two, and a note for a person. Pure, symmetrical."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from observatory.judge.prints import Print
from observatory.model import EntryKind

LONG_TITLE = 5  # words from which a title is telling
MOVED = timedelta(days=62)  # two sources may tell an event's days before and after it was moved
ALIKE = 0.9  # share of words that two tellings of one long title have in common


class Answer(StrEnum):
    """What two works are to each other."""

    SAME = "same"
    VERSION = "version"
    RELATED = "related"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """The answer, why, and how strongly: stronger pairs are united first. `is_double`: a person should look."""

    answer: Answer
    why: str
    strength: int = 0
    is_double: bool = False


def compare(a: Print, b: Print) -> Likeness:
    """Say what two works are to each other; the order of the two never matters."""
    if identified := _by_identifier(a, b):
        return identified
    if why := veto(a, b):
        if _is_earlier_form(a, b):
            return Likeness(Answer.VERSION, "one title by the same authors, of two years: an earlier form", 3)
        return Likeness(Answer.RELATED if _one_series(a, b) else Answer.DIFFERENT, why)
    if a.titles & b.titles and a.title:
        return _by_title(a, b)
    return _by_likeness(a, b)


# ---------------------------------------------------------------- identifiers


def _by_identifier(a: Print, b: Print) -> Likeness | None:
    if a.celex and a.celex == b.celex:
        return Likeness(Answer.SAME, f"both are CELEX {a.celex}: one act, whatever the language", 10)
    if a.celex and b.celex:
        return Likeness(Answer.DIFFERENT, f"two acts: CELEX {min(a.celex, b.celex)} and {max(a.celex, b.celex)}")
    if shared := a.dois & b.dois:
        return Likeness(Answer.SAME, f"both have DOI {min(shared)}", 9)
    if a.doi and b.doi:
        return _two_dois(a, b)
    if a.url and a.url == b.url:
        return _one_address(a, b)
    return None


def _two_dois(a: Print, b: Print) -> Likeness:
    if a.is_preprint != b.is_preprint and a.titles & b.titles and a.title:
        return Likeness(Answer.VERSION, "a preprint and its published version", 5)
    if a.title == b.title and a.creators and a.creators == b.creators:
        return Likeness(Answer.VERSION, "one title by the same authors under two DOIs", 4)
    return Likeness(Answer.DIFFERENT, "two works: their DOIs differ")


def _one_address(a: Print, b: Print) -> Likeness | None:
    """An address decides when the titles don't contradict it: a page may come to hold another work."""
    shared, least = a.content & b.content, min(len(a.content), len(b.content))
    if 2 * len(shared) >= least:
        return Likeness(Answer.SAME, "at one address", 8)
    if a.language != b.language:
        return Likeness(Answer.VERSION, "at one address, in two languages", 4)
    return Likeness(Answer.RELATED, "at one address, under titles of other words", is_double=True)


# ---------------------------------------------------------------- vetoes


def veto(a: Print, b: Print) -> str:
    """Say why two works can't be one whatever their titles; "" when nothing speaks against it."""
    return next((why for check in _VETOES if (why := check(a, b))), "")


def _other_identifier(a: Print, b: Print) -> str:
    if a.isbn and b.isbn and a.isbn != b.isbn:
        return "two books: their ISBNs differ"
    return ""


def _other_number(a: Print, b: Print) -> str:
    """An edition, year, annex, chapter or number in one title and another in the other."""
    if (
        a.labelled ^ b.labelled
        and a.content
        and ((a.labelled and b.labelled) or _EDITIONS & {what for what, _ in a.labelled ^ b.labelled})
    ):
        return "other edition, number, part or chapter"
    if a.numbers - b.numbers and b.numbers - a.numbers:
        return "other year or number in the title"
    return ""


def _is_earlier_form(a: Print, b: Print) -> bool:
    """Whether only the years keep apart two works of one telling title and authors: a working paper and its article."""
    is_one = a.title == b.title and _is_telling(a) and bool(a.creators) and a.creators == b.creators
    return is_one and not any(check(a, b) for check in _VETOES if check is not _other_year)


_EDITIONS = frozenset({"edition", "revision", "annex", "anhang", "chapter", "kapitel", "part", "teil"})


def _other_part(a: Print, b: Print) -> str:
    odd = sorted(a.parts ^ b.parts)
    return f"only one is “{odd[0]}”" if odd else ""


def _other_year(a: Print, b: Print) -> str:
    if a.date and b.date and abs(a.date.year - b.date.year) > 1:
        return f"of {min(a.date.year, b.date.year)} and {max(a.date.year, b.date.year)}"
    if a.host == b.host and a.years_in_url and b.years_in_url and not a.years_in_url & b.years_in_url:
        return "other year in the address"
    return ""


def _other_occasion(a: Print, b: Print) -> str:
    """One title may come every year; a move is mostly one of days or weeks."""
    if a.begins and b.begins and abs(a.begins.first_day - b.begins.first_day) > MOVED:
        return f"two occasions: {min(a.begins, b.begins)} and {max(a.begins, b.begins)}"
    return ""


_OCCASIONS = frozenset({EntryKind.NEWS, EntryKind.EVENT, EntryKind.CALL, EntryKind.MEDIA})


def _other_kind(a: Print, b: Print) -> str:
    if a.kind and b.kind and (a.kind in _OCCASIONS) != (b.kind in _OCCASIONS):
        return f"{min(a.kind, b.kind)} and {max(a.kind, b.kind)}: a work and what is said of it"
    return ""


_VETOES: tuple[Callable[[Print, Print], str], ...] = (
    _other_identifier,
    _other_number,
    _other_part,
    _other_year,
    _other_kind,
    _other_occasion,
)


def _one_series(a: Print, b: Print) -> bool:
    """Whether two works that are not one still belong together: editions, parts, a work and news of it."""
    shared = a.content & b.content
    return len(shared) >= 3 and len(shared) >= 0.6 * min(len(a.content), len(b.content))


# ---------------------------------------------------------------- titles


def _by_title(a: Print, b: Print) -> Likeness:
    """One title: one work when publisher, place or time agree too."""
    if _are_languages_of_one(a, b):
        return Likeness(Answer.VERSION, "one page in two languages", 5)
    if a.page and a.page == b.page:
        return Likeness(Answer.SAME, "same title at one address but for its look", 8)
    if _publishers_agree(a, b) and _dates_agree(a, b):
        if _is_telling(a) or _is_one_page(a, b):
            return Likeness(Answer.SAME, "same title and publisher", 7)
        return Likeness(Answer.RELATED, "same short title and publisher", is_double=True)
    if not _is_telling(a) and not (a.path and a.path == b.path):
        return Likeness(Answer.RELATED, "same short title, other publisher")
    for agrees, why in _AGREEMENTS:
        if agrees(a, b):
            return Likeness(Answer.SAME, f"same title, {why}", 6)
    if a.date and b.date and a.date.year != b.date.year and (a.is_copy or b.is_copy or a.is_record or b.is_record):
        return Likeness(Answer.VERSION, "same title a year apart, one in a repository: an earlier form", 3)
    return Likeness(Answer.RELATED, "same title, other publisher, nothing else known to agree", is_double=True)


def _is_telling(a: Print) -> bool:
    return len(a.content) >= LONG_TITLE or len(a.title) >= 40


def _is_one_page(a: Print, b: Print) -> bool:
    """Whether two addresses under one short title are one page: same last part, a short link to it, the same day."""
    short_link = a.host == b.host and (a.is_short_link or b.is_short_link)
    return short_link or bool(a.path and a.path == b.path) or _same_day(a, b)


def _same_day(a: Print, b: Print) -> bool:
    return bool(a.date and a.date == b.date and a.date.day)


def _one_is_a_copy(a: Print, b: Print) -> bool:
    """Whether one is a record in an index, or a copy of a file that also bears the same year."""
    if a.is_record or b.is_record:
        return _dates_agree(a, b)
    return (a.is_copy or b.is_copy) and _same_year(a, b)


def _same_path(a: Print, b: Print) -> bool:
    return bool(a.path) and a.path == b.path and a.host != b.host and _dates_agree(a, b)


def _page_and_file(a: Print, b: Print) -> bool:
    """Whether one is the page of a site and the other the file it offers: the publisher may be written in two ways."""
    return bool(a.host) and a.host == b.host and a.is_file != b.is_file and _dates_agree(a, b)


def _same_creators(a: Print, b: Print) -> bool:
    return bool(a.creators & b.creators) and _dates_agree(a, b)


_AGREEMENTS: tuple[tuple[Callable[[Print, Print], bool], str], ...] = (
    (_same_creators, "same author"),
    (_page_and_file, "a page and the file it offers"),
    (_same_day, "same day"),
    (_one_is_a_copy, "one in a collection of copies or records"),
    (_same_path, "same path on two hosts"),
)


def _publishers_agree(a: Print, b: Print) -> bool:
    """Whether both name one publisher (one name may hold the other); a common host counts where a name is missing."""
    if a.publisher and b.publisher:
        one, other = set(a.publisher.split()), set(b.publisher.split())
        return one <= other or other <= one or _initials(a.publisher) in other or _initials(b.publisher) in one
    return a.host == b.host and bool(a.host)


def _initials(name: str) -> str:
    """Give the short form that a long name is known by: Community College Research Center is CCRC."""
    parts = name.split()
    return "".join(part[0] for part in parts) if len(parts) >= 3 else name


def _dates_agree(a: Print, b: Print) -> bool:
    return not (a.date and b.date) or a.date.year == b.date.year


def _are_languages_of_one(a: Print, b: Print) -> bool:
    """Two languages of one page: the addresses differ in their language only."""
    if a.language and b.language and a.language != b.language and a.page == b.page and a.page:
        return True
    return bool(a.language_in_url and b.language_in_url and a.language_in_url != b.language_in_url and a.host == b.host)


# ---------------------------------------------------------------- titles that are alike


def _by_likeness(a: Print, b: Print) -> Likeness:
    if a.page and a.page == b.page:
        return _one_page(a, b)
    if _is_contained(a, b):
        return _contained(a, b)
    shared, all_words = a.content & b.content, a.content | b.content
    if (
        all_words
        and len(shared) >= max(LONG_TITLE, ALIKE * len(all_words))
        and _publishers_agree(a, b)
        and _same_year(a, b)
    ):
        return Likeness(Answer.SAME, "the same words in the title, same publisher and year", 5)
    if _one_series(a, b) and (_publishers_agree(a, b) or a.creators & b.creators):
        return Likeness(Answer.RELATED, "similar title, same publisher or author")
    return Likeness(Answer.DIFFERENT, "no identifier, address or title in common")


def _one_page(a: Print, b: Print) -> Likeness:
    if a.language_in_url != b.language_in_url or a.language != b.language:
        return Likeness(Answer.VERSION, "one address in two languages", 5)
    if a.content & b.content:
        return Likeness(Answer.SAME, "one address but for its look", 7)
    return Likeness(Answer.RELATED, "one address but for its look, other titles", is_double=True)


def _is_contained(a: Print, b: Print) -> bool:
    """Whether one title is the other's beginning: without its subtitle, or cut."""
    short, long = sorted((a, b), key=lambda p: (len(p.title), p.title))
    return len(short.title.split()) >= LONG_TITLE and long.title.startswith(f"{short.title} ")


def _contained(a: Print, b: Print) -> Likeness:
    agree = _publishers_agree(a, b) and _dates_agree(a, b)
    if agree and (a.is_short_link or b.is_short_link) and a.host == b.host:
        return Likeness(Answer.SAME, "short link and address of one page", 5)
    if agree and a.host == b.host and a.is_file != b.is_file:
        return Likeness(Answer.SAME, "a page and the file it offers", 5)
    if agree and a.date and b.date and a.date == b.date and (a.is_copy or b.is_copy or a.is_record or b.is_record):
        return Likeness(Answer.SAME, "same publisher and date, one title without its subtitle", 5)
    if (a.is_copy or b.is_copy or a.is_record or b.is_record) and a.celex != b.celex and _same_year(a, b):
        return Likeness(Answer.RELATED, "one title holds the other", is_double=True)
    return Likeness(Answer.RELATED, "one title holds the other", is_double=agree)


def _same_year(a: Print, b: Print) -> bool:
    return bool(a.date and b.date and a.date.year == b.date.year)
