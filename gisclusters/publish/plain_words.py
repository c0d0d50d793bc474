"""Sentences for papers that are signed: no options or commands, which only help at a screen."""

from __future__ import annotations

import re

from gisclusters.words import Lang, text

_SAID = {"--survey-crs": "minutes.option_crs", "--survey-axes": "minutes.option_axes"}
"""Options that stand in the middle of a sentence, and what a paper calls them."""

_IN_BRACKETS = re.compile(r"\s*\((?:([^()]*?)[:,;]\s*)?--[a-z][\w-]*\)")
_COMMAND = re.compile(r"(?<![\w-])--[a-z]|\bgisclusters [a-z]")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=\S)")


def without_commands(words: str, lang: Lang) -> str:
    """``words`` with options named or left out; a sentence that is a command is left out."""
    for option, key in _SAID.items():
        words = words.replace(option, text(key, lang))
    words = _IN_BRACKETS.sub(lambda found: f" ({found[1]})" if found[1] else "", words)
    return " ".join(each for each in _SENTENCES.split(words) if not _COMMAND.search(each))
