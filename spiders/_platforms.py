"""What sites are built with, by the marks in their pages, and where such sites usually have a feed or an interface. Pure.

A row a builder: `feeds` and `oai` are addresses in which {site} is scheme and host, {page} the given page without its query
(with a last slash), {base} the folder in which the builder is installed, {node} the number of a page of Drupal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from observatory import markup
from observatory.errors import UnreadableError

MOST_LOOKED = 400_000  # bytes of a page in which marks are looked for


@dataclass(frozen=True, slots=True)
class Platform:
    """A builder of sites: how it is recognised and where it keeps feeds and interfaces."""

    name: str
    marks: str  # a regular expression over the page, in small letters
    feeds: tuple[str, ...] = ()
    oai: tuple[str, ...] = ()
    base: str = ""  # a regular expression over the paths of links, whose first group is {base}
    dates: str = "published"  # what the dates of its feeds mean


_TAG = re.compile(r"[a-z][a-z0-9-]*")
_GENERATOR = r"<meta[^>]{0,80}name=[\"']?generator[\"']?[^>]{0,80}content=[\"']?[^\"'>]{0,40}"
_OF_OJS = r"(/(?:[^/]+/)*?(?:index\.php/)?[^/]+)/(?:issue|article|about|gateway|search/authors)(?:/|$)"
PLATFORMS = (
    Platform(
        "Pressbooks",
        rf"{_GENERATOR}pressbooks|/pressbooks-|pressbooks-book",
        ("{site}{base}/feed/", "{site}/feed/"),
        base=r"(.*?)/wp-",
    ),
    Platform(
        "WordPress",
        rf"{_GENERATOR}wordpress|/wp-content/|/wp-json/|api\.w\.org",
        ("{page}feed/", "{site}{base}/feed/"),
        base=r"(.*?)/wp-(?:content|json|includes)",
    ),
    # OpenEuropa, on Drupal: each list has a feed by the number of its page, whose dates are those of the last change.
    Platform(
        "the Commission's platform",
        r"class=[\"'][^\"']*ecl-(?:page-header|site-header|content-item|u-)",
        ("{site}/node/{node}/rss_en",),
        dates="modified",
    ),
    Platform(
        "Drupal",
        rf"{_GENERATOR}drupal|/sites/(?:default|all)/|data-drupal-|drupalsettings",
        ("{site}/rss.xml", "{page}feed", "{page}rss.xml"),
    ),
    Platform(
        "Joomla",
        rf"{_GENERATOR}joomla|/media/(?:jui|system|vendor/joomla)|option=com_",
        ("{path}?format=feed&type=rss",),
    ),
    Platform(
        "Open Journal Systems",
        rf"{_GENERATOR}open journal systems|pkp_structure|pkp_page_|/lib/pkp/",
        ("{site}{base}/gateway/plugin/WebFeedGatewayPlugin/rss2",),
        ("{site}{base}/oai",),
        _OF_OJS,
    ),
    Platform(
        "DSpace 7 or newer",
        rf"{_GENERATOR}dspace (?:[7-9]|\d\d)|<ds-app|dspace-angular",
        oai=("{site}/server/oai/request",),
    ),
    Platform(
        "DSpace",
        rf"{_GENERATOR}dspace|/xmlui/|/jspui/",
        ("{site}/feed/rss_2.0/site",),
        ("{site}/oai/request", "{site}/dspace-oai/request"),
    ),
    Platform(
        "EPrints",
        rf"{_GENERATOR}eprints|ep_tm_|/cgi/latest|eprints_",
        ("{site}/cgi/latest_tool?output=RSS2",),
        ("{site}/cgi/oai2",),
    ),
    Platform(
        "Squarespace", r"static1\.squarespace\.com|this is squarespace|squarespace-headers", ("{path}?format=rss",)
    ),
    Platform("Plone", rf"{_GENERATOR}plone|\+\+plone\+\+|portal_css", ("{page}RSS", "{page}rss.xml")),
    Platform("Hugo", rf"{_GENERATOR}hugo", ("{page}index.xml", "{site}/index.xml")),
    Platform("Jekyll", rf"{_GENERATOR}jekyll", ("{site}/feed.xml",)),
    Platform("Ghost", rf"{_GENERATOR}ghost", ("{page}rss/", "{site}/rss/")),
    Platform("Wix", rf"{_GENERATOR}wix\.com|static\.wixstatic\.com", ("{site}/blog-feed.xml",)),
    Platform("Blogger", rf"{_GENERATOR}blogger|\.blogspot\.", ("{site}/feeds/posts/default",)),
)
# Where sites of no known builder have a feed, the likeliest first.
ANYWHERE = ("{page}feed/", "{site}/feed/", "{site}/rss.xml", "{site}/feed.xml", "{page}rss")


def platforms(body: bytes) -> tuple[Platform, ...]:
    """Name the builders whose marks a page bears, the most special first."""
    said = body[:MOST_LOOKED].decode("utf-8", "replace").lower()
    found = [each for each in PLATFORMS if re.search(each.marks, said)]
    return tuple(each for each in found if not (each.name == "DSpace" and found[0].name.startswith("DSpace 7")))


def addresses(forms: tuple[str, ...], url: str, root: markup.Node | None = None, base: str = "") -> Iterator[str]:
    """Fill in the addresses that a builder's forms mean for a page; those that need what the page doesn't tell are left out."""
    parts = urlsplit(url)
    site = f"{parts.scheme}://{parts.netloc}"
    path = f"{site}{parts.path or '/'}"
    known = {"site": site, "path": path, "page": path if path.endswith("/") else f"{path}/"}
    node = node_of(root) if root is not None else ""
    known |= {"node": node} if node else {}
    known |= {"base": base_of(root, url, base)} if root is not None and base else {}
    for form in forms:
        wanted = set(re.findall(r"{(\w+)}", form))
        if wanted <= known.keys():
            yield form.format(**known)


def node_of(root: markup.Node) -> str:
    """Give the number of a page of Drupal, where its head or its body's classes tell it."""
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() in ("shortlink", "canonical") and (
            found := re.search(r"/node/(\d+)", link.get("href") or "")
        ):
            return found[1]
    body = root.find("body")
    said = " ".join(filter(None, (body.get("class"), body.get("data-history-node-id")))) if body is not None else ""
    found = re.search(r"(?:page-node-|node--?|nid-)(\d+)", said)
    return found[1] if found else ""


def base_of(root: markup.Node, url: str, pattern: str) -> str:
    """Give the folder in which a builder is installed, by the paths of the page's own links and files."""
    host = urlsplit(url).netloc
    counted: Counter[str] = Counter()
    for node in root.iter("a", "link", "script", "img"):
        try:
            parts = urlsplit(urljoin(url, (node.get("href") or node.get("src") or "").strip()))
        except ValueError:
            continue
        match = re.match(pattern, parts.path) if parts.netloc == host else None
        if match:
            counted[match[1]] += 1
    return counted.most_common(1)[0][0] if counted else ""


def without_query(url: str) -> str:
    """Give an address without query and fragment."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def tree_of(body: bytes, content_type: str) -> markup.Node | None:
    """Read a page; None when it is none. Elements whose names no selector can say (`o:p`, torn ones) are `div`."""
    try:
        root = markup.html(body, content_type)
    except UnreadableError:
        return None
    for node in root.iter():
        if not _TAG.fullmatch(node.tag):
            node.tag = "div"
    return root
