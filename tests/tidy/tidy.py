"""Reads the tree and prints what breaks a rule of the house; `--controls` proves that the rules can fail."""

import importlib
import pathlib
import subprocess
import sys

MODULES = ("layering", "seams", "money", "sql", "calls", "shape", "protos")
ROOT = pathlib.Path(__file__).resolve().parents[2]


def read_tree():
    """All files that are part of the tree or could become so, as path -> text; binary files are left out."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tree = {}
    for path in sorted(filter(None, listing.split("\0"))):
        try:
            tree[path] = (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return tree


def rules():
    for module in MODULES:
        yield from importlib.import_module(f"rules.{module}").RULES


def check_tree():
    tree = read_tree()
    count = 0
    for rule in rules():
        for path, line, message in rule.check(tree):
            print(f"{path}:{line}: [{rule.name}] {message}")
            count += 1
    print(f"{len(tree)} files, {count} findings")
    return count == 0


def check_controls():
    failed = 0
    for rule in rules():
        if not rule.bad:
            print(f"[{rule.name}] has no negative control")
            failed += 1
        for sample in rule.bad:
            if not list(rule.check(sample)):
                print(f"[{rule.name}] does not flag {sample}")
                failed += 1
        for sample in rule.good:
            for path, line, message in rule.check(sample):
                print(f"[{rule.name}] flags a good sample: {path}:{line}: {message}")
                failed += 1
    return failed == 0


if __name__ == "__main__":
    sys.exit(0 if (check_controls() if "--controls" in sys.argv else check_tree()) else 1)
