#include "services/billing/statement/print_record.h"

#include "shared/core/decimal.h"

namespace reeve::billing::statement {
namespace {

// A JSON object that is written from left to right.
class Json {
 public:
  Json& Open(char bracket) {
    Separate();
    text_.push_back(bracket);
    first_ = true;
    return *this;
  }
  Json& Close(char bracket) {
    text_.push_back(bracket);
    first_ = false;
    return *this;
  }
  Json& Name(std::string_view name) {
    Separate();
    Quote(name);
    text_.push_back(':');
    first_ = true;  // its value needs no comma
    return *this;
  }
  Json& Add(std::string_view name, std::int64_t value) {
    Name(name);
    text_.append(std::to_string(value));
    first_ = false;
    return *this;
  }
  Json& Add(std::string_view name, std::string_view value) {
    Name(name);
    Quote(value);
    first_ = false;
    return *this;
  }
  // Its value, as it stands.
  Json& Word(std::string_view word) {
    text_.append(word);
    first_ = false;
    return *this;
  }
  // A number that is too long for the numbers of most readers of JSON.
  Json& AddId(std::string_view name, std::int64_t value) {
    return Add(name, std::string_view(std::to_string(value)));
  }
  Json& Add(std::string_view name, Date value) {
    return Add(name, std::string_view(value.ToString()));
  }
  std::string Line() && { return std::move(text_) + "\n"; }

 private:
  void Separate() {
    if (!first_) text_.push_back(',');
    first_ = false;
  }
  void Quote(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_.push_back('"');
    for (const char letter : text) {
      const auto code = static_cast<unsigned char>(letter);
      if (code < 0x20) {
        text_.append("\\u00").append({kDigits[code >> 4], kDigits[code & 15]});
        continue;
      }
      if (letter == '"' || letter == '\\') text_.push_back('\\');
      text_.push_back(letter);
    }
    text_.push_back('"');
  }

  std::string text_;
  bool first_ = true;
};

void AddSums(const Totals& totals, Json& json) {
  json.Add("previous_cents", totals.previous_cents)
      .Add("payment_cents", totals.payment_cents)
      .Add("other_cents", totals.other_cents)
      .Add("charge_cents", totals.charge_cents)
      .Add("new_balance_cents", totals.new_balance_cents)
      .Add("amount_due_cents", totals.amount_due_cents);
}

void AddSegment(const RecordSegment& segment, Json& json) {
  json.Open('{')
      .Add("service", segment.service)
      .Add("schedule", segment.schedule_code)
      .Add("from_date", segment.from_date)
      .Add("to_date", segment.to_date)
      .Add("usage", std::string_view(PrintDecimal(segment.usage_thousandths, 3, 0)));
  if (segment.estimated) json.Name("estimated").Word("true");
  json.Name("line").Open('[');
  for (const RecordLine& line : segment.lines) {
    json.Open('{')
        .Add("description", line.description)
        .Add("quantity", line.quantity)
        .Add("rate", line.rate)
        .Add("amount_cents", line.amount_cents)
        .Close('}');
  }
  json.Close(']').Add("amount_cents", segment.amount_cents).Close('}');
}

}  // namespace

std::string HeaderLine(const PrintFile& file, int cycle, std::string_view cutoff) {
  Json json;
  json.Open('{')
      .Add("record", std::string_view("header"))
      .Add("version", file.record_version)
      .AddId("print_file", file.print_file_id)
      .Add("cycle", std::int64_t{cycle})
      .AddId("cycle_run", file.cycle_id)
      .AddId("bill", file.bill_id)
      .Add("city_date", file.city_date)
      .Add("cutoff_time", cutoff)
      .Close('}');
  return std::move(json).Line();
}

std::string StatementLine(const Record& record) {
  const Statement& statement = record.statement;
  Json json;
  json.Open('{')
      .Add("record", std::string_view("statement"))
      .AddId("account", statement.account.value())
      .Add("statement_no", statement.statement_no)
      .Add("due_date", statement.due_date);
  AddSums(statement.totals, json);
  json.Add("past_due_cents", statement.past_due_cents).Name("movement").Open('[');
  for (const Movement& movement : record.movements) {
    json.Open('{')
        .Add("date", movement.business_date)
        .Add("kind", receivable::EntryKindName(movement.kind))
        .Add("source", movement.source)
        .Add("amount_cents", movement.amount_cents)
        .Close('}');
  }
  json.Close(']').Name("bill_printed").Open('[');
  for (const RecordBill& bill : record.bills) {
    json.Open('{')
        .AddId("bill", bill.bill_id)
        .Add("bill_date", bill.bill_date)
        .Add("due_date", bill.due_date)
        .Name("segment")
        .Open('[');
    for (const RecordSegment& segment : bill.segments) AddSegment(segment, json);
    json.Close(']').Add("total_cents", bill.total_cents);
    if (bill.owed_cents != bill.total_cents) {
      json.Add("not_charged_cents", bill.total_cents - bill.owed_cents);
    }
    if (!bill.due_parts.empty()) json.Name("due_part").Open('[');
    for (const auto& [day, amount] : bill.due_parts) {
      json.Open('{').Add("due_date", day).Add("amount_cents", amount.cents()).Close('}');
    }
    if (!bill.due_parts.empty()) json.Close(']');
    json.Close('}');
  }
  json.Close(']').Close('}');
  return std::move(json).Line();
}

std::string TrailerLine(const Totals& totals, std::string_view sha256) {
  Json json;
  json.Open('{')
      .Add("record", std::string_view("trailer"))
      .Add("statements", totals.statements)
      .Add("lines", totals.lines)
      .Add("movements", totals.movements);
  AddSums(totals, json);
  json.Add("sha256", sha256).Close('}');
  return std::move(json).Line();
}

}  // namespace reeve::billing::statement
