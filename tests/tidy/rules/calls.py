"""Each program calls and consumes what the table in services/README.md allows, read from its main.cc."""

import re

from rules.rule import Rule, line_of, without_comments

TABLE = "services/README.md"


def allowed(readme):
    """program -> (calls, consumes), from the rows `| program | ... | calls | consumes |`."""
    rows = {}
    for line in readme.splitlines():
        cells = [cell.strip(" `") for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 4 and re.fullmatch(r"[a-z0-9_]+", cells[0]):
            calls, consumes = (set(re.findall(r"[a-z][a-z0-9_]+", re.sub(r"\([^)]*\)", "", cell)))
                               for cell in cells[-2:])
            rows[cells[0]] = (calls, consumes)
    return rows


def check_calls(tree):
    rows = allowed(tree.get(TABLE, ""))
    for path, text in tree.items():
        match = re.match(r"services/(\w+)/main\.cc$", path)
        if not match or match.group(1) == "reevectl":
            continue
        service = match.group(1)
        if service not in rows:
            yield path, 1, f"{service} has no row in {TABLE}"
            continue
        code = without_comments(text)
        calls, consumes = rows[service]
        for method, targets in (("Channel", calls | {"identity"}), ("Consume", consumes)):
            for call in re.finditer(rf"\b{method}(?:<[^>]*>)?\(\s*\"(\w+)\"", code):
                if call.group(1) not in targets:
                    yield path, line_of(code, call.start()), f"{service} may not {method.lower()} {call.group(1)}"


README = "| payment | drawers | billing | - |\n| billing | bills | work_order (MayDisconnect) | payment |\n"
RULES = (
    Rule("calls", check_calls,
         bad=({TABLE: README, "services/payment/main.cc": 'service.Channel("account")'},
              {TABLE: README, "services/payment/main.cc": 'service.Consume("billing", ...)'},
              {TABLE: README, "services/gateway/main.cc": ""}),
         good=({TABLE: README, "services/payment/main.cc": 'service.Channel("billing")'},
               {TABLE: README, "services/billing/main.cc":
                'service.Consume("payment", f); service.Channel("work_order"); service.Channel("identity")'})),
)
