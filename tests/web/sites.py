"""Sites as their builders make them, for `source add`: the builders' marks and frames as facts, with text of our own.

`SITES` names each with the page that a curator would paste and the row that should come of it; `put(web)` puts all up. Menus,
sidebars, cookie notices, sharing links and related items stand around the lists, as they do in life.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from web import real
from web.server import Host, Web

WORDS = (
    "What institutions, agencies and employers said when they were asked, and what follows from it for the coming year.",
    "The working group met for two days; its notes name the questions that are still open and who answers them.",
    "A short account of the aims, the partners and the calendar, with the documents to read beforehand.",
)
TITLES = (
    "Micro-credentials in practice: twelve universities look back",
    "New call for members of the quality assurance register",
    "How employers read digital credentials",
    "Annual report of the association is out",
    "Recognition of micro-credentials: a guide for admissions officers",
    "Strategy for lifelong learning adopted by the council",
    "Stackability of microcredentials: what the law says",
    "Registration for the spring assembly is open",
)
SLUGS = tuple("-".join(title.lower().replace(":", "").replace(",", "").split()[:5]) for title in TITLES)
DAYS = (
    "2026-11-12", "2026-10-30", "2026-10-02", "2026-09-15", "2026-06-21", "2026-05-04", "2026-03-18", "2026-01-09",
)  # fmt: skip
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def worded(day: str) -> str:
    """Write a day as sites print it: 12 November 2026."""
    year, month, number = day.split("-")
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def dotted(day: str) -> str:
    """Write a day as German offices do: 12.11.2026."""
    return ".".join(reversed(day.split("-")))


def american(day: str) -> str:
    """Write a day as in the US: 11/12/2026."""
    year, month, number = day.split("-")
    return f"{month}/{number}/{year}"


MENU = "".join(
    f'<li class="menu-item menu-item-{n}"><a href="/{word.lower().replace(" ", "-")}/">{word}</a></li>'
    for n, word in enumerate(
        ("About the association", "Our members and affiliates", "Topics and working groups", "Contact and press"), 201
    )
)
COOKIES = '<div id="cookie-notice" class="cookie-bar">We use cookies. <a href="/privacy-policy/">Read our privacy policy</a></div>'
SOCIAL = "".join(
    f'<a class="social-link" href="https://www.{each}.com/association">Follow the association on {each}</a>'
    for each in ("linkedin", "facebook", "instagram")
)


def frame(title: str, main: str, *, head: str = "", body: str = "", aside: str = "") -> str:
    """Put a list into a page with menu, sidebar, cookie notice and footer."""
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body {body}>
<a class="skip-link" href="#main">Skip to content</a><header class="site-header"><div class="logo"><a href="/">Home</a></div>
<nav class="main-nav"><ul class="menu">{MENU}</ul></nav></header>{COOKIES}{main}<div class="sidebar">{aside}</div>
<footer class="site-footer"><ul class="footer-menu">{MENU}</ul><div class="social">{SOCIAL}</div></footer></body></html>"""


@dataclass(frozen=True)
class SiteCase:
    """A site: how it is put up (returns the address that a curator pastes), and the row that should be proposed.

    `options`: what the row must say; `items`: how many findings it yields; `dated`: how many of them with a date.
    """

    name: str
    put: Callable[[Host], str]
    kind: str
    items: int
    dated: int
    options: dict[str, Any] = field(default_factory=dict)


def items(folder: str, number: int = len(TITLES)) -> list[real.Item]:
    """Make items below a folder; days as a feed writes them."""
    days = [f"{worded(day)[: -len(day[:4])].strip()} {day[:4]}" for day in DAYS]
    stamps = [f"Thu, {int(d.split()[0]):02} {d.split()[1][:3]} {d.split()[2]} 09:00:00 +0000" for d in days]
    return [
        real.Item(f"{folder}{slug}/", title, stamp, WORDS[n % 3])
        for n, (slug, title, stamp) in enumerate(zip(SLUGS[:number], TITLES, stamps, strict=False))
    ]


# ---------------------------------------------------------------- sites with feeds


