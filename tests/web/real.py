"""The real sources' markup recreated on loopback: their components, titles, dates and paths as facts, with text of our own.

`build(web)` puts all hosts up and gives the text of a sources.yaml that watches them; tests then change or break single hosts:

    folder.joinpath("sources.yaml").write_text(real.build(web))
    web.host("enqa").fail(503)

What each page imitates is said beside it; the facts are those that sources.yaml marks as seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.server import Host, Web

COOKIES = "This website uses cookies to improve your experience. Read More"
WORDS = (
    "The page explains what was decided, who took part and what follows. It names the documents, the dates and the people "
    "to ask, and it tells institutions what they should prepare for. "
) * 4


@dataclass(frozen=True)
class Item:
    """An item of a source: its path, title, day as the source prints it, and a line on it."""

    path: str
    title: str
    day: str
    said: str = ""


ENQA = (
    Item("/news/policy-brief-microcredentials/", "Policy brief: microcredentials", "Tue, 14 Dec 2021 09:00:00 +0000"),
    Item(
        "/news/survey-on-quality-assurance-of-micro-credentials-deadline-approaching/",
        "SURVEY on Quality Assurance of Micro-credentials – Deadline Approaching",
        "Mon, 04 Apr 2022 08:30:00 +0000",
    ),
    Item(
        "/news/new-report-on-micro-credentials-from-iminqa-project/",
        "New report on micro-credentials from IMINQA project",
        "Wed, 15 Mar 2023 10:00:00 +0100",
    ),
    Item("/news/enqa-members-forum/", "ENQA Members’ Forum programme published", "Wed, 22 Mar 2023 10:00:00 +0100"),
)
ENQA_PUBLICATIONS = (
    Item(
        "/publications/reflective-questions-for-internal-and-external-qa-of-micro-credentials/",
        "Reflective questions for internal and external QA of micro-credentials",
        "",
    ),
    Item("/publications/annual-report/", "Annual report of the association", ""),
)
EEA = (
    Item(
        "/news/microcredentials-council-recommendation",
        "Micro-credentials: Council adopts a recommendation",
        "16 June 2022",
    ),
    Item("/news/learning-mobility-overview-2026", "Annual overview of learning mobility", "20 July 2026"),
    Item(
        "/news/meet-the-global-winners-of-digieduhack-2024",
        "Meet the global winners of DigiEduHack 2024",
        "12 December 2024",
    ),
)
CEDEFOP = (
    Item(
        "/en/publications/5587", "Microcredentials for labour market education and training: first look", "October 2022"
    ),
    Item("/en/publications/5589", "Microcredentials and evolving qualifications systems", "February 2023"),
    Item("/en/publications/5603", "Microcredentials: the added value for end users", "December 2023"),
)
MICROBOL = (
    Item("/microbol-framework-published/", "MICROBOL framework published", "Thu, 10 Mar 2022 12:00:00 +0000"),
    Item(
        "/recommendations-public-consultation/",
        "Recommendations to the EU public consultation",
        "Mon, 12 Jul 2021 12:00:00 +0000",
    ),
)


def build(web: Web) -> str:
    """Put up all hosts; returns sources.yaml."""
    for put in (_enqa, _eea, _cedefop, _dcu, _microbol, _eadtu, _learnwork):
        put(web)
    return f"""\
site: {{title: Test observatory, url: "https://observatory.test/"}}
crawl: {{delay: 0.5}}
sources:
  - {{id: enqa-news, kind: feed, url: "{web.host("enqa").url("/feed/")}", publisher: ENQA, defaults: {{kind: news, level: EHEA}}}}
  - id: enqa-publications
    kind: listing
    url: {web.host("enqa").url("/publications/")}
    pattern: ^/publications/[^?/]+/$
    publisher: ENQA
    defaults: {{kind: report}}
  - {{id: eea-hub, kind: page, url: "{web.host("eea").url("/education-levels/higher-education/micro-credentials")}", links: false}}
  - {{id: eea-news, kind: listing, url: "{web.host("eea").url("/news")}", preset: ecl, pattern: "^/news/[^?/]+$", defaults: {{kind: news}}}}
  - {{id: cedefop, kind: listing, url: "{web.host("cedefop").url("/en/publications")}", preset: drupal, defaults: {{kind: report}}}}
  - {{id: dcu, kind: page, url: "{web.host("dcu").url("/nidl/micro-credential-observatory")}", on_topic: true}}
  - {{id: microbol, kind: feed, url: "{web.host("microbol").url("/feed/")}", on_topic: true}}
  - {{id: microbol-outputs, kind: page, url: "{web.host("microbol").url("/outputs/microbol-outputs/")}", on_topic: true}}
  - {{id: eadtu, kind: listing, url: "{web.host("eadtu").url("/index.php/news")}", split: "h2, h3", defaults: {{kind: news}}}}
  - {{id: learnwork, kind: sitemap, url: "{web.host("learnwork").url("/sitemap_index.xml")}", pattern: "^/initiatives?/[^/]+/$"}}
