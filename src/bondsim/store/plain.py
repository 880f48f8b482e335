"""JSON as every reader takes it: what is not finite stands as a word, such as ``inf``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any


def to_json(content: Any) -> str:
    """`content` as the text of a JSON file."""
    text = json.dumps(in_words(content), indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def in_words(content: Any) -> Any:
    """The same with a word for each number that JSON does not have, and groups as dictionaries."""
    if is_dataclass(content) and not isinstance(content, type):
        content = asdict(content)
    if isinstance(content, Mapping):
        return {key: in_words(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [in_words(value) for value in content]
    return str(content) if isinstance(content, float) and not math.isfinite(content) else content


def in_numbers(content: Any) -> Any:
    """The same with the numbers that words such as ``inf`` stand for."""
    if isinstance(content, Mapping):
        return {key: in_numbers(value) for key, value in content.items()}
    return float(content) if content in ("inf", "-inf", "nan") else content