def _wordpress(host: Host) -> str:
    """A theme of WordPress: the head names the whole site's feed and that of comments; a category has one below itself."""
    host.put("/feed/", real.wordpress_feed(host, items("/", 8)[4:]), "application/rss+xml; charset=UTF-8")
    host.put("/comments/feed/", real.wordpress_feed(host, items("/c/", 2)), "application/rss+xml; charset=UTF-8")
    host.put(
        "/category/credentials/feed/", real.wordpress_feed(host, items("/", 5)), "application/rss+xml; charset=UTF-8"
    )
    posts = "".join(
        f"""<article id="post-{900 + n}" class="post-{900 + n} post type-post status-publish hentry category-credentials">
<header class="entry-header"><h2 class="entry-title"><a href="{item.path}" rel="bookmark">{item.title}</a></h2>
<span class="posted-on"><time class="entry-date published" datetime="{day}T09:00:00+00:00">{worded(day)}</time></span></header>
<div class="entry-summary"><p>{item.said} <a class="more-link" href="{item.path}">Continue reading</a></p></div></article>"""
        for n, (item, day) in enumerate(zip(items("/", 5), DAYS, strict=False))
    )
    head = """<meta name="generator" content="WordPress 6.6.2"><meta property="og:site_name" content="Credential Forum">
<link rel="alternate" type="application/rss+xml" title="Credential Forum &raquo; Feed" href="{base}/feed/">
<link rel="alternate" type="application/rss+xml" title="Credential Forum &raquo; Comments Feed" href="{base}/comments/feed/">
<link rel="https://api.w.org/" href="{base}/wp-json/"><link rel="stylesheet" href="{base}/wp-content/themes/x/style.css">"""
    host.put(
        "/category/credentials/",
        frame(
            "Credentials – Credential Forum",
            f'<main id="main" class="site-main"><h1>Credentials</h1>{posts}</main>',
            head=head,
            body='class="archive category"',
        ),
    )
    return "/category/credentials/"


def _wordpress_below(host: Host) -> str:
    """WordPress in a folder, whose theme names no feed at all."""
    host.put("/blog/feed/", real.wordpress_feed(host, items("/blog/")), "text/xml; charset=UTF-8")
    cards = "".join(
        f'<div class="et_pb_post"><h2><a href="/blog/{slug}/">{title}</a></h2><p>{WORDS[n % 3]}</p></div>'
        for n, (slug, title) in enumerate(zip(SLUGS, TITLES, strict=True))
    )
    head = '<link rel="stylesheet" href="/blog/wp-content/themes/Divi/style.css"><script src="/blog/wp-includes/js/x.js"></script>'
    host.put("/blog/", frame("News and views", f'<div id="main-content"><h1>Blog</h1>{cards}</div>', head=head))
    return "/blog/"


def _joomla(host: Host) -> str:
    """Joomla's blog layout: each list has a feed under the same address."""
    rows = "".join(
        f'<div class="blog-item"><div class="item-content"><div class="page-header"><h2><a href="/index.php/news/{n}-{slug}">{title}</a></h2></div><p>{WORDS[n % 3]}</p></div></div>'
        for n, (slug, title) in enumerate(zip(SLUGS, TITLES, strict=True), 11)
    )
    feed = real.wordpress_feed(
        host,
        [
            real.Item(f"/index.php/news/{n}-{slug}", item.title, item.day)
            for n, (slug, item) in enumerate(zip(SLUGS, items("/"), strict=True), 11)
        ],
    )
    host.put("/index.php/news?format=feed&type=rss", feed, "application/rss+xml")
    host.put(
        "/index.php/news",
        frame(
            "News",
            f'<div class="com-content-category-blog blog"><h1>News</h1>{rows}</div>',
            head='<meta name="generator" content="Joomla! - Open Source Content Management">',
        ),
    )
    return "/index.php/news"


def _commission(host: Host) -> str:
    """The Commission's platform: ECL markup; the list's feed is linked beside it and tells when items were changed."""
    rows = [
        real.Item(f"news/{slug}_en", title, worded(day), WORDS[n % 3])
        for n, (slug, title, day) in enumerate(zip(SLUGS, TITLES, DAYS, strict=True))
    ]
    page = real.ecl_list(rows[:3], following=None).replace(
        "</h1>", '</h1><a class="ecl-link" href="/node/38/rss_en">RSS</a>', 1
    )
    page = (
        page.replace("European Education Area", "Skills Portal")
        .replace("<main>", '<main><div class="ecl-page-header"></div>')
        .replace(
            "<head>",
            '<head><meta name="Generator" content="Drupal 10"><meta property="og:site_name" content="Skills Portal">',
        )
    )
    host.put("/news_en", page)
    host.put(
        "/node/38/rss_en",
        real.wordpress_feed(
            host, [real.Item(f"/{row.path}", row.title, item.day) for row, item in zip(rows, items("/"), strict=True)]
        ),
        "application/rss+xml",
    )
    return "/news_en"


