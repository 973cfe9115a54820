"""What a method's comment says of its refusals is true."""

import re

from rules.rule import Rule


def check_malformed(tree):
    """Every request that has a field can be malformed, and its method, or its service for all of them, says so."""
    protos = {path: text for path, text in tree.items() if re.match(r"proto/reeve/.*\.proto$", path)}
    empty = {name for text in protos.values() for name in re.findall(r"^message (\w+) \{\s*\}", text, re.M)}
    for path, text in protos.items():
        comment, service = "", ""
        for number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if line.startswith("//"):
                comment += line
                continue
            if line.startswith("service "):
                service = comment
            rpc = re.match(r"rpc (\w+)\((?:stream )?(?:\w+\.)*(\w+)\)", line)
            if rpc and rpc.group(2) not in empty and "INVALID_ARGUMENT" not in comment + service:
                yield path, number, f"{rpc.group(1)} does not say INVALID_ARGUMENT"
            comment = ""


REQUEST = "message GetRequest {\n  // The case.\n  int64 case_id = 1;\n}\nmessage NoRequest {}\n"
RULES = (
    Rule("malformed", check_malformed,
         bad=({"proto/reeve/case311/v1/a.proto": REQUEST + "service S {\n  // One.\n  rpc Get(GetRequest) returns (Case) {\n"},
              {"proto/reeve/case311/v1/a.proto":
               REQUEST + "// INVALID_ARGUMENT.\nmessage A {}\nservice S {\n  // One.\n  rpc Get(GetRequest) returns (Case) {\n"}),
         good=({"proto/reeve/case311/v1/a.proto":
                REQUEST + "service S {\n  // One. Errors:\n  // INVALID_ARGUMENT.\n  rpc Get(GetRequest) returns (Case) {\n"},
               {"proto/reeve/case311/v1/a.proto":
                REQUEST + "// All answer INVALID_ARGUMENT.\nservice S {\n  // One.\n  rpc Get(GetRequest) returns (Case) {\n"},
               {"proto/reeve/case311/v1/a.proto":
                REQUEST + "service S {\n  // One.\n  rpc Get(NoRequest) returns (Case) {\n"})),
)
