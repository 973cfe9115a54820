"""A rule: a name, a function over the tree, and the samples that prove it."""

import dataclasses
import re
from typing import Callable, Iterable


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    # From path -> text to (path, line, message) of each finding.
    check: Callable[[dict], Iterable[tuple]]
    bad: tuple  # trees that must be flagged
    good: tuple = ()  # trees that must not


def cpp(path):
    return path.endswith((".h", ".cc"))


def without_comments(text):
    """The C++ text with comments blanked out; lines stay where they are. String literals stay too."""
    pattern = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/', re.S)

    def blank(match):
        found = match.group(0)
        return re.sub(r"[^\n]", " ", found) if found.startswith(("//", "/*")) else found

    return pattern.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def forbid(name, wanted, pattern, message, bad, good=(), excepted=(), comments=False):
    """A rule that no file for which wanted(path) holds matches the pattern; `excepted` maps paths to reasons. A `^` in the
    pattern is the beginning of a line."""
    compiled = re.compile(pattern, re.M)

    def check(tree):
        for path, text in tree.items():
            if not wanted(path) or path in excepted:
                continue
            searched = text if comments else without_comments(text)
            for match in compiled.finditer(searched):
                yield path, line_of(searched, match.start()), message.format(match.group(0).strip())

    return Rule(name, check, tuple(bad), tuple(good))