def _squarespace(host: Host) -> str:
    rows = "".join(
        f'<article class="blog-basic-grid--container entry blog-item"><h1 class="blog-title"><a href="/insights/{slug}">{title}</a></h1><time class="blog-date" pubdate>{american(day)[:5]}</time></article>'
        for slug, title, day in zip(SLUGS, TITLES, DAYS, strict=True)
    )
    host.put(
        "/insights?format=rss",
        real.wordpress_feed(
            host,
            [
                real.Item(f"/insights/{slug}", item.title, item.day)
                for slug, item in zip(SLUGS, items("/"), strict=True)
            ],
        ),
        "application/rss+xml",
    )
    host.put(
        "/insights",
        frame(
            "Insights — Skills Lab",
            f'<main id="page">{rows}</main>',
            head='<script src="https://static1.squarespace.com/static/x.js"></script><!-- This is Squarespace. -->',
        ),
    )
    return "/insights"


def _pressbooks(host: Host) -> str:
    """A book of Pressbooks: chapters as its contents, and the feed of WordPress below the book."""
    rows = "".join(
        f'<li class="toc__chapter"><a href="/microcredentials/chapter/{slug}/"><span class="toc__title">{title}</span></a></li>'
        for slug, title in zip(SLUGS, TITLES, strict=True)
    )
    host.put(
        "/microcredentials/feed/", real.wordpress_feed(host, items("/microcredentials/chapter/")), "application/rss+xml"
    )
    head = '<meta name="generator" content="Pressbooks 6.18"><link rel="stylesheet" href="/microcredentials/wp-content/themes/pressbooks-book/x.css">'
    host.put(
        "/microcredentials/",
        frame("A book on microcredentials", f'<main><ol class="toc">{rows}</ol></main>', head=head),
    )
    return "/microcredentials/"


def _hugo(host: Host) -> str:
    """A static site: the head names the feed by a relative address."""
    rows = "".join(
        f'<li><span class="date">{day}</span> <a href="/posts/{slug}/">{title}</a></li>'
        for slug, title, day in zip(SLUGS, TITLES, DAYS, strict=True)
    )
    host.put("/posts/index.xml", real.wordpress_feed(host, items("/posts/")), "application/xml")
    host.put(
        "/posts/",
        frame(
            "Posts | Open Badges Lab",
            f'<main><h1>Posts</h1><ul class="archive">{rows}</ul></main>',
            head='<meta name="generator" content="Hugo 0.123.7"><link rel="alternate" type="application/rss+xml" href="index.xml">',
        ),
    )
    return "/posts/"


def _feed_itself(host: Host) -> str:
    host.put("/rss", real.wordpress_feed(host, items("/")), "text/html")
    return "/rss"


# ---------------------------------------------------------------- repositories and journals


def _oai(host: Host, path: str) -> None:
    identify = """<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-23T06:00:00Z</responseDate>
<request verb="Identify">{base}</request><Identify><repositoryName>Repository</repositoryName><baseURL>{base}</baseURL>
<protocolVersion>2.0</protocolVersion><earliestDatestamp>2011-01-01</earliestDatestamp><granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>"""
    records = "".join(
        f"""<record><header><identifier>oai:repository:{n}</identifier><datestamp>{day}</datestamp></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>
<dc:date>{day}</dc:date><dc:identifier>https://repository.example.org/{n}</dc:identifier><dc:language>en</dc:language></oai_dc:dc></metadata></record>"""
        for n, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    )
    page = f"""<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-23T06:00:00Z</responseDate>
<request verb="ListRecords">x</request><ListRecords>{records}</ListRecords></OAI-PMH>"""
    host.put(f"{path}?verb=Identify", identify, "text/xml")
    host.put(path, page, "text/xml")  # whatever else is asked


