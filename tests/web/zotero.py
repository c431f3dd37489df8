"""A group's library as api.zotero.org serves it (web API v3): versions, pages, the trash, what was deleted, notes under works."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from web.server import Seen

Answer = tuple[int, str, bytes]


class Library:
    """The library; every change raises its version."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = {item["key"]: item for item in items}
        self.version = max(item["version"] for item in items)
        self.deleted: dict[str, int] = {}  # key → the version in which it went
        self.backoff = 0

    def change(self, key: str, **data: Any) -> None:
        """Change an item, or put a new one."""
        self.version += 1
        empty = {
            "key": key,
            "links": {},
            "meta": {},
            "data": {"key": key, "dateAdded": "2026-01-01T00:00:00Z", "tags": []},
        }
        item = self.items.setdefault(key, empty)
        item["data"] = {**item["data"], **data, "version": self.version}
        item["version"] = self.version

    def delete(self, *keys: str) -> None:
        """Delete items for good."""
        self.version += 1
        for key in keys:
            del self.items[key]
            self.deleted[key] = self.version

    def answer(self, seen: Seen) -> Answer:
        """Answer a request as the API does."""
        parts = urlsplit(seen.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if asked.get("v") != "3":
            return 400, "", b"Invalid API version"
        headers = {name.lower(): value for name, value in seen.headers.items()}
        if headers.get("if-modified-since-version") == str(self.version):
            return 304, f"Last-Modified-Version: {self.version}\r\n", b""
        path, since = parts.path.split("/groups/2373077/")[-1], int(asked.get("since", 0))
        if path == "deleted":
            gone = sorted(key for key, version in self.deleted.items() if version > since)
            return self._said({"collections": [], "items": gone, "searches": [], "tags": [], "settings": []})
        if path.endswith("/children"):
            parent = path.split("/")[1]
            return self._page([i for i in self._alive() if i["data"].get("parentItem") == parent], asked)
        if path != "items":
            return 404, "", b"Not found"
        held = list(self.items.values()) if asked.get("includeTrashed") else self._alive()
        return self._page([item for item in held if item["version"] > since], asked)

    def _alive(self) -> list[dict[str, Any]]:
        return [item for item in self.items.values() if not item["data"].get("deleted")]

    def _page(self, held: list[dict[str, Any]], asked: dict[str, str]) -> Answer:
        held = sorted(held, key=lambda item: item["data"]["dateAdded"])
        begin, limit = int(asked.get("start", 0)), min(100, int(asked.get("limit", 25)))
        return self._said(held[begin : begin + limit], len(held))

    def _said(self, body: object, total: int | None = None) -> Answer:
        head = f"Zotero-API-Version: 3\r\nLast-Modified-Version: {self.version}\r\n"
        head += f"Total-Results: {total}\r\n" if total is not None else ""
        head += f"Backoff: {self.backoff}\r\n" if self.backoff else ""
        return 200, head, json.dumps(body).encode()
