"""All services of research and EU law, played on loopback: the answers are those of tests/cases, with our own addresses.

services = Services(web)
services.rows()                  # the items of sources.yaml that ask them
services.oai_records(10_000)     # a repository of so many records, a hundred a page
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from web.server import Host, Seen, Web
from web.zotero import Library

CASES = Path(__file__).parent.parent / "cases"
Answer = Callable[[Seen], tuple[int, str, bytes]]
OAI_PAGE = 100


def pdf(*pages: str) -> bytes:
    """Write a PDF by hand, each page one text of short lines."""
    body = [b"", b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for said in pages:
        lines = " ".join(f"({line}) Tj T*" for line in said.splitlines())
        stream = f"BT /F1 11 Tf 50 780 Td 14 TL {lines} ET".encode()
        body.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        font = b"/Resources << /Font << /F1 3 0 R >> >>"
        body.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R %s >>" % (len(body) - 1, font)
        )
        kids.append(b"%d 0 R" % (len(body) - 1))
    body[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(body[1:], 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(body), len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % len(body) + table + end


class Services:
    """The services, each on a host of its own; what they answer can be changed by name."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.answers: dict[str, Answer] = {}
        for name in (
            "openalex",
            "crossref",
            "doaj",
            "eric",
            "zenodo",
            "openaire",
            "hal",
            "arxiv",
            "cellar",
            "jsonapi",
            "oai",
            "zotero",
        ):
            self._play(name)
        self.library = Library(json.loads((CASES / "zotero" / "answer.json").read_bytes()))
        report = pdf("Stackable microcredentials\nJune 2022", "The quokka clause\nof recognition")
        self.files = {"/stackable.pdf": report, "/guide.pdf": b"%PDF-1.7\n%broken on purpose\n" + b"\x00" * 4000}
        self.records = 0

    def _play(self, name: str) -> None:
        host = self.web.host(name)
        self.answers[name] = getattr(self, f"_{name}", lambda seen: self.case(seen.host))

        async def answer(seen: Seen, writer: asyncio.StreamWriter) -> None:
            file = self.files.get(seen.path)
            status, extra, body = (200, "", file) if file else self.answers[name](seen)
            # Services often send a wrong type of content: it is read all the same.
            head = f"HTTP/1.1 {status} -\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{extra}\r\n"
            writer.write(head.encode("latin-1") + body)

        raw: Callable[[Seen, asyncio.StreamWriter], Awaitable[None]] = answer
        host.pages = _Everything(raw)  # type: ignore[assignment]

    def case(self, name: str, file: str = "") -> tuple[int, str, bytes]:
        """Answer with a case, its addresses turned to our own hosts."""
        body = (CASES / name / (file or ("answer.xml" if name in ("arxiv", "oai") else "answer.json"))).read_bytes()
        files = self.web.host(name).url("").encode()
        for theirs in (
            b"https://reports.example.org",
            b"https://zenodo.org/api/records/9900001/files",
            b"https://repository.example.org/1001/1",
        ):
            body = body.replace(theirs, files)
        return 200, "", body.replace(b"guide.pdf/content", b"guide.pdf")

    def _crossref(self, seen: Seen) -> tuple[int, str, bytes]:
        name = unquote(urlsplit(seen.path).path.removeprefix("/works").strip("/")).lower()
        if not name:
            return self.case("crossref")
        items = json.loads(self.case("crossref")[2])["message"]["items"]
        found = [item for item in items if item["DOI"].lower() == name]
        return (
            (200, "", json.dumps({"status": "ok", "message": found[0]}).encode())
            if found
            else (404, "", b"Resource not found.")
        )

    def _cellar(self, seen: Seen) -> tuple[int, str, bytes]:
        return self.case("cellar", "details.json" if "VALUES ?work" in unquote(seen.body.decode()) else "answer.json")

    def _zotero(self, seen: Seen) -> tuple[int, str, bytes]:
        return self.library.answer(seen)

    def _oai(self, seen: Seen) -> tuple[int, str, bytes]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(seen.path).query).items()}
        if asked["verb"] == "Identify":
            return self.case("oai", "identify.xml")
        if not self.records:
            return self.case("oai", "last.xml" if "resumptionToken" in asked else "")
        if asked.get("from", "") > "2026-01-01":
            return self.case("oai", "none.xml")
        begin = int(asked.get("resumptionToken", "0"))
        return 200, "", self._page(begin)

    def _page(self, begin: int) -> bytes:
        end = min(begin + OAI_PAGE, self.records)
        records = "".join(
            f"<record><header><identifier>oai:x:{n}</identifier><datestamp>2026-01-01</datestamp></header><metadata>"
            f'<oai_dc:dc xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/">'
            f"<dc:title>Micro-credentials, study {n} of the {n % 97}th region</dc:title><dc:date>{2018 + n % 9}</dc:date>"
            f"<dc:creator>Author{n}, A.</dc:creator></oai_dc:dc></metadata></record>"
            for n in range(begin, end)
        )
        token = str(end) if end < self.records else ""
        size = f' completeListSize="{self.records}"'
        head = '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        return f"{head}{records}<resumptionToken{size}>{token}</resumptionToken></ListRecords></OAI-PMH>".encode()

    def oai_records(self, number: int) -> None:
        """Let the repository hold so many records about micro-credentials."""
        self.records = number

    def url(self, name: str, path: str = "") -> str:
        """Give a service's address."""
        return self.web.host(name).url(path)

    def row(self, name: str, **more: object) -> str:
        """Give the item of sources.yaml that asks a service."""
        said = {"id": f"{name}-test", "kind": name, "url": self.url(name), "delay": 0.02, **more}
        if name == "zotero":
            said |= {"group": 2373077, "on_topic": True}
        if name not in ("cellar", "zotero"):
            said |= {"crossref": self.url("crossref", "/works")}
        if name == "eric":
            said |= {"documents": "none", "queries": ["microcredential"]}
        if name == "jsonapi":
            fields = {
                "key": "id",
                "title": "title",
                "doi": "doi",
                "date": "publishedDate",
                "creators": "authors",
                "summary": "abstract",
            }
            said |= {"records": "results", "total": "totalHits", "fields": fields}
        return f"  - {json.dumps(said)}\n"

    def rows(self) -> str:
        """Give the items for all services."""
        return "".join(self.row(name) for name in self.answers)


class _Everything(dict[str, object]):
    """Whatever the path, one answer."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: object = None) -> object:
        return None if key in ("/robots.txt", "/.well-known/tdmrep.json") else self._answer


__all__ = ["Host", "Services", "pdf"]