def _journal(host: Host) -> str:
    """Open Journal Systems: an issue's articles; feed by its plugin, records by OAI-PMH, both below the journal."""
    rows = "".join(
        f'<div class="obj_article_summary"><h3 class="title"><a href="/index.php/jmc/article/view/{n}">{title}</a></h3><div class="meta"><div class="authors">A. Author</div></div></div>'
        for n, title in enumerate(TITLES, 31)
    )
    main = f'<main class="pkp_structure_main"><h1>Journal of Micro-credentials</h1><ul class="cmp_article_list articles">{rows}</ul><a href="/index.php/jmc/issue/archive">View all issues</a><a href="/index.php/jmc/about">About the journal</a></main>'
    host.put(
        "/index.php/jmc/gateway/plugin/WebFeedGatewayPlugin/rss2",
        real.wordpress_feed(
            host,
            [
                real.Item(f"/index.php/jmc/article/view/{n}", item.title, item.day)
                for n, item in enumerate(items("/"), 31)
            ],
        ),
        "application/rss+xml",
    )
    _oai(host, "/index.php/jmc/oai")
    host.put(
        "/index.php/jmc/index",
        frame(
            "Journal of Micro-credentials",
            main,
            head='<meta name="generator" content="Open Journal Systems 3.4.0.5">',
            body='class="pkp_page_index"',
        ),
    )
    return "/index.php/jmc/index"


def _dspace(host: Host) -> str:
    """DSpace 7: its pages are drawn by a script; the interface stands under /server."""
    _oai(host, "/server/oai/request")
    host.put(
        "/home",
        '<!DOCTYPE html><html><head><title>Open Research</title><meta name="Generator" content="DSpace 7.6.1"></head><body><ds-app></ds-app><h1>Open Research</h1><p>Communities in this repository, and how to deposit.</p></body></html>',
    )
    return "/home"


def _eprints(host: Host) -> str:
    _oai(host, "/cgi/oai2")
    host.put(
        "/",
        frame(
            "Institutional Repository",
            '<div class="ep_tm_page_content"><h1>Welcome</h1><p>Latest additions, and how to search.</p><a href="/view/year/">Browse the repository by year</a></div>',
            head='<meta name="Generator" content="EPrints 3.4.5">',
        ),
    )
    return "/"


# ---------------------------------------------------------------- lists without a feed


def _drupal(host: Host) -> str:
    """Drupal views with fields; a sidebar of related items has the same rows."""
    rows = "".join(
        f'<div class="views-row"><div class="views-field views-field-title"><span class="field-content"><a href="/publications/{slug}">{title}</a></span></div><div class="views-field views-field-created"><time datetime="{day}T10:00:00Z">{worded(day)}</time></div></div>'
        for slug, title, day in zip(SLUGS, TITLES, DAYS, strict=True)
    )
    aside = '<div class="block-related"><div class="views-row"><a href="/node/7">A related page on something else</a></div></div>'
    host.put(
        "/publications",
        frame(
            "Publications | Agency for Skills",
            f'<main role="main"><h1>Publications</h1><div class="view-content">{rows}</div><nav class="pager"><ul><li class="pager__item--next"><a href="?page=1" title="Go to next page">››</a></li></ul></nav></main>',
            head='<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">',
            aside=aside,
        ),
    )
    return "/publications"


def _cards(host: Host) -> str:
    """A bespoke site: cards in a grid of Bootstrap; pictures are links too, and "Read more" stands under each."""
    rows = "".join(
        f"""<div class="col-md-4 mb-4"><div class="card h-100 resource-card"><a href="/resources/{slug}"><img src="/i/{n}.jpg" alt=""></a>
<div class="card-body d-flex flex-column"><p class="text-muted small mb-1">Report</p><h5 class="card-title">{title}</h5><p class="card-text">{WORDS[n % 3]}</p>
<p class="resource-date">Published on {worded(day)}</p><a class="btn btn-primary" href="/resources/{slug}">Read more</a></div></div></div>"""
        for n, (slug, title, day) in enumerate(zip(SLUGS, TITLES, DAYS, strict=True))
    )
    host.put(
        "/resources",
        frame(
            "Resources - Quality Agency",
            f'<div class="container"><h1>Resources</h1><div class="row">{rows}</div><ul class="pagination"><li class="page-item"><a class="page-link next-link" href="/resources?page=2">Next</a></li></ul></div>',
        ),
    )
    return "/resources"


def _table(host: Host) -> str:
    """A ministry's table: German days, documents as PDF, no class that says anything."""
    rows = "".join(
        f'<tr><td>{dotted(day)}</td><td><a href="/fileadmin/{slug}.pdf">{title}</a></td><td>PDF, 2 MB</td></tr>'
        for slug, title, day in zip(SLUGS, TITLES, DAYS, strict=True)
    )
    host.put(
        "/ministerium/veroeffentlichungen",
        frame(
            "Veröffentlichungen",
            f'<div id="content"><h1>Veröffentlichungen</h1><table><thead><tr><th>Datum</th><th>Titel</th><th>Datei</th></tr></thead><tbody>{rows}</tbody></table></div>',
        ),
    )
    return "/ministerium/veroeffentlichungen"


