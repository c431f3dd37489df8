"""The JSON Schema of sources.yaml, by which editors complete and check as one types. Made of the same models that `load` uses.

`make schema` writes it to observatory/sources.schema.json; a test holds that file to the models, so it can't go stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from observatory.config.sources import SourceItem, SourcesFile
from observatory.config.vocabulary import load_vocabulary
from spiders._kind import kinds

FILE = Path(__file__).parents[1] / "sources.schema.json"
VOCABULARY = Path(__file__).parents[1] / "judge" / "vocabulary"
DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest that the usual plug-ins for YAML know whole
ID = "https://observatory.example.org/sources.schema.json"


def schema(vocabulary: Path | None = VOCABULARY) -> dict[str, Any]:
    """Make the schema: the file's own keys, and for each kind of source its options beside the keys that all have.

    Topics are those of a vocabulary; any, where none is given because an observatory's own will grow.
    """
    whole, common = _model(SourcesFile), _model(SourceItem)
    parts: dict[str, Any] = whole.pop("$defs", {}) | common.pop("$defs", {})
    items = []
    for name, kind in sorted(kinds().items()):
        own = _model(kind.Options)
        parts |= own.pop("$defs", {})
        items.append(_item(name, own, common))
    whole["properties"]["sources"] = {"items": {"oneOf": items}}
    for name in ("sources", "searches"):  # a list in which all is commented out is empty
        whole["properties"][name]["type"] = ["array", "null"]
    parts["Source"] = {"properties": common["properties"]}
    return _with_topics(vocabulary, {"$schema": DIALECT, "$id": ID, **_plain(whole), "definitions": _plain(parts)})


def text(vocabulary: Path | None = VOCABULARY) -> str:
    """Write the schema as it stands in its file."""
    return json.dumps(schema(vocabulary), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _model(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(ref_template="#/definitions/{model}")


def _item(name: str, own: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """Join the keys that every source has with those of one kind."""
    shared = {key: {"$ref": f"#/definitions/Source/properties/{key}"} for key in common["properties"]}
    return {
        "type": "object",
        "description": f"kind: {name}. {own.get('description', '')}",
        "properties": {**shared, **own.get("properties", {}), "kind": {"const": name}},
        "required": sorted(("id", "kind", *own.get("required", ()))),
        "additionalProperties": False,
    }


def _plain(said: Any) -> Any:
    """Leave out what helps nobody who types: titles that only repeat names, defaults that are empty."""
    if isinstance(said, dict):
        return {key: _plain(value) for key, value in said.items() if not _says_nothing(key, value)}
    return [_plain(each) for each in said] if isinstance(said, list) else said


def _says_nothing(key: str, value: object) -> bool:
    is_name = key == "title" and isinstance(value, str)
    return is_name or (key == "default" and (value in (None, "", []) or isinstance(value, dict)))


def _with_topics(vocabulary: Path | None, made: dict[str, Any]) -> dict[str, Any]:
    """Let editors complete topics."""
    if vocabulary is None:
        site = made["definitions"]["SiteItem"]["properties"]
        for key in ("title", "subject"):  # our own are no defaults for another subject
            site[key].pop("default", None)
        return made
    one = {"enum": sorted(topic.id for topic in load_vocabulary(vocabulary).topics)}
    made["definitions"]["Defaults"]["properties"]["topics"] = {"anyOf": [one, {"type": "array", "items": one}]}
    return made


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
