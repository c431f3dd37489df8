"""What the program that made a release consists of, as CycloneDX 1.6. Pure: the lock file comes as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def sbom(lock: str, version: str) -> str:
    """Write the list of components of a lock file: names, versions, addresses, digests. The same lock gives the same bytes."""
    own = {
        "type": "application",
        "bom-ref": "observatory",
        "name": "microcredential-observatory",
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
    }
    said = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": list(_components(lock)),
    }
    return json.dumps(said, indent=1, sort_keys=True) + "\n"


def _components(lock: str) -> Iterator[Mapping[str, Any]]:
    parts = re.split(r"\n(?=\S)", lock)
    for part in parts:
        if match := _PACKAGE.match(part):
            name, version = match[1].lower(), match[2]
            address = f"pkg:pypi/{name}@{version}"
            files = [
                {
                    "type": "distribution",
                    "url": f"https://pypi.org/project/{name}/{version}/",
                    "hashes": [_digest(each)],
                }
                for each in sorted(_HASH.findall(part))
            ]
            yield {
                "type": "library",
                "bom-ref": address,
                "name": name,
                "version": version,
                "purl": address,
                "externalReferences": files,
            }


def _digest(said: str) -> Mapping[str, str]:
    return {"alg": "SHA-256", "content": said}