def _plain(host: Host) -> str:
    """A list as people write it by hand: the date stands before the link in the same line."""
    rows = "".join(
        f'<li>{worded(day)} – <a href="{slug}.html">{title}</a></li>'
        for slug, title, day in zip(SLUGS, TITLES, DAYS, strict=True)
    )
    host.put(
        "/papers/",
        f"<html><head><title>Working papers</title></head><body><h1>Working papers</h1><p>See also <a href='/about.html'>about the series</a>.</p><ul>{rows}</ul></body></html>",
    )
    return "/papers/"


def _hashed(host: Host) -> str:
    """A site drawn by a script and sent whole: classes are utilities and hashes, so only the place tells."""
    rows = "".join(
        f"""<a class="block rounded-lg p-4 hover:shadow-lg css-1x8k2zq" href="/insights/{slug}"><div class="flex css-9f3d1"><h3 class="text-xl font-bold">{title}</h3>
<p class="mt-2 text-gray-600">{WORDS[n % 3]}</p><span class="text-sm css-77aa0">{american(day)}</span></div></a>"""
        for n, (slug, title, day) in enumerate(zip(SLUGS, TITLES, (*DAYS[:7], "2026-01-29"), strict=True))
    )
    host.put(
        "/insights",
        frame(
            "Insights",
            f'<main class="css-0 flex"><h1>Insights</h1><div class="grid grid-cols-3 gap-4">{rows}</div></main>',
        ),
    )
    return "/insights"


def _events(host: Host) -> str:
    """Events with day and month in boxes of their own; most lie ahead."""
    days = ("2026-12-03", "2026-12-10", "2027-01-14", "2027-02-25", "2026-11-05")
    rows = "".join(
        f"""<li class="event-item"><div class="event-date"><time datetime="{day}"><span>{int(day[8:])}</span><span>{MONTHS[int(day[5:7]) - 1][:3]}</span></time></div>
<div class="event-body"><h3><a href="/events/{slug}">Webinar: {title}</a></h3><p class="event-place">Online</p></div></li>"""
        for slug, title, day in zip(SLUGS, TITLES, days, strict=False)
    )
    host.put("/events", frame("Events", f'<main><h1>Events</h1><ul class="event-list">{rows}</ul></main>'))
    return "/events"


def calendar(host: Host) -> str:
    """A calendar as an events plug-in of WordPress writes it."""
    rows = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@events\r\nDTSTAMP:20261101T090000Z\r\nDTSTART;VALUE=DATE:2027{n + 1:02}12\r\nSUMMARY:{title.replace(',', chr(92) + ',')}\r\n"
        f"URL:{host.url(f'/event/{slug}/')}\r\nEND:VEVENT\r\n"
        for n, (slug, title) in enumerate(zip(SLUGS, TITLES, strict=True))
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//events//EN\r\n{rows}END:VCALENDAR\r\n"


def _events_plugin(host: Host) -> str:
    """An events page that links to its calendar."""
    host.put("/events/?ical=1", calendar(host), "text/calendar; charset=UTF-8")
    rows = "".join(
        f'<article class="tribe-event"><h3><a href="/event/{slug}/">{title}</a></h3></article>'
        for slug, title in zip(SLUGS, TITLES, strict=True)
    )
    link = '<a class="tribe-events-c-subscribe" href="/events/?ical=1">Export calendar</a>'
    host.put("/events/", frame("Events", f"<main><h1>Events</h1>{rows}{link}</main>"))
    return "/events/"


def _parted(host: Host) -> str:
    """One page, whose items have no pages: a heading and a paragraph each."""
    rows = "".join(
        f"<h3>{title}</h3><p>{worded(day)}. {WORDS[n % 3]}</p>"
        for n, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
    )
    host.put("/news.html", frame("News of the network", f'<div class="text"><h1>News of the network</h1>{rows}</div>'))
    return "/news.html"


# ---------------------------------------------------------------- neither feed nor list


