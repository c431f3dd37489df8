"""Lists as many builders mark them, each with the same eight works: what `_blocks.py` and `_selectors.py` must find.

`LISTS`: name → page. `UNDATED`: those whose items hold no day themselves.
"""

from __future__ import annotations

from web.sites import DAYS, MONTHS, SLUGS, TITLES, WORDS, dotted, frame, worded

ROWS = tuple(enumerate(zip(SLUGS, TITLES, DAYS, strict=True)))
SPANISH = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
LISTS: dict[str, str] = {}
UNDATED = {"dl", "tablerows", "sharepoint"}

LISTS["typo3"] = frame(
    "Aktuelles",
    "<div class='content'><h1>Aktuelles</h1><div class='news-list-view' id='news-container-56'>"
    + "".join(
        f'<div class="article articletype-0 topnews" itemscope="itemscope" itemtype="http://schema.org/Article"><div class="header"><h3><a title="{t}" href="/aktuelles/detail/{s}"><span itemprop="headline">{t}</span></a></h3></div><div class="teaser-text"><div itemprop="description"><p>{WORDS[n % 3]}</p></div><a class="more" title="{t}" href="/aktuelles/detail/{s}">Weiterlesen</a></div><div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="{d}">{dotted(d)}</time></span> <span class="news-list-category">Studium</span></p></div></div>'
        for n, (s, t, d) in ROWS
    )
    + "</div></div>",
)
LISTS["wpblock"] = frame(
    "News",
    "<main class='wp-block-group'><h1>News</h1><ul class='wp-block-post-template is-layout-grid'>"
    + "".join(
        f'<li class="wp-block-post post-{300 + n} post type-post status-publish format-standard has-post-thumbnail hentry category-news"><figure class="wp-block-post-featured-image"><a href="/2026/11/{s}/"><img alt=""></a></figure><h2 class="wp-block-post-title has-large-font-size"><a href="/2026/11/{s}/" target="_self">{t}</a></h2><div class="wp-block-post-date"><time datetime="{d}T10:00:00+01:00">{worded(d)}</time></div><div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{WORDS[n % 3]}</p></div></li>'
        for n, (s, t, d) in ROWS
    )
    + "</ul></main>",
)
LISTS["webflow"] = frame(
    "Library",
    "<div class='section'><div class='w-layout-blockcontainer w-container'><h1>Library</h1><div class='w-dyn-list'><div role='list' class='w-dyn-items w-row'>"
    + "".join(
        f'<div role="listitem" class="w-dyn-item w-col w-col-4"><a href="/library/{s}" class="link-block-2 w-inline-block"><img src="x"><div class="text-block-7">{t}</div><div class="text-block-8">{MONTHS[int(d[5:7]) - 1]} {int(d[8:])}, {d[:4]}</div></a></div>'
        for n, (s, t, d) in ROWS
    )
    + "</div></div></div></div>",
)
LISTS["years"] = frame(
    "Documents",
    "<div id='content'><h1>Documents</h1>"
    + "".join(
        f"<h2>{y}</h2><ul>"
        + "".join(f'<li><a href="/docs/{s}.pdf">{t}</a> ({worded(d)})</li>' for n, (s, t, d) in ROWS if n % 2 == k)
        + "</ul>"
        for k, y in ((0, 2026), (1, 2025))
    )
    + "</div>",
)
LISTS["dl"] = frame(
    "Press releases",
    "<div class='text'><h1>Press releases</h1><dl class='press'>"
    + "".join(f'<dt>{worded(d)}</dt><dd><a href="/press/{s}">{t}</a></dd>' for n, (s, t, d) in ROWS)
    + "</dl></div>",
)
LISTS["elementor"] = frame(
    "Blog",
    "<div class='elementor elementor-12'><h1>Blog</h1><div class='elementor-posts-container elementor-posts elementor-grid'>"
    + "".join(
        f'<article class="elementor-post elementor-grid-item post-{n} post type-post"><a class="elementor-post__thumbnail__link" href="/{s}/"><img></a><div class="elementor-post__text"><h3 class="elementor-post__title"><a href="/{s}/">{t}</a></h3><div class="elementor-post__meta-data"><span class="elementor-post-date">{worded(d)}</span></div><div class="elementor-post__excerpt"><p>{WORDS[n % 3]}</p></div><a class="elementor-post__read-more" href="/{s}/">Read More »</a></div></article>'
        for n, (s, t, d) in ROWS
    )
    + "</div></div>",
)
LISTS["umbraco"] = frame(
    "Reports",
    "<main><div class='listing'><h1>Reports</h1>"
    + "".join(
        f'<a class="teaser" href="/reports/{s}/"><div class="teaser__inner"><span class="teaser__meta">Report · {d[8:]}/{d[5:7]}/{d[:4]}</span><strong class="teaser__heading">{t}</strong><span class="teaser__text">{WORDS[n % 3]}</span></div></a>'
        for n, (s, t, d) in ROWS
    )
    + "</div></main>",
)
LISTS["liferay"] = frame(
    "Noticias",
    "<section id='content'><h1>Noticias</h1><div class='portlet-body'>"
    + "".join(
        f'<div class="asset-abstract mb-5 {"first" if not n else ""}"><div class="asset-entry"><h4 class="component-title"><a href="/web/guest/-/{s}?redirect=x"><span class="asset-anchor">{t}</span></a></h4><span class="text-secondary">{int(d[8:])} de {SPANISH[int(d[5:7]) - 1]} de {d[:4]}</span><div class="asset-summary">{WORDS[n % 3]}</div></div></div>'
        for n, (s, t, d) in ROWS
    )
    + "</div></section>",
)
LISTS["unesco"] = frame(
    "Articles",
    "<main><h1>Articles</h1><div class='view-content row'>"
    + "".join(
        f'<div class="col-12 views-row"><article class="node node--type-news card"><div class="row"><div class="col-3"><a href="/en/articles/{s}"><img></a></div><div class="col-9"><div class="field--type">News</div><h3 class="title h5"><a href="/en/articles/{s}">{t}</a></h3><div class="date">{worded(d)}</div><a href="/tags/education">Education</a> <a href="/tags/skills">Skills for all</a></div></div></article></div>'
        for n, (s, t, d) in ROWS
    )
    + "</div></main>",
)
LISTS["datesoutside"] = frame(
    "Press",
    "<div class='page'><h1>Press</h1>"
    + "".join(
        f'<div class="day"><h3>{worded(d)}</h3><ul class="list-group"><li class="list-group-item"><a href="/press/{s}/">{t}</a></li></ul></div>'
        for n, (s, t, d) in ROWS
    )
    + "</div>",
)
LISTS["tablerows"] = frame(
    "Publications",
    "<div class='main-content'><h1>Publications</h1><table class='table table-striped'>"
    + "".join(
        f'<tr class="{"odd" if n % 2 else "even"}"><td class="c1"><a href="/p/{s}">{t}</a></td><td class="c2">A. Author, B. Other</td><td class="c3">{d[:4]}</td></tr>'
        for n, (s, t, d) in ROWS
    )
    + "</table></div>",
)
LISTS["mixed-tags"] = frame(
    "Stories",
    "<main><h1>Stories</h1><section class='stories'>"
    + "".join(
        f'<{tag} class="story"><{h} class="story-h"><a href="stories/{s}">{t}</a></{h}><p>{WORDS[n % 3]}</p><small>{worded(d)}</small></{tag}>'
        for n, (s, t, d) in ROWS
        for tag, h in ((("article", "h2") if n == 0 else ("div", "h3")),)
    )
    + "</section></main>",
)
LISTS["sharepoint"] = frame(
    "Documents",
    "<div id='contentBox'><h1>Documents</h1><div class='ms-rtestate-field'><ul class='dfwp-column dfwp-list' style='width:100%'>"
    + "".join(
        f'<li class="dfwp-item"><div class="item"><div class="link-item"><a href="/docs/{s}.aspx" title="">{t}</a><div class="description">{WORDS[n % 3]}</div></div></div></li>'
        for n, (s, t, d) in ROWS
    )
    + "</ul></div></div>",
)
LISTS["listgroup"] = frame(
    "Updates",
    "<main class='container py-5'><h1>Updates</h1><div class='list-group'>"
    + "".join(
        f'<a href="/updates/{s}" class="list-group-item list-group-item-action"><div class="d-flex w-100 justify-content-between"><h5 class="mb-1">{t}</h5><small>{worded(d)}</small></div><p class="mb-1">{WORDS[n % 3]}</p></a>'
        for n, (s, t, d) in ROWS
    )
    + "</div></main>",
)
LISTS["paragraphs"] = frame(
    "News archive",
    "<div id='content'><h1>News archive</h1>"
    + "".join(f'<p><b>{dotted(d)}</b><br><a href="/n/{s}.htm">{t}</a><br>{WORDS[n % 3]}</p>' for n, (s, t, d) in ROWS)
    + "</div>",
)
LISTS["fonts"] = (
    "<html><head><title>x</title></head><body><table width=800><tr><td width=200><a href=/a>Startseite der Seite</a><br><a href=/b>Kontakt und Anfahrt</a></td><td><h1>Mitteilungen</h1><table>"
    + "".join(
        f'<tr><td><font face=Arial><a href="mitt/{s}.html">{t}</a></font><br><font size=1>{dotted(d)}</font></td></tr>'
        for n, (s, t, d) in ROWS
    )
    + "</table></td></tr></table></body></html>"
)
LISTS["elements"] = frame(
    "Insights",
    "<main><h1>Insights</h1><news-list>"
    + "".join(
        f'<news-card><a slot="title" href="/i/{s}">{t}</a><span slot="date">{MONTHS[int(d[5:7]) - 1]} {int(d[8:])}, {d[:4]}</span></news-card>'
        for n, (s, t, d) in ROWS
    )
    + "</news-list></main>",
)
LISTS["results"] = frame(
    "Search",
    "<main><h1>8 results</h1><ol class='search-results'>"
    + "".join(
        f'<li><h3><a href="/doc/{s}">{t}</a></h3><p class="url">https://site.example.org/doc/{s}</p><p class="search-snippet-info">{worded(d)} - {WORDS[n % 3]}</p></li>'
        for n, (s, t, d) in ROWS
    )
    + "</ol></main>",
)
LISTS["twolists"] = frame(
    "Newsroom",
    "<main><h1>Newsroom</h1><section class='featured'>"
    + "".join(
        f'<div class="feature"><h2><a href="/feature/{n}">Featured: {t}</a></h2></div>' for n, (s, t, d) in ROWS[:3]
    )
    + "</section><section class='latest'>"
    + "".join(
        f'<div class="row-item"><span class="when">{worded(d)}</span><a class="what" href="/news/{s}">{t}</a></div>'
        for n, (s, t, d) in ROWS
    )
    + "</section></main>",
    aside="<ul>" + "".join(f'<li><a href="/popular/{n}">Popular: {t}</a></li>' for n, (s, t, d) in ROWS[:5]) + "</ul>",
)
LISTS["accordion"] = frame(
    "Working papers",
    "<div class='region-content'><h1>Working papers</h1>"
    + "".join(
        f"<details><summary>Series {k}</summary><ul class='papers'>"
        + "".join(
            f'<li class="paper"><span class="paper__date">{d}</span><cite><a href="/wp/{s}">{t}</a></cite><span class="paper__by">Anna Author; Ben Other</span></li>'
            for n, (s, t, d) in ROWS
            if n % 2 == k
        )
        + "</ul></details>"
        for k in (0, 1)
    )
    + "</div>",
)
