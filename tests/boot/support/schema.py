# SPDX-License-Identifier: BSD-2-Clause
"""
Holds documents against docs/mapping.schema.json, by as much of JSON Schema (draft 2020-12) as that uses.

Stricter than the standard in one thing: a member that the schema does not name is a mistake, for here both are ours.
"""

import json
import os
import re

from support import paths

SCHEMA = os.path.join(paths.CHECKOUT, "docs", "mapping.schema.json")
_NOTES = {"$comment", "$schema", "$defs", "title", "description"}
_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def load():
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


def _is_type(value, name):
    return isinstance(value, _TYPES[name]) and (name != "integer" or not isinstance(value, bool))


def _equals(value, other):
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _any_of(root, options, value, place):
    tried = [mistakes(root, value, option, place) for option in options]
    return [] if any(not found for found in tried) else min(tried, key=len)


def _items(root, schema, value, place):
    if not isinstance(value, list):
        return []
    return [found for number, item in enumerate(value)
            for found in mistakes(root, item, schema, f"{place}[{number}]")]


def _properties(root, known, value, place):
    if not isinstance(value, dict):
        return []
    found = [f"{place}.{name} is not in the schema" for name in value if name not in known]
    for name in known.keys() & value.keys():
        found += mistakes(root, value[name], known[name], f"{place}.{name}")
    return found


def _missing(names, value, place):
    return [f"{place} has no {name}" for name in names if isinstance(value, dict) and name not in value]


_RULES = {
    "type": lambda want, value: _is_type(value, want),
    "const": lambda want, value: _equals(value, want),
    "enum": lambda want, value: any(_equals(value, one) for one in want),
    # A $ of JSON Schema is the end of the text; Python's also stands before a last line end.
    "pattern": lambda want, value: not isinstance(value, str) or
    (re.search(want, value) is not None and not value.endswith("\n")),
    "minimum": lambda want, value: not isinstance(value, (int, float)) or value >= want,
    "maximum": lambda want, value: not isinstance(value, (int, float)) or value <= want,
    "minItems": lambda want, value: not isinstance(value, list) or len(value) >= want,
    "maxItems": lambda want, value: not isinstance(value, list) or len(value) <= want,
}


def mistakes(root, value, schema=None, place="$"):
    """Sentences about what is wrong with the value, each with its place."""
    found = []
    for keyword, want in (root if schema is None else schema).items():
        if keyword == "$ref":
            found += mistakes(root, value, root["$defs"][want.rsplit("/", 1)[1]], place)
        elif keyword == "anyOf":
            found += _any_of(root, want, value, place)
        elif keyword == "items":
            found += _items(root, want, value, place)
        elif keyword == "properties":
            found += _properties(root, want, value, place)
        elif keyword == "required":
            found += _missing(want, value, place)
        elif keyword not in _NOTES and not _RULES[keyword](want, value):
            found.append(f"{place}: {value!r:.60} is not right by {keyword} {want!r:.60}")
    return found


def names(schema):
    """All names of members and all words that the schema has."""
    found = set()
    if isinstance(schema, dict):
        found |= set(schema.get("properties", {}))
        found |= {word for word in schema.get("enum", []) + [schema.get("const")] if isinstance(word, str)}
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else []:
        found |= names(part)
    return found