"""


# ---------------------------------------------------------------- WordPress


def wordpress_feed(host: Host, items: Sequence[Item]) -> str:
    """A feed as WordPress writes it: guid is ?p=ID and no permalink, a short excerpt, creation date with zone."""
    rows = "".join(
        f"""
  <item>
    <title>{item.title}</title>
    <link>{host.url(item.path)}?utm_source=rss&amp;utm_medium=rss</link>
    <dc:creator><![CDATA[admin]]></dc:creator>
    <pubDate>{item.day}</pubDate>
    <category><![CDATA[News]]></category>
    <guid isPermaLink="false">{host.url(f"/?p={1000 + number}")}</guid>
    <description><![CDATA[<p>{item.said or "A short word on it &hellip;"}</p>]]></description>
  </item>"""
        for number, item in reversed(list(enumerate(items)))
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>{host.name}</title><atom:link href="{host.url("/feed/")}" rel="self" type="application/rss+xml" />
  <link>{host.url("/")}</link><description>news</description><generator>https://wordpress.org/?v=6.6</generator>{rows}
</channel></rss>"""


def wordpress_page(host: Host, item: Item) -> str:
    """An item's page as a WordPress theme shows it; ENQA's print no date and end with a cookie notice."""
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8"><title>{item.title} - {host.name}</title>
<link rel="canonical" href="{host.url(item.path)}"><meta property="og:title" content="{item.title}">
<meta property="og:site_name" content="{host.name}"><link rel="alternate" type="application/rss+xml" title="{host.name} » Feed"
href="{host.url("/feed/")}"></head><body class="single single-post"><a class="skip-link" href="#content">Skip to content</a>
<header><nav><ul><li><a href="/news/">News</a></li><li><a href="/publications/">Publications</a></li></ul></nav></header>
<main id="content"><article class="post type-post"><h1 class="entry-title">{item.title}</h1>
<div class="entry-content"><p>About “{item.title}”. {WORDS}</p></div></article></main>
<footer><p>{COOKIES}</p></footer></body></html>"""


def _enqa(web: Web) -> None:
    host = web.host("enqa")
    host.put("/feed/", wordpress_feed(host, ENQA), "application/rss+xml; charset=UTF-8")
    for item in (*ENQA, *ENQA_PUBLICATIONS):
        host.put(item.path, wordpress_page(host, item))
    links = "".join(f'<li><a href="{item.path}">{item.title}</a></li>' for item in ENQA_PUBLICATIONS)
    host.put(
        "/publications/",
        f"<html><head><title>Publications</title></head><body><main><h1>Publications</h1><ul>{links}</ul></main></body></html>",
    )


def _microbol(web: Web) -> None:
    """MICROBOL's site: a WordPress feed, and the outputs as a timeline with months as headings."""
    host = web.host("microbol")
    host.put("/feed/", wordpress_feed(host, MICROBOL), "application/rss+xml; charset=UTF-8")
    for item in MICROBOL:
        host.put(item.path, wordpress_page(host, item))
    host.put(
        "/outputs/microbol-outputs/",
        f"""<html lang="en"><head><title>MICROBOL outputs – microcredentials.eu</title></head><body>
<main><article><h1>MICROBOL outputs</h1>
<h3>September 2020</h3><p><a href="/wp-content/uploads/sites/20/2020/09/MICROBOL_Desk-Research-Report.pdf">Desk research report on micro-credentials</a></p>
<h3>February 2021</h3><p>State of play of micro-credentials in the EHEA: <a href="/wp-content/uploads/survey.pdf">download the survey report</a></p>
<h3>March 2022</h3><p><a href="/microbol-framework/">Common framework for micro-credentials in the EHEA</a></p>
<p>Share it: <a href="https://www.facebook.com/sharer/sharer.php?u=x">Share this on Facebook please</a></p>
</article></main><footer><a href="/privacy-policy-of-this-site/">Privacy policy of this site</a><p>{COOKIES}</p></footer></body></html>""",
    )


