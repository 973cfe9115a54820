"""One SQL text for both engines, and the distribution column in every key of a growing table."""

import re

from rules.rule import Rule, cpp, forbid, line_of

# The column that a service's growing tables are distributed by, or the columns, where things of a service have homes of
# their own. The frame's own tables call it `home`.
DISTRIBUTION = {
    "identity": "person_id",
    "account": ("account_id", "premise_id", "customer_id", "application_id"),
    "billing": "account_id",
    "payment": "drawer_id",
    "work_order": "premise_id",
    "case311": "case_id",
}
# Tables without it, and why they may be: they do not grow with the city's work.
SMALL_TABLES = {
    "rate_schedule": "versions of a tariff",
    "rate_component": "lines of a version",
    "rate_tier": "lines of a component",
    "rate_time": "times of use of a version",
    "rate_term": "terms of a component",
    "rate_withdrawal": "drafts that were withdrawn",
    "read_import": "one row a reading file",
    "read_part": "parts of a reading file",
    "interval_import": "one row an interval file",
    "interval_part": "parts of an interval file",
    "interval_policy": "a few a decade",
    "winter_rule": "a few a decade",
    "winter_run": "a few a year",
    "allocation_policy": "a few a decade",
    "estimate_policy": "a few a decade",
    "adjustment_type": "a few a year",
    "leak_rule": "at most one a version of a type",
    "monthly_rule": "at most one a version of a type",
    "payment_taker": "one row a session of a drawer",
    "shutoff_policy": "a few a decade",
    "rebill_policy": "a few a decade",
    "cycle_run": "one row a cycle and month",
    "cycle_page": "one row a page of a run",
    "cycle_tally": "some rows a page of a run",
    "cycle_finding": "a few a run",
    "control_total": "a few a run",
    "shadow": "a few a migration",
    "shadow_page": "pages of a migration",
    "shadow_total": "some rows a page of a migration",
    "shadow_cause": "a few a migration",
    "exchanged_meter": "one row a meter that was exchanged, and no more than the city has meters",
    "mass_release": "a few a run",
    "print_file": "one or two a run",
    "print_release": "at most one row a print file",
    "late_fee_policy": "a few a decade",
    "late_fee_run": "one row a policy and month",
    "late_fee_finding": "a few a run",
    "print_page": "one row a page of a print file",
    "guard_policy": "a few a decade",
    "parcel_file": "a few a year",
    "parcel_part": "parts of a file of land records",
    "parcel": "one row a place and file of land records",
    "parcel_user": "some rows a file of land records",
    "ledger_open": "one row",
    "ledger_month": "one row a month",
    "ledger_month_total": "one row a month, ledger account and fund",
    "cycle_register": "one row a run and service",
    "feed_epoch": "one row",
    "feed_head": "one row a partition",
    "feed_applied": "one row a neighbour",
    "audit_head": "one row a chain",
    "role": "a handful a city",
    "role_permission": "a handful a role",
    "duty_separation": "a handful a city",
    "policy": "a few a year",
    "policy_charge": "lines of a policy",
    "policy_checklist": "lines of a policy",
    "cashier": "one row a person at work: who has a drawer now",
}


def migration(path):
    return re.match(r"(services|shared)/[^/]+/migrations/.*\.sql$", path)


def sql_text(path):
    holds_sql = path.startswith(("services/", "shared/")) and not path.startswith("services/reevectl/")
    return migration(path) or (cpp(path) and holds_sql and re.search(r"store\.|verify", path))


def without_sql_comments(text):
    return re.sub(r"--[^\n]*", lambda match: " " * len(match.group(0)), text)


