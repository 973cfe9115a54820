"""Arrows only downward, read from the includes."""

import re

from rules.rule import Rule, cpp, line_of

# Library -> the libraries of shared/ that it may use.
ARROWS = {
    "core": set(),
    "obs": {"core"},
    "db": {"core", "obs"},
    "feed": {"core", "obs", "db"},
    "command": {"core", "obs", "db", "feed"},
    "session": {"core", "obs"},
    "rpc": {"core", "obs", "session"},
    "process": {"core", "obs", "db", "feed", "command", "session", "rpc"},
    "testing": {"core", "obs", "db", "feed", "command", "session", "rpc", "process"},
}
# Libraries that may see gRPC and generated protos.
ON_THE_WIRE = {"rpc", "process", "testing"}
# What a client of the public API may use: feed for its tokens, process for the seams of the machine.
FOR_CLIENTS = {"core", "obs", "rpc", "feed", "process"}
# A driver's header -> the one folder that may see it.
DRIVERS = {
    r"sqlite3\.h": "shared/db/sqlite/",
    r"libpq-fe\.h|libpq/.*": "shared/db/postgres/",
    r"hiredis/.*": "shared/session/",
    r"prometheus/.*": "shared/obs/",
}
# What rules do not see of the standard library and of abseil: files, streams to the world, clocks, chance, threads.
IMPURE = re.compile(r"(fstream|iostream|filesystem|cstdio|stdio\.h|ctime|time\.h|chrono|random|thread|mutex|shared_mutex|future|"
                    r"condition_variable|atomic|cstdlib|stdlib\.h|unistd\.h|fcntl\.h|sys/.*|absl/time/.*|absl/random/.*|"
                    r"absl/synchronization/.*|absl/log/.*|absl/base/log.*)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
WIRE = re.compile(r"(grpc|grpcpp|google/protobuf)/|.*\.pb\.h$")


def includes(text):
    for match in INCLUDE.finditer(text):
        yield line_of(text, match.start(1)), match.group(1)


def check_shared(tree):
    for path, text in tree.items():
        match = re.match(r"shared/([^/]+)/", path)
        if not match or not cpp(path):
            continue
        library = match.group(1)
        for line, header in includes(text):
            target = re.match(r"shared/([^/]+)/", header)
            if target and target.group(1) != library and target.group(1) not in ARROWS.get(library, set()):
                yield path, line, f"shared/{library} may not use shared/{target.group(1)}"
            if header.startswith(("services/", "tests/")):
                yield path, line, f"shared/ may not use {header}"
            if WIRE.match(header) and library not in ON_THE_WIRE:
                yield path, line, f"shared/{library} may not see the wire ({header})"


def check_drivers(tree):
    for path, text in tree.items():
        if not cpp(path) or path.startswith(("tests/", "shared/testing/")):
            continue
        for line, header in includes(text):
            for driver, folder in DRIVERS.items():
                if re.fullmatch(driver, header) and not path.startswith(folder):
                    yield path, line, f"{header} belongs to {folder} alone"


def layer(path):
    """Which layer of a feature a file of services/<service>/<feature>/ is."""
    stem = re.sub(r"\.(h|cc)$", "", path.rsplit("/", 1)[1])
    for suffix in ("service", "store", "client"):
        if stem == suffix or stem.endswith("_" + suffix):
            return suffix
    return "rules"


def check_programs(tree):
    for path, text in tree.items():
        match = re.match(r"services/([^/]+)/", path)
        if not match or not cpp(path):
            continue
        for line, header in includes(text):
            other = re.match(r"services/([^/]+)/", header)
            if other and other.group(1) != match.group(1):
                yield path, line, "a program includes nothing of another program"
            if header.startswith(("shared/testing/", "tests/")):
                yield path, line, "production code does not see the tests' tools"
            library = re.match(r"shared/([^/]+)/", header)
            if match.group(1) == "reevectl" and library and library.group(1) not in FOR_CLIENTS:
                yield path, line, f"reevectl sees the public API and nothing behind it, not {header}"


def check_features(tree):
    for path, text in tree.items():
        match = re.match(r"services/([^/]+)/[^/]+/", path)
        if not match or not cpp(path) or match.group(1) == "reevectl":
            continue
        here = layer(path)
        for line, header in includes(text):
            library = re.match(r"shared/([^/]+)/", header)
            inner = re.match(r"services/[^/]+/[^/]+/", header)
            if here == "rules":
                if WIRE.match(header) or (library and library.group(1) != "core"):
                    yield path, line, f"rules see shared/core and the standard library, not {header}"
                if IMPURE.match(header):
                    yield path, line, f"rules are pure: no file, clock, chance or thread, so not {header}"
                if inner and layer(header) != "rules":
                    yield path, line, f"rules may not see a {layer(header)}"
            if here == "store":
                if WIRE.match(header) or (library and library.group(1) not in ("core", "db")):
                    yield path, line, f"a store sees shared/core and shared/db, not {header}"
                if inner and layer(header) in ("service", "client"):
                    yield path, line, f"a store may not see a {layer(header)}"


RULES = (
    Rule("shared-arrows", check_shared,
         bad=({"shared/core/money.h": '#include "shared/db/database.h"\n'},
              {"shared/feed/feed.cc": '#include "reeve/feed/v1/feed_service.pb.h"\n'},
              {"shared/session/x.cc": '#include "shared/rpc/server.h"\n'},
              {"shared/rpc/server.cc": '#include "services/payment/drawer/drawer.h"\n'}),
         good=({"shared/command/command.h": '#include "shared/feed/feed.h"\n#include <map>\n'},
               {"shared/rpc/server.h": "#include <grpcpp/grpcpp.h>\n"})),
    Rule("drivers", check_drivers,
         bad=({"shared/db/database.h": "#include <sqlite3.h>\n"},
              {"services/payment/drawer/drawer_store.cc": "#include <libpq-fe.h>\n"},
              {"services/identity/session/session_store.cc": "#include <hiredis/hiredis.h>\n"}),
         good=({"shared/db/sqlite/sqlite.cc": "#include <sqlite3.h>\n"},)),
    Rule("programs", check_programs,
         bad=({"services/payment/drawer/drawer_service.cc": '#include "services/billing/rate/rate.h"\n'},
              {"services/payment/wire.cc": '#include "services/billing/listed.h"\n'},
              {"services/payment/drawer/drawer_service.cc": '#include "shared/testing/fake_clock.h"\n'},
              {"services/reevectl/app.cc": '#include "services/payment/drawer/drawer.h"\n'},
              {"services/reevectl/app.cc": '#include "shared/db/database.h"\n'}),
         good=({"services/payment/wire.cc": '#include "services/payment/drawer/drawer.h"\n'},
               {"services/reevectl/app.cc": '#include "shared/rpc/client.h"\n'})),
    Rule("feature-layers", check_features,
         bad=({"services/payment/drawer/drawer.h": '#include "shared/db/database.h"\n'},
              {"services/payment/drawer/drawer.cc": '#include "reeve/payment/v1/drawer_service.pb.h"\n'},
              {"services/payment/drawer/count.cc": '#include "services/payment/drawer/drawer_store.h"\n'},
              {"services/payment/drawer/drawer.cc": "#include <fstream>\n"},
              {"services/payment/drawer/drawer.cc": "#include <chrono>\n"},
              {"services/payment/drawer/drawer.cc": '#include "absl/time/clock.h"\n'},
              {"services/payment/drawer/drawer.cc": "#include <absl/time/clock.h>\n"},
              {"services/payment/drawer/drawer.cc": "#include <sys/stat.h>\n"},
              {"services/payment/drawer/drawer_store.cc": "#include <grpcpp/grpcpp.h>\n"},
              {"services/payment/drawer/drawer_store.cc": '#include "shared/obs/metrics.h"\n'}),
         good=({"services/payment/drawer/drawer.h": '#include "shared/core/money.h"\n#include <charconv>\n'},
               {"services/payment/drawer/drawer_service.cc": "#include <chrono>\n"},
               {"services/payment/drawer/drawer_store.h": '#include "services/payment/drawer/drawer.h"\n'},
               {"services/payment/drawer/drawer_service.cc": '#include "shared/rpc/server.h"\n'})),
)
