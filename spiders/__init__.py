"""Harvesting: one file a source kind. A kind is pure; only `_crawl.py` reads from the web."""