def balanced(text, start):
    """The text between the parenthesis at `start` and its partner."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return text[start + 1:index]
    return text[start + 1:]


def parts(body):
    """The definitions of a table: split at commas outside parentheses."""
    found, depth, current = [], 0, ""
    for letter in body:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(" ".join(current.split()))
            current = ""
        else:
            current += letter
    found.append(" ".join(current.split()))
    return [part for part in found if part]


def tables(text):
    """(name, line, definitions) of each CREATE TABLE."""
    text = without_sql_comments(text)
    for match in re.finditer(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\(", text):
        yield match.group(1), line_of(text, match.start()), parts(balanced(text, match.end() - 1))


def added_columns(text):
    """(table, line, definition) of each column that an ALTER TABLE adds."""
    text = without_sql_comments(text)
    for match in re.finditer(r"ALTER TABLE (?:ONLY )?(\w+)\s+([^;]*)", text):
        for part in parts(match.group(2)):
            column = re.match(r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!CONSTRAINT\b|CHECK\b|PRIMARY\b|UNIQUE\b|FOREIGN\b)(.*)", part)
            if column:
                yield match.group(1), line_of(text, match.start()), column.group(1)


def columns_of(definition, keyword):
    match = re.search(keyword + r"\s*\(([^)]*)\)", definition)
    return [column.strip() for column in match.group(1).split(",")] if match else []


def distribution_of(path):
    """The columns that a key may start with."""
    columns = DISTRIBUTION.get(path.split("/")[1], ()) if path.startswith("services/") else ()
    return {"home", *((columns,) if isinstance(columns, str) else columns)}


def check_keys(tree):
    for path, text in tree.items():
        if not migration(path):
            continue
        allowed = distribution_of(path)
        for table, line, definitions in tables(text):
            if table in SMALL_TABLES:
                continue
            primary = None
            for definition in definitions:
                if definition.startswith("PRIMARY KEY"):
                    primary = columns_of(definition, "PRIMARY KEY")
                elif "PRIMARY KEY" in definition:
                    primary = [definition.split()[0]]
                if definition.startswith("UNIQUE"):
                    if not allowed & set(columns_of(definition, "UNIQUE")):
                        yield path, line, f"{table}: UNIQUE without the distribution column"
                elif re.search(r"\bUNIQUE\b", definition) and definition.split()[0] not in allowed:
                    yield path, line, f"{table}: UNIQUE without the distribution column"
            if not primary:
                yield path, line, f"{table}: no primary key"
            elif primary[0] not in allowed:
                yield path, line, f"{table}: the primary key starts with {primary[0]}, not {sorted(allowed)}"
        for match in re.finditer(r"CREATE UNIQUE INDEX (\w+)\s+ON (\w+)\s*\(([^)]*)\)", without_sql_comments(text)):
            columns = {column.split()[0] for column in match.group(3).split(",")}
            if match.group(2) not in SMALL_TABLES and not allowed & columns:
                yield path, line_of(text, match.start()), f"{match.group(1)}: unique without the distribution column"


def check_column(table, definition, whole):
    """What is wrong with a column; `whole` is the text in which its CHECK stands."""
    words = definition.split()
    name, kind = words[0], (words[1] if len(words) > 1 else "")
    if name in ("PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"):
        return
    if kind not in ("BIGINT", "TEXT", "BYTEA"):
        yield f"{table}.{name}: {kind} is not BIGINT, TEXT or BYTEA"
    if name.endswith(("_cents", "_nanos", "_thousandths", "_time")) and kind != "BIGINT":
        yield f"{table}.{name} is a BIGINT"
    if name.endswith("_date") and kind != "TEXT":
        yield f"{table}.{name} is a TEXT like 2026-11-22"
    if name.endswith("_cents") and not re.search(rf"CHECK \([^)]*\b{name}\b", whole):
        yield f"{table}.{name} needs a CHECK of its range"


def check_words(table, text):
    for words in re.findall(r"\bIN \(([^()]*)\)", text):
        for word in re.findall(r"'([^']*)'", words):
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", word):
                yield f"{table}: '{word}' is not UPPER_SNAKE"


def check_columns(tree):
    for path, text in tree.items():
        if not migration(path):
            continue
        for table, line, definitions in tables(text):
            whole = " ".join(definitions)
            for definition in definitions:
                for message in check_column(table, definition, whole):
                    yield path, line, message
            for message in check_words(table, whole):
                yield path, line, message
        for table, line, definition in added_columns(text):
            for message in (*check_column(table, definition, definition), *check_words(table, definition)):
                yield path, line, message


def check_sums(tree):
    for path, text in tree.items():
        if not sql_text(path) or not cpp(path):
            continue
        for match in re.finditer(r"\b(sum|SUM)\(", text):
            before = text[max(0, match.start() - 40):match.start()]
            if not re.search(r"CAST\(\s*\"?\s*\"?(coalesce\(|COALESCE\()?$", before):
                yield path, line_of(text, match.start()), "sum() is numeric in PostgreSQL: CAST(sum(...) AS BIGINT)"


def check_numbering(tree):
    numbers = {}
    for path in tree:
        match = re.match(r"(.*/migrations)/(\d{4})_\w+\.sql$", path)
        if match:
            numbers.setdefault(match.group(1), []).append(int(match.group(2)))
        elif "/migrations/" in path:
            yield path, 1, "a migration is NNNN_what_it_does.sql"
    for folder, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield folder, 1, f"migrations are numbered 1, 2, 3, ...: {sorted(found)}"


def sql_outside_stores(path):
    return (cpp(path) and path.startswith("services/") and not path.startswith("services/reevectl/")
            and not re.search(r"_store\.|/store\.|verify", path))


RULES = (
    forbid("one-sql-text", sql_text,
           r"\b(INTEGER|SERIAL|BIGSERIAL|SMALLINT|REAL|NUMERIC|DOUBLE PRECISION|BOOLEAN|VARCHAR|TIMESTAMP|JSONB?)\b"
           r"|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\b(now|strftime|julianday|to_char|date_trunc|to_timestamp|nextval"
           r"|last_insert_rowid|greatest|least|random|string_agg|group_concat|substr|substring|instr|position)\("
           r"|\bAUTOINCREMENT\b|\bCREATE (TRIGGER|SEQUENCE|FUNCTION)\b|\bFOR UPDATE\b|\bWITHOUT ROWID\b|::\s*bigint",
           "'{}' does not mean the same on both engines, or hides what happens",
           bad=({"services/payment/migrations/0001_a.sql": "CREATE TABLE a (n INTEGER);"},
                {"services/payment/migrations/0001_a.sql": "CREATE TRIGGER t;"},
                {"services/payment/drawer/drawer_store.cc": '"UPDATE a SET t = now()"'},
                {"services/payment/migrations/0001_a.sql": "id BIGSERIAL"}),
           good=({"services/payment/migrations/0001_a.sql": "CREATE TABLE a (n BIGINT);"},)),
    Rule("distribution-key", check_keys,
         bad=({"services/payment/migrations/0001_a.sql":
               "CREATE TABLE receipt (receipt_no BIGINT, drawer_id BIGINT, PRIMARY KEY (receipt_no, drawer_id));"},
              {"services/billing/migrations/0001_a.sql":
               "CREATE TABLE bill (account_id BIGINT, bill_id BIGINT, PRIMARY KEY (account_id, bill_id), UNIQUE (bill_id));"},
              {"shared/feed/migrations/0001_a.sql": "CREATE TABLE event (position BIGINT PRIMARY KEY);"},
              {"services/billing/migrations/0001_a.sql": "CREATE TABLE bill (account_id BIGINT);"},
              {"services/billing/migrations/0001_a.sql": "CREATE UNIQUE INDEX i ON bill (bill_id);"}),
         good=({"services/billing/migrations/0001_a.sql":
                "CREATE TABLE bill (account_id BIGINT, bill_id BIGINT, PRIMARY KEY (account_id, bill_id));"},)),
    Rule("columns", check_columns,
         bad=({"services/billing/migrations/0001_a.sql": "CREATE TABLE b (total_cents BIGINT NOT NULL);"},
              {"services/billing/migrations/0001_a.sql": "CREATE TABLE b (due_date BIGINT);"},
              {"services/billing/migrations/0001_a.sql": "CREATE TABLE b (posted_time TEXT);"},
              {"services/billing/migrations/0001_a.sql": "CREATE TABLE b (s TEXT CHECK (s IN ('open')));"},
              {"services/billing/migrations/0002_a.sql": "ALTER TABLE b ADD COLUMN fee_cents BIGINT NOT NULL DEFAULT 0;"},
              {"services/billing/migrations/0002_a.sql": "ALTER TABLE b ADD fee_cents BIGINT;"},
              {"services/billing/migrations/0002_a.sql":
               "ALTER TABLE b\n  ADD COLUMN a_cents BIGINT CHECK (a_cents BETWEEN 0 AND 5),\n  ADD COLUMN b_cents BIGINT;"},
              {"services/billing/migrations/0002_a.sql": "ALTER TABLE b ADD COLUMN due_date BIGINT;"},
              {"services/billing/migrations/0002_a.sql": "ALTER TABLE b ADD COLUMN s TEXT CHECK (s IN ('open'));"}),
         good=({"services/billing/migrations/0001_a.sql":
                "CREATE TABLE b (total_cents BIGINT NOT NULL CHECK (total_cents BETWEEN 0 AND 5), "
                "due_date TEXT, s TEXT CHECK (s IN ('OPEN')));"},
               {"services/billing/migrations/0002_a.sql":
                "ALTER TABLE b ADD COLUMN fee_cents BIGINT NOT NULL DEFAULT 0 CHECK (fee_cents BETWEEN 0 AND 5);\n"
                "ALTER TABLE b ADD CONSTRAINT c CHECK (fee_cents >= 0);"})),
    Rule("sums", check_sums,
         bad=({"services/billing/bill/bill_store.cc": '"SELECT sum(amount_cents) FROM posting"'},),
         good=({"services/billing/bill/bill_store.cc": '"SELECT CAST(sum(amount_cents) AS BIGINT) FROM posting"'},
               {"services/billing/bill/bill_store.cc": '"SELECT CAST(coalesce(sum(x), 0) AS BIGINT) FROM posting"'})),
    Rule("migration-numbers", check_numbering,
         bad=({"services/billing/migrations/0002_a.sql": ""}, {"services/billing/migrations/first.sql": ""}),
         good=({"services/billing/migrations/0001_a.sql": "", "services/billing/migrations/0002_b.sql": ""},)),
    forbid("sql-in-stores", sql_outside_stores,
           r'"\s*(?:\w{0,16}\()?\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b',
           "'{}': SQL lives in a store, as a named constant",
           bad=({"services/billing/bill/bill_service.cc": 'tx.Execute("DELETE FROM bill");'},
                {"services/billing/bill/bill_service.cc": '"SELECT bill_id "\n"FROM bill"'},
                {"services/billing/bill/bill_service.cc": 'R"(SELECT bill_id\nFROM bill)"'}),
           good=({"services/billing/bill/bill_store.cc": '"DELETE FROM bill"'},)),
)
