"""Writing TOML: the few shapes that cards and recipes have."""

import json
from typing import Any


def dumps(table: dict[str, Any]) -> str:
    """A dict of scalars, lists and dicts as TOML; dicts become sections, lists of dicts lists of inline tables."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not isinstance(value, dict)]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{name} = {_value(item)}" for name, item in value.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list() | tuple():
            items = [_value(item) for item in value]
            if sum(map(len, items)) > 80:
                return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
            return "[" + ", ".join(items) + "]"
        case dict():
            return "{ " + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + " }"
    raise TypeError(f"TOML has no {type(value).__name__}")
