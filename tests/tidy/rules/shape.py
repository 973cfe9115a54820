"""A stranger finds each thing where they would look for it."""

import re

from rules.rule import Rule, cpp, forbid, line_of

TOP_FOLDERS = {".ci", "cmake", "proto", "services", "shared", "deploy", "k8s", "tests"}
# What tools and visitors look for at the root; everything else has a folder.
ROOT_FILES = {".clang-format", ".gitignore", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"}
LINES_MAX = 600
MAIN_LINES_MAX = 60
PROSE_MAX = 132
# Written by tools or by others, or data.
UNCOUNTED = re.compile(r"(package-lock\.json|LICENSE|.*\.(csv|binpb))$")


def program_text(path):
    return path.endswith((".h", ".cc", ".py", ".sql", ".proto", ".sh", ".txt", ".cmake", ".yml", ".yaml", ".md")) or (
        "." not in path.rsplit("/", 1)[-1])


def folders_with_readme(tree):
    """The root, every top folder of code, and every program, library and suite."""
    wanted = {""}
    for path in tree:
        names = path.split("/")[:-1]
        if not names or names[0].startswith("."):
            continue
        wanted.add(names[0] + "/")
        if len(names) > 1 and names[0] in ("services", "shared", "tests"):
            wanted.add("/".join(names[:2]) + "/")
    return sorted(wanted)


def check_readmes(tree):
    for folder in folders_with_readme(tree):
        path = folder + "README.md"
        if path not in tree:
            yield path, 1, "missing"
            continue
        paragraphs = [part for part in tree[path].split("\n\n") if part.strip() and not part.startswith("#")]
        first = " ".join(paragraphs[0].split()) if paragraphs else ""
        if not re.match(r".{30,}?[.:](\s|$)", first) or not re.search(r"\bfor\b", first):
            yield path, 1, "opens with one sentence on what lives here and who it is for"


def check_sizes(tree):
    for path, text in tree.items():
        lines = text.count("\n")
        if lines > LINES_MAX and not UNCOUNTED.match(path):
            yield path, lines, f"{lines} lines; a file has at most {LINES_MAX}"
        if re.match(r"services/[^/]+/main\.cc$", path) and lines > MAIN_LINES_MAX:
            yield path, lines, f"{lines} lines; a composition root has at most {MAIN_LINES_MAX}"


def check_folders(tree):
    for path in tree:
        names = path.split("/")
        if len(names) == 1 and path not in ROOT_FILES:
            yield path, 1, "no such file at the root: it belongs into the folder that it speaks about"
        if len(names) > 1 and names[0] not in TOP_FOLDERS:
            yield path, 1, f"no top folder named {names[0]}"
        for name in names[:-1]:
            if name in ("utils", "util", "common", "helpers", "misc"):
                yield path, 1, f"'{name}' means that a concept has no name yet"


def check_prose(tree):
    """A table's row cannot be folded, and neither can a line of code."""
    for path, text in tree.items():
        if not path.endswith(".md"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > PROSE_MAX and not line.startswith(("|", "    ")):
                yield path, number, f"{len(line)} columns; prose has at most {PROSE_MAX}"


def check_names(tree):
    pattern = re.compile(r"^\s*(?:class|struct)\s+(?:\[\[\w+\]\]\s*)?(\w*(?:Manager|Helper|Utils?|Impl|Data|Info))\b(?!.*;)",
                         re.M)
    for path, text in tree.items():
        if cpp(path):
            for match in pattern.finditer(text):
                yield path, line_of(text, match.start(1)), f"{match.group(1)}: a noun of the field says more"


RULES = (
    Rule("readme", check_readmes,
         bad=({"README.md": "Reeve is a system for a city's counter.", "shared/core/a.h": "", "shared/README.md": "x"},
              {"README.md": "# Reeve\n"}),
         good=({"README.md": "# Reeve\n\nThe software behind a city's service counter, for its staff.\n"},)),
    Rule("size", check_sizes,
         bad=({"shared/core/a.cc": "\n" * 601}, {"services/payment/main.cc": "\n" * 61}),
         good=({"shared/core/a.cc": "\n" * 600}, {"services/payment/main.cc": "\n" * 60})),
    Rule("folders", check_folders,
         bad=({"lib/a.cc": ""}, {"shared/utils/a.cc": ""}, {"NOTES.md": ""}, {"a.cc": ""}, {".env": ""}), good=({"CMakeLists.txt": "", "shared/core/a.h": ""},)),
    Rule("prose", check_prose,
         bad=({"deploy/README.md": "x" * 133},), good=({"deploy/README.md": "x" * 132 + "\n| " + "x" * 200 + " |\n"},)),
    Rule("names", check_names,
         bad=({"services/payment/a.h": "class DrawerManager {\n"}, {"shared/rpc/a.h": "struct CallInfo {\n"}),
         good=({"services/payment/a.h": "class Drawer {\n"},)),
    forbid("unfinished", lambda path: program_text(path) and not path.startswith("tests/tidy/"),
           r"\b(TODO|FIXME|XXX|HACK)\b", "'{}': it is done, or it is not in the tree",
           bad=({"shared/core/a.cc": "// TODO: later"},), comments=True),
    forbid("workplace-path", lambda path: program_text(path) and not path.startswith("tests/tidy/"),
           r"(?<![\w.])/(work|home)/\w+", "'{}': a path of somebody's machine",
           bad=({"deploy/up": "cd /work/main"},), comments=True),
)
