"""What a service touches outside itself comes in through its constructor."""

from rules.rule import cpp, forbid


def in_services(path):
    return path.startswith("services/") and cpp(path)


def outside_rpc(path):
    production = path.startswith(("services/", "shared/")) and not path.startswith("shared/testing/")
    return cpp(path) and production and not path.startswith("shared/rpc/")


RULES = (
    forbid("seams", in_services,
           r"\bstd::(thread|jthread|mutex|recursive_mutex|shared_mutex|timed_mutex|condition_variable\w*|future|promise"
           r"|async|random_device|mt19937\w*|rand)\b|\bsystem_clock::now\b|\bsteady_clock::now\b|\babsl::Now\b"
           r"|\bgetenv\b|\btime\(\s*(nullptr|NULL|0)\s*\)|\bsleep_(for|until)\b|\bu?sleep\(|\babsl::SleepFor\b|\babsl::Mutex\b",
           "'{}': time, chance, threads and the environment come in through a seam",
           bad=({"services/payment/a.cc": "std::thread t;"},
                {"services/payment/a.cc": "std::mutex m;"},
                {"services/payment/a.cc": "std::condition_variable_any c;"},
                {"services/payment/a.cc": "std::future<int> f;"},
                {"services/payment/a.cc": "auto t = std::chrono::system_clock::now();"},
                {"services/payment/a.cc": "std::random_device r;"},
                {"services/payment/a.cc": 'auto e = std::getenv("X");'},
                {"services/payment/a.cc": "auto t = time(nullptr);"}),
           good=({"services/payment/a.cc": "// not std::thread\nclock.Now();"},
                 {"shared/rpc/server.cc": "std::mutex m;"})),
    forbid("call-scope", outside_rpc, r"\bgrpc::ClientContext\s+\w+|make_(unique|shared)<grpc::ClientContext>",
           "'{}': a bare context has no deadline; use rpc::CallScope",
           bad=({"services/billing/a_client.cc": "grpc::ClientContext context;"},
                {"shared/process/a.cc": "auto c = std::make_unique<grpc::ClientContext>();"}),
           good=({"shared/rpc/client.cc": "grpc::ClientContext context;"},)),
    forbid("unordered", in_services, r"\bstd::unordered_\w+|\babsl::(flat|node)_hash_\w+",
           "'{}': what follows its order differs from run to run; use std::map or a sorted vector",
           bad=({"services/billing/a.cc": "std::unordered_map<AccountId, Money> owed;"},),
           good=({"services/billing/a.cc": "std::map<AccountId, Money> owed;"},)),
    forbid("pointer-key", in_services, r"\b(map|set)<\s*(const\s+)?[\w:]+\s*\*",
           "'{}...': an address is no key, its order differs from run to run",
           bad=({"services/billing/a.cc": "std::map<const Account*, Money> owed;"},),
           good=({"services/billing/a.cc": "std::map<AccountId, const Account*> known;"},)),
    forbid("internal-detail", outside_rpc, r"INTERNAL,\s*\w*e\w*\.what\(\)",
           "'{}': the wire carries a fixed text, the detail goes to the log",
           bad=({"services/billing/a.cc": "return {grpc::StatusCode::INTERNAL, e.what()};"},)),
)
