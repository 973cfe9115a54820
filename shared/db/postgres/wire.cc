#include "shared/db/postgres/wire.h"

#include <bit>
#include <limits>

namespace reeve::db::postgres {
namespace {

// pg_type.dat of PostgreSQL: these numbers never change.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kByteaArray = 1001;
constexpr Oid kTextArray = 1009;
constexpr Oid kInt8Array = 1016;
constexpr Oid kVarchar = 1043;
constexpr Oid kVoid = 2278;

constexpr int kBinary = 1;

template <class Integer>
constexpr Integer Swapped(Integer value) {
  static_assert(std::endian::native == std::endian::little);
  Integer swapped = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    swapped = static_cast<Integer>(swapped | ((value >> (8 * i)) & 0xff)
                                                 << (8 * (sizeof(Integer) - 1 - i)));
  return swapped;
}

void AppendInt32(std::string& bytes, std::int32_t value) {
  const std::uint32_t big_endian = Swapped(static_cast<std::uint32_t>(value));
  bytes.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
}

void AppendInt16(std::string& bytes, std::int16_t value) {
  const std::uint16_t big_endian = Swapped(static_cast<std::uint16_t>(value));
  bytes.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
}

// A signed big-endian integer of `size` bytes.
std::int64_t ToInt(const char* data, int size) {
  std::int64_t value = static_cast<signed char>(data[0]);
  for (int i = 1; i < size; ++i) value = value * 256 + static_cast<unsigned char>(data[i]);
  return value;
}

Value ToValue(Oid type, const char* data, int size, std::string_view query_name) {
  switch (type) {
    case kInt8:
    case kInt4:
    case kInt2:
    case kBool:
      return ToInt(data, size);
    case kText:
    case kVarchar:
    case kName:
      return std::string(data, static_cast<std::size_t>(size));
    case kBytea:
      return Bytes(data, data + size);
    case kVoid:
      return nullptr;
    default:
      throw DatabaseError(DatabaseError::Kind::kBroken,
                          std::string(query_name) + ": a column has type " + std::to_string(type) +
                              "; CAST it to BIGINT, TEXT or BYTEA");
  }
}

}  // namespace

void AppendCell(std::string& bytes, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    const std::uint64_t big_endian = Swapped(static_cast<std::uint64_t>(*number));
    AppendInt32(bytes, sizeof(big_endian));
    bytes.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    AppendInt32(bytes, static_cast<std::int32_t>(text->size()));
    bytes.append(*text);
  } else if (const auto* blob = std::get_if<Bytes>(&value)) {
    AppendInt32(bytes, static_cast<std::int32_t>(blob->size()));
    bytes.append(blob->begin(), blob->end());
  } else {
    AppendInt32(bytes, -1);
  }
}

Parameters::Parameters(std::span<const Value> values) {
  numbers_.reserve(values.size());  // they are pointed at
  for (const Value& value : values) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      numbers_.push_back(Swapped(static_cast<std::uint64_t>(*number)));
      Add(kInt8, reinterpret_cast<const char*>(&numbers_.back()), sizeof(std::uint64_t));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      Add(kText, text->data(), text->size());
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      // Without a byte data() may be null, which would mean NULL.
      Add(kBytea, bytes->empty() ? "" : reinterpret_cast<const char*>(bytes->data()),
          bytes->size());
    } else {
      Add(0, nullptr, 0);
    }
  }
}

void Parameters::Add(Oid type, const char* data, std::size_t length) {
  if (length > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw DatabaseError(DatabaseError::Kind::kBroken, "a parameter is larger than 2 GiB");
  types_.push_back(type);
  values_.push_back(data);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(kBinary);
}

Oid Parameters::ArrayType(ColumnType type) {
  return type == ColumnType::kInt    ? kInt8Array
         : type == ColumnType::kText ? kTextArray
                                     : kByteaArray;
}

std::string& Parameters::BeginArray(ColumnType type, std::size_t size) {
  std::string& bytes = *arrays_.emplace_back(std::make_unique<std::string>());
  bytes.reserve(20 + size * 12);
  AppendInt32(bytes, size == 0 ? 0 : 1);  // dimensions
  AppendInt32(bytes, 1);                  // there may be NULLs
  AppendInt32(bytes, static_cast<std::int32_t>(type == ColumnType::kInt    ? kInt8
                                               : type == ColumnType::kText ? kText
                                                                           : kBytea));
  if (size == 0) return bytes;
  AppendInt32(bytes, static_cast<std::int32_t>(size));
  AppendInt32(bytes, 1);  // the first index
  return bytes;
}

std::string_view ArrayTypeName(ColumnType type) {
  return type == ColumnType::kInt ? "bigint[]" : type == ColumnType::kText ? "text[]" : "bytea[]";
}

void AppendCopyHead(std::string& bytes) {
  bytes.append("PGCOPY\n\377\r\n\0", 11);
  AppendInt32(bytes, 0);  // flags
  AppendInt32(bytes, 0);  // no extension
}

void AppendCopyRow(std::string& bytes, const NewRows& rows, std::size_t row) {
  const std::size_t columns = rows.into().columns.size();
  AppendInt16(bytes, static_cast<std::int16_t>(columns));
  for (std::size_t column = 0; column < columns; ++column) {
    AppendCell(bytes, rows.cell(row, column));
  }
}

void AppendCopyEnd(std::string& bytes) { AppendInt16(bytes, -1); }

Rows ToRows(const PGresult& result, std::string_view query_name) {
  const int columns = PQnfields(&result);
  const int rows = PQntuples(&result);
  std::vector<Value> cells;
  cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(&result, row, column)) {
        cells.emplace_back(nullptr);
      } else {
        cells.push_back(ToValue(PQftype(&result, column), PQgetvalue(&result, row, column),
                                PQgetlength(&result, row, column), query_name));
      }
    }
  }
  return Rows(static_cast<std::size_t>(columns), std::move(cells));
}

}  // namespace reeve::db::postgres
