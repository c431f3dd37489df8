"""Where everything stands on the site: addresses relative to its root. A page's address ends in a slash; a file's does not."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import urlsplit

from observatory.model import Level, Place, Section
from observatory.text import slug


def section(which: Section) -> str:
    return f"{which.value}/"


def entry(entry_id: str) -> str:
    return f"entries/{entry_id}/"


def form(path: str, ending: str) -> str:
    """File that says what stands at an address in another form: `/policy/` is `/policy.bib` too."""
    return f"{path.rstrip('/')}.{ending}"


def topic(topic_id: str) -> str:
    return f"topics/{topic_id}/"


def country(place: Place) -> str:
    return f"countries/{place.slug or place.code.lower()}/"


def level(which: Level) -> str:
    return f"levels/{which.value.lower()}/"


def year(number: int | None) -> str:
    return f"years/{number if number else 'undated'}/"


def source(source_id: str) -> str:
    return f"sources/{source_id}/"


def search(query_id: str) -> str:
    return f"searches/{query_id}/"


def publisher(name_key: str) -> str:
    return f"publishers/{name_key}/"


def author(name_key: str) -> str:
    return f"authors/{name_key}/"


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Fold a person's or body's name to an address part; spellings that fold alike share a page.

    Names of which no Latin letter is left (Chinese, Arabic) are told apart by a short hash.
    """
    return slug(name) or "x-" + hashlib.sha256(name.encode()).hexdigest()[:10]


def paged(base: str, number: int) -> str:
    """Address of a listing's page; the first is the listing's own."""
    return base if number == 1 else f"{base}page/{number}/"


def file_of(path: str) -> str:
    """File that a web server answers with for an address of ours."""
    return f"{path}index.html" if path.endswith("/") or not path else path


def root_from(path: str, site_url: str) -> str:
    """Prefix that leads from a page back to the site's root, so that links work under any path.

    The 404 page is served at any depth, so it alone names the root by the site's own path.
    """
    if path == "404.html":
        return urlsplit(site_url).path or "/"
    return "../" * path.count("/") or "./"


def host(url: str) -> str:
    """Host of a web address as readers know it, without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def edition(edition_id: str) -> str:
    return f"digest/{edition_id}/"
