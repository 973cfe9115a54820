"""Floating point never touches money or billed quantity."""

from rules.rule import cpp, forbid


def near_money(path):
    return cpp(path) and path.startswith(("services/", "shared/core/"))


def in_protos(path):
    return path.startswith("proto/reeve/") and path.endswith(".proto")


RULES = (
    forbid("no-float", near_money, r"\b(double|float|strtod|stod|stof|atof|from_chars_result_float)\b",
           "'{}': amounts are Money, prices Rate, measures Quantity",
           bad=({"services/billing/rate/rate.cc": "double charge = 0.0734 * kwh;"},
                {"shared/core/money.cc": "float f;"},
                {"services/payment/tender/tender.cc": "Money::Cents(std::stod(text) * 100)"}),
           good=({"services/billing/rate/rate.cc": "// never a double\nMoney charge;"},)),
    forbid("no-float-proto", in_protos, r"^\s*(repeated\s+|optional\s+)?(double|float)\s+\w+\s*=|\bmap<\s*\w+\s*,\s*(double|float)\s*>",
           "'{}': amounts are int64 cents, measures thousandths",
           bad=({"proto/reeve/billing/v1/a.proto": 'syntax = "proto3";\nmessage Tier {\n  // The rate.\n  float rate = 1;\n}\n'},
                {"proto/reeve/billing/v1/a.proto": "message Tier {\n  // By service.\n  map<string, double> rates = 1;\n}\n"}),
           good=({"proto/reeve/billing/v1/a.proto": "int64 rate_nanos = 1;"},)),
)
