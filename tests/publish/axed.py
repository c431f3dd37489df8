"""What axe finds on a page, by the rules that all our pages keep."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of all else axe would tell every place, and the browser send it
}


def flaws(page: Any) -> list[str]:
    """Name each flaw with the first place of it."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
    return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found]