# ---------------------------------------------------------------- the Commission's ECL


def _eea(web: Web) -> None:
    """The European Education Area: hub without language prefix, ECL list with a pager, items with a labelled date."""
    host = web.host("eea")
    host.put(
        "/education-levels/higher-education/micro-credentials", eea_hub("The recommendation was adopted in June 2022.")
    )
    host.put("/news", ecl_list(EEA[:2], following="/news?page=1"))
    host.put("/news?page=1", ecl_list(EEA[2:], following=None))
    for item in EEA:
        host.put(item.path, ecl_page(host, item))


def eea_hub(said: str) -> str:
    """The watched hub page; its text begins with banner lines."""
    return f"""<html lang="en"><head><title>A European approach to micro-credentials - European Education Area</title></head><body>
<a href="#main">Skip to main content</a><div>Hello, a quick survey is waiting for you</div><main id="main">
<h1 class="ecl-page-header__title">A European approach to micro-credentials</h1>
<div class="ecl"><p>{said}</p><p>{WORDS}</p></div></main>
<div class="cnt-last-update-block">Last update: 3 November 2026</div><footer>© European Union, 1995-2026</footer></body></html>"""


def ecl_list(items: Sequence[Item], following: str | None) -> str:
    """A list page: the title's tag changes with ECL's version, hrefs hold blanks, `<base>` is "/"."""
    rows = "".join(
        f"""<article class="ecl-content-item"><div class="ecl-content-block ecl-content-item__content-block">
<ul class="ecl-content-block__primary-meta-container"><li class="ecl-content-block__primary-meta-item">News article</li>
<li class="ecl-content-block__primary-meta-item">{item.day}</li></ul>
<{tag} class="ecl-content-block__title"><a class="ecl-link" href="{item.path.lstrip("/")} ">{item.title}</a></{tag}>
<div class="ecl-content-block__description"><p>{item.said or "In short."}</p></div></div></article>"""
        for item, tag in zip(items, ("h1", "h3", "div"), strict=False)
    )
    pager = (
        f'<a class="ecl-pagination__link" aria-label="Go to next page" href="{following}">Next</a>' if following else ""
    )
    return f"""<html lang="en"><head><base href="/"><title>News - European Education Area</title></head><body><main>
<h1>News</h1>{rows}<nav class="ecl-pagination">{pager}</nav></main>
<aside><time datetime="2026-01-01">1 January 2026</time></aside></body></html>"""


def ecl_page(host: Host, item: Item) -> str:
    """An item's page: labelled publication date, traps (last update, related items' times), title with the site's name."""
    return f"""<html lang="en"><head><meta property="og:title" content="{item.title} | European Education Area">
<meta property="og:site_name" content="European Education Area"><meta property="article:modified_time" content="2026-11-03T10:00:00+0100">
<link rel="canonical" href="{host.url(item.path)}"><title>{item.title} - European Education Area</title></head><body><main>
<h1 class="ecl-page-header__title">{item.title}</h1><ul class="ecl-page-header__meta">
<li class="ecl-page-header__meta-item">NEWS ARTICLE</li><li class="ecl-page-header__meta-item">Publication {item.day}</li></ul>
<p class="ecl-page-header__description">A line on {item.title}.</p><div class="ecl"><p>{WORDS}</p></div>
<aside><article><time datetime="2025-02-02">2 February 2025</time> a related item</article></aside></main>
<div class="cnt-last-update-block">Last update: 3 November 2026</div></body></html>"""


# ---------------------------------------------------------------- Drupal, Joomla, others


def _cedefop(web: Web) -> None:
    """Cedefop: Drupal views; pages with year, month and DOI in labelled fields, after a notice on paper."""
    host = web.host("cedefop")
    rows = "".join(
        f"""<div class="views-row"><article class="node"><h3><a href="{item.path}">{item.title}</a></h3>
<div class="field--name-body">A research paper.</div></article></div>"""
        for item in CEDEFOP
    )
    host.put(
        "/en/publications",
        f"<html><head><title>Publications | CEDEFOP</title></head><body><main>{rows}</main></body></html>",
    )
    for item in CEDEFOP:
        month, year = item.day.split()
        host.put(
            item.path,
            f"""<html lang="en"><head><title>{item.title} | CEDEFOP</title></head><body><main><h1>{item.title}</h1>
<p>Please consider the environment before printing</p><dl><dt>Publication number</dt><dd>{item.path[-4:]}</dd>
<dt>Publication year</dt><dd>{year}</dd><dt>Publication month</dt><dd>{month}</dd><dt>Publication type</dt><dd>Research paper</dd></dl>
<p>{WORDS}</p><p>Cite as: Cedefop ({year}). {item.title}. http://data.europa.eu/doi/10.2801/{item.path[-4:]}00</p></main></body></html>""",
        )