def _scripted(host: Host) -> str:
    """A list that a script draws: only the sitemap, named in robots.txt, tells what there is."""
    urls = "".join(
        f"<url><loc>{{base}}/knowledge/{slug}</loc><lastmod>{day}</lastmod></url>"
        for slug, day in zip(SLUGS, DAYS, strict=True)
    )
    other = "".join(f"<url><loc>{{base}}/{each}</loc></url>" for each in ("about", "contact", "team"))
    host.put(
        "/sitemap.xml",
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{base}/map-1.xml</loc></sitemap></sitemapindex>',
        "application/xml",
    )
    host.put(
        "/map-1.xml",
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}{other}</urlset>',
        "application/xml",
    )
    host.put("/robots.txt", "User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n", "text/plain")
    host.put(
        "/knowledge",
        frame("Knowledge base", '<main id="app"><h1>Knowledge base</h1><p>This list is drawn by a script.</p></main>'),
    )
    return "/knowledge"


def _hub(host: Host) -> str:
    """A page about the subject itself, on a site whose head names the feed of everything else."""
    host.put(
        "/rss.xml",
        real.wordpress_feed(
            host,
            [
                real.Item(f"/n/{n}", title, "Thu, 12 Nov 2026 09:00:00 +0000")
                for n, title in enumerate(("Exchange year", "New dean", "Sports day", "Open evening", "Choir"))
            ],
        ),
        "application/rss+xml",
    )
    main = f'<main><h1>Micro-credentials at the ministry</h1><p>{WORDS[0]} {WORDS[1]}</p><p>Read the <a href="/files/framework.pdf">national framework for micro-credentials</a> and the <a href="/law/act-12">act on adult education</a>.</p></main>'
    host.put(
        "/policy/micro-credentials",
        frame(
            "Micro-credentials at the ministry",
            main,
            head='<link rel="alternate" type="application/rss+xml" href="/rss.xml">',
        ),
    )
    return "/policy/micro-credentials"


SITES: Sequence[SiteCase] = (
    SiteCase(
        "wordpress",
        _wordpress,
        "feed",
        5,
        5,
        {"url": "/category/credentials/feed/", "name": "Credential Forum – Credentials"},
    ),
    SiteCase("wordpress-below", _wordpress_below, "feed", 8, 8, {"url": "/blog/feed/", "defaults": {"kind": "news"}}),
    SiteCase("joomla", _joomla, "feed", 8, 8, {"url": "/index.php/news?format=feed&type=rss"}),
    SiteCase("commission", _commission, "feed", 8, 0, {"url": "/node/38/rss_en", "dates": "modified"}),
    SiteCase("squarespace", _squarespace, "feed", 8, 8, {"url": "/insights?format=rss"}),
    SiteCase("pressbooks", _pressbooks, "feed", 8, 8, {"url": "/microcredentials/feed/"}),
    SiteCase("hugo", _hugo, "feed", 8, 8, {"url": "/posts/index.xml"}),
    SiteCase("feed-itself", _feed_itself, "feed", 8, 8, {"url": "/rss"}),
    SiteCase("journal", _journal, "oai", 4, 4, {"url": "/index.php/jmc/oai"}),
    SiteCase("dspace", _dspace, "oai", 4, 4, {"url": "/server/oai/request"}),
    SiteCase("eprints", _eprints, "oai", 4, 4, {"url": "/cgi/oai2"}),
    SiteCase("drupal", _drupal, "listing", 8, 8, {"url": "/publications", "defaults": {"kind": "report"}}),
    SiteCase("cards", _cards, "listing", 8, 8, {"url": "/resources", "next": "a.next-link"}),
    SiteCase("table", _table, "listing", 8, 8, {"url": "/ministerium/veroeffentlichungen"}),
    SiteCase("plain", _plain, "listing", 8, 8, {"url": "/papers/"}),
    SiteCase("hashed", _hashed, "listing", 8, 8, {"url": "/insights", "date_order": "mdy"}),
    SiteCase("events", _events, "listing", 5, 5, {"url": "/events", "dates": "event", "defaults": {"kind": "event"}}),
    SiteCase("events-plugin", _events_plugin, "calendar", 8, 8, {"url": "/events/?ical=1"}),
    SiteCase("parted", _parted, "listing", 8, 8, {"url": "/news.html", "split": "h3"}),
    SiteCase("scripted", _scripted, "sitemap", 8, 0, {"url": "/map-1.xml"}),
    SiteCase("hub", _hub, "page", 3, 0, {"url": "/policy/micro-credentials", "every": "7d"}),
)


def put(web: Web) -> dict[str, str]:
    """Put all sites up; gives the address to paste for each."""
    return {site.name: web.host(site.name).url(site.put(web.host(site.name))) for site in SITES}
