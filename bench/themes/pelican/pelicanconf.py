"""Pelican's settings for the same pages; authors stand for countries, since Pelican has no third taxonomy."""

import os

SITENAME = "Micro-credential Observatory"
SITEURL = "https://observatory.example.org"
PATH = os.environ["BENCH_CONTENT"]
THEME = os.path.dirname(os.path.abspath(__file__))
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_PAGINATION = 50
ARTICLE_URL = ARTICLE_SAVE_AS = "works/{slug}/index.html"
SLUGIFY_SOURCE = "basename"
DIRECT_TEMPLATES = ["index", "tags", "categories", "authors"]
FEED_RSS = "feed.rss"
TAG_FEED_RSS = "tag/{slug}.rss"
CATEGORY_FEED_RSS = "category/{slug}.rss"
AUTHOR_FEED_RSS = "author/{slug}.rss"
FEED_MAX_ITEMS = 50
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = TRANSLATION_FEED_ATOM = None
ARCHIVES_SAVE_AS = ""