def _dcu(web: Web) -> None:
    """The model: one long page, parts under headings, links to other hosts as its items."""
    host = web.host("dcu")
    host.put("/nidl/micro-credential-observatory", dcu_page())


def dcu_page(more: str = "") -> str:
    """DCU's observatory page; `more` are further rows of the reports."""
    return f"""<html lang="en"><head><title>Micro-Credential Observatory | DCU</title></head><body>
<header><nav><a href="/study/all-our-courses-and-programmes">All our courses and programmes</a></nav></header>
<main><h1>Micro-Credential Observatory</h1><p>A curated collection of major reports, policy initiatives and publications.</p>
<h2>Policy Initiatives</h2><ul>
<li><a href="https://www.education.gov.au/national-microcredentials-framework">National Microcredentials Framework</a> Australia (March 2022)</li></ul>
<h2>National and International Reports</h2><ul>
<li>Oliver (2022). Towards a common definition of micro-credentials. UNESCO. <a href="https://unesdoc.unesco.org/ark:/48223/pf0000381668">Read more</a></li>
<li><a href="https://www.oecd.org/en/publications/public-policies-for-effective-micro-credential-learning_a41f148b-en.html">Public policies for effective micro-credential learning</a> (14 December 2023)</li>{more}</ul>
<h2>Useful Reading</h2><ul><li><a href="https://doi.org/10.1007/s44217-024-00100-2">Micro-credential design in Discover Education</a></li></ul>
<h2>Events, Conferences and Webinars</h2><ul><li><a href="https://www.eadtu.eu/micro-credential-masterclass">Micro-credential masterclass</a></li></ul>
<h2>Projects and Networks</h2><ul><li><a href="https://microcredentials.eu/">MICROBOL and MicroHE projects</a></li></ul></main>
<footer><a href="https://twitter.com/DCU">Follow us on the social network</a></footer></body></html>"""


def _eadtu(web: Web) -> None:
    """EADTU: a Joomla page whose items have no pages; dates such as "01 APR 2022" stand as headings above several."""
    web.host("eadtu").put(
        "/index.php/news",
        f"""<html><head><title>News</title></head><body><div class="item-page"><h2>01 APR 2022</h2>
<h3>Start of the project on micro-credentials in Europe</h3><p>The partners met. {WORDS}</p>
<h3>A course on open education</h3><p>It begins soon.</p><h2>15 MAR 2022</h2>
<h3>Microcredentials masterclass announced</h3><p>Read <a href="/masterclass">the programme</a>.</p></div></body></html>""",
    )


def _learnwork(web: Web) -> None:
    """Learn & Work: a sitemap index of WordPress; items under two forms of one path; dates in the order of the US."""
    host = web.host("learnwork")
    host.put(
        "/sitemap_index.xml",
        """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{base}/initiative-sitemap.xml</loc><lastmod>2026-11-02T09:00:00+00:00</lastmod></sitemap></sitemapindex>""",
        "application/xml",
    )
    paths = (
        "/initiatives/quality-assurance-in-microcredentials-enqa/",
        "/initiative/cedefops-microcredentials-labor-market-research/",
    )
    rows = "".join(
        f"<url><loc>{host.url(path)}</loc><lastmod>2024-03-12T10:00:00+00:00</lastmod></url>" for path in paths
    )
    other = f"<url><loc>{host.url('/about-us/')}</loc></url>"
    host.put(
        "/initiative-sitemap.xml",
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}{other}</urlset>',
        "application/xml",
    )
    titles = ("Quality Assurance in Microcredentials – ENQA", "Cedefop’s Microcredentials & Labor Market Research")
    for path, title in zip(paths, titles, strict=True):
        host.put(path, wordpress_page(host, Item(path, title.replace("&", "&amp;"), "")))
