"""The gate on what is published: does an entry keep what the site promises its readers? Pure; it says, others decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from observatory.model import EntryKind, PartialDate, Work
from observatory.text import fold, host_of

# Hosts (with all that end in them) that keep or name the works of many publishers for good: DOI and handle resolvers,
# official journals, repositories. Where a publisher's host has another name, a line in curation/hosts.yaml says so.
REPOSITORIES = frozenset({
    "doi.org", "hdl.handle.net", "europa.eu", "eric.ed.gov", "arxiv.org", "zenodo.org", "osf.io", "ssrn.com", "repec.org",
    "diva-portal.org", "core.ac.uk", "hal.science", "ceur-ws.org", "jstor.org", "issuu.com", "flippingbook.com", "youtube.com",
    "govinfo.gov", "federalregister.gov", "dspace.mit.edu", "semanticscholar.org", "openedition.org", "scielo.org",
})  # fmt: skip
# A university's repository holds its members' articles and theses, whichever journal printed them.
_OF_UNIVERSITY = re.compile(
    r"^(ir|lib|library|lup|dspace|eprints?|repository|research|researchers|scholarworks|digitallibrary|digitalcommons)\."
    r"|\.(library|lib)\.|^(red|repo|ora|pure|epub|opus|oa)\.|virtual\."
)
_RESEARCH = frozenset({EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS})
_NOT_PUBLIC_HOST = re.compile(
    r"(^|[.-])(test|testing|staging|stage|dev|preview|preprod|localhost|intranet|admin)\d*([.-]|$)|platformsh"
)
_NOT_PUBLIC_PATH = re.compile(
    r"/(wp-admin|wp-login|admin|administrator|login|signin|sign-in|logout|preview|draft|node/add)(/|\.\w+$|$)|/search(/|\.\w+)?$"
)
_NOT_PUBLIC_QUERY = re.compile(
    r"(^|&)(q|query|s|search|keyword|keywords|preview|token|session|sessionid|sid|phpsessid|jsessionid|auth)=",
    re.IGNORECASE,
)
_NOT_FOR_READERS = re.compile(
    r"\b(todo|fixme|tbd|xxx|to be confirmed|address to find|not seen|unverified|see (?:above|below|notes?)|this (?:record|entry)"
    r"|(?:our|the) (?:library|handout|reading list)|reading list|lorem ipsum|n/a)\b|<[a-z/]|https?://",
    re.IGNORECASE,
)  # fmt: skip
# Words of a body's name that its initials mostly leave out.
_SMALL_WORDS = frozenset({
    "of", "the", "and", "for", "in", "on", "to", "a", "an", "de", "la", "le", "les", "des", "du", "der", "die", "das", "und",
    "für", "et", "el", "los", "las", "y", "e", "da", "do", "dos", "del", "della", "di",
})  # fmt: skip
EARLIEST = 1990  # before the word; an older date is a slip of the pen
SHORTEST, LONGEST = 20, 700  # characters of a summary that says something and is still one


def flaws(work: Work, as_of: PartialDate, hosts: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a work that is to be published: (field, what is wrong and what to do).

    `hosts` are the curators' own lines: host → publishers that it belongs to.
    """
    yield from _of_address(work, hosts)
    yield from _of_words(work)
    yield from _of_date(work, as_of)


def gaps(work: Work) -> Iterator[tuple[str, str]]:
    """Say what a work lacks that only people can add: a flaw in a record of their own, a wish where a crawl found the work."""
    if work.language and work.language != "en" and not work.title_en:
        yield "title_en", f"a title in another language ({work.language}) needs an English one beside it"
    if work.kind is EntryKind.POLICY:
        yield from _of_policy(work)


def _of_address(work: Work, hosts: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for field, url in (("url", work.url), ("seen_at", work.seen_at), ("pdf_url", work.pdf_url)):
        if url and not is_public(url):
            yield field, f"{url} is a test, admin, session or search address; name the page itself"
    host = host_of(work.url or "")
    if work.url and not host:
        yield "url", f"{work.url} is no web address"
    elif host and not belongs(host, work, hosts):
        whose = work.publisher or "no publisher"
        yield "url", f"{host} is neither a known repository nor {whose}'s own; if it is, say so in curation/hosts.yaml"


def is_public(url: str) -> bool:
    """Say whether an address is a page that anybody may open, not one of a test system, a session or a search."""
    parts = urlsplit(url)
    return not (
        _NOT_PUBLIC_HOST.search(parts.hostname or "")
        or _NOT_PUBLIC_PATH.search(parts.path.lower())
        or _NOT_PUBLIC_QUERY.search(parts.query)
        or ";jsessionid" in parts.path.lower()
    )


def belongs(host: str, work: Work, hosts: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether a host is known to keep what others publish, or is by its name the work's publisher's own."""
    if any(host == known or host.endswith(f".{known}") for known in REPOSITORIES):
        return True
    if work.kind in _RESEARCH and _OF_UNIVERSITY.search(host):
        return True
    names = [name for name in (work.publisher, work.container, *(creator.name for creator in work.creators)) if name]
    said = {fold(name) for name in hosts.get(host, ())}
    return any(fold(name) in said or _is_named(host, name) for name in names)


def _is_named(host: str, name: str) -> bool:
    """Say whether a host's name holds a word of the body's name or of a part of it, or its initials."""
    letters = re.sub(r"[^a-z0-9]", "", host.lower())
    return any(_shows(letters, re.findall(r"[a-z0-9]+", fold(part))) for part in re.split(r"[();,/–]", name))


def _shows(letters: str, words: list[str]) -> bool:
    telling = [word for word in words if word not in _SMALL_WORDS]
    initials = {"".join(word[0] for word in some) for some in (words, telling)}
    held = (word for word in telling if len(word) > 3 or (len(word) == 3 and word not in _COMMON))
    return any(word in letters for word in held) or any(len(found) > 2 and found in letters for found in initials)


_COMMON = frozenset(
    ["org", "com", "edu", "gov", "net", "int", "www", "for", "our", "new"]
)  # every second host holds these


def _of_words(work: Work) -> Iterator[tuple[str, str]]:
    summary = work.summary or ""
    if found := _NOT_FOR_READERS.search(summary):
        yield "summary", f"a summary speaks to readers; {found[0]!r} is a note among ourselves"
    elif summary and not SHORTEST <= len(summary) <= LONGEST:
        yield "summary", f"a summary has {SHORTEST} to {LONGEST} characters, this one {len(summary)}"
    elif summary and fold(summary).rstrip(".") == fold(work.title).rstrip("."):
        yield "summary", "the summary repeats the title; say what the work is and why it matters, or leave it out"


def _of_date(work: Work, as_of: PartialDate) -> Iterator[tuple[str, str]]:
    """An undated work is said to be undated; a date that there is must be a possible one."""
    if work.date and not EARLIEST <= work.date.year <= as_of.year + 1:
        yield (
            "date",
            f"{work.date} can't be when it was published; correct it, or leave it out: it will stand as undated",
        )


def _of_policy(work: Work) -> Iterator[tuple[str, str]]:
    for field, held in (("level", work.level), ("official", work.official), ("jurisdiction", work.jurisdiction)):
        if held is None:
            yield field, f"a policy needs {field}: whose act it is decides where it counts"
