#include "services/account/premise/premise.h"

#include <algorithm>
#include <set>

#include "services/account/audit_text.h"
#include "shared/core/quantity.h"
#include "shared/core/service.h"

namespace reeve::account {
namespace {

constexpr std::size_t kMeterSizeMax = 20;

void CheckMeter(Fields& fields, const std::string& path, const ServicePoint& point,
                const Service& service) {
  if (!IsCode(point.meter_number))
    fields.Refuse(path + ".meter_number", "is not 1 to 20 characters of A-Z, 0-9 and -");
  fields.Range(path + ".register_digits", point.register_digits, 1, 9);
  fields.Range(path + ".multiplier_thousandths", point.multiplier_thousandths, 1, 1'000'000'000);
  const Result<Unit> unit = ParseUnit(point.unit);
  const bool fits = unit.ok() && std::ranges::find(service.units, *unit) != service.units.end();
  if (!fits) fields.Refuse(path + ".unit", "is not a unit of this service");
  fields.Text(path + ".meter_size", point.meter_size, 0, kMeterSizeMax);
}

void CheckNoMeter(Fields& fields, const std::string& path, const ServicePoint& point) {
  if (point.metered()) fields.Refuse(path + ".meter_number", "this service has no meter");
  if (point.register_digits != 0)
    fields.Refuse(path + ".register_digits", "this service has no meter");
  if (point.multiplier_thousandths != 0)
    fields.Refuse(path + ".multiplier_thousandths", "this service has no meter");
  if (!point.unit.empty()) fields.Refuse(path + ".unit", "this service has no meter");
  if (!point.meter_size.empty()) fields.Refuse(path + ".meter_size", "this service has no meter");
  if (point.supply == Supply::kOff) fields.Refuse(path + ".supply", "there is nothing to turn off");
}

// Where the service is not known: what no service could have.
void CheckMaybeMeter(Fields& fields, const std::string& path, const ServicePoint& point) {
  if (point.metered() && !IsCode(point.meter_number))
    fields.Refuse(path + ".meter_number", "is not 1 to 20 characters of A-Z, 0-9 and -");
  fields.Range(path + ".register_digits", point.register_digits, 0, 9);
  fields.Range(path + ".multiplier_thousandths", point.multiplier_thousandths, 0, 1'000'000'000);
  if (!point.unit.empty() && !ParseUnit(point.unit).ok())
    fields.Refuse(path + ".unit", "is not a unit");
  fields.Text(path + ".meter_size", point.meter_size, 0, kMeterSizeMax);
}

void CheckPoint(Fields& fields, const std::string& path, const ServicePoint& point) {
  fields.Range(path + ".service_point_no", point.no, 1, 99);
  if (!IsCode(point.schedule_code))
    fields.Refuse(path + ".schedule_code", "is not 1 to 20 characters of A-Z, 0-9 and -");
  fields.Range(path + ".quantity_thousandths", point.quantity_thousandths, 1,
               Quantity::kMaxThousandths);
  const Service* service = FindService(point.service);
  if (service == nullptr) {
    fields.Refuse(path + ".service", "is not a service of the city");
    CheckMaybeMeter(fields, path, point);
  } else if (service->metering == Metering::kAlways ||
             (service->metering == Metering::kMaybe && point.metered())) {
    CheckMeter(fields, path, point, *service);
  } else {
    CheckNoMeter(fields, path, point);
  }
}

}  // namespace

const ServicePoint* Premise::FindPoint(int no) const {
  const auto found = std::find_if(points.begin(), points.end(),
                                  [no](const ServicePoint& point) { return point.no == no; });
  return found == points.end() ? nullptr : &*found;
}

const ServicePoint* Premise::FindMeter(std::string_view meter_number) const {
  const auto found =
      std::find_if(points.begin(), points.end(), [meter_number](const ServicePoint& point) {
        return point.metered() && point.meter_number == meter_number;
      });
  return found == points.end() ? nullptr : &*found;
}

bool IsCode(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Premise CheckPremise(Fields& fields, const std::string& path, Premise premise) {
  premise.address = CheckAddress(fields, path + ".address", premise.address);
  fields.Range(path + ".cycle", premise.cycle, 1, 31);
  if (premise.points.empty() || premise.points.size() > 99)
    fields.Refuse(path + ".service_points", "has not 1 to 99 elements");
  std::set<int> numbers;
  std::set<std::string> meters;
  for (std::size_t i = 0; i < premise.points.size(); ++i) {
    const ServicePoint& point = premise.points[i];
    const std::string at = path + ".service_points[" + std::to_string(i) + "]";
    CheckPoint(fields, at, point);
    if (!numbers.insert(point.no).second) fields.Refuse(at + ".service_point_no", "is there twice");
    if (point.metered() && !meters.insert(point.meter_number).second)
      fields.Refuse(at + ".meter_number", "is there twice");
  }
  std::sort(premise.points.begin(), premise.points.end(),
            [](const ServicePoint& a, const ServicePoint& b) { return a.no < b.no; });
  return premise;
}

bool SamePlace(const Premise& a, const Premise& b) {
  Premise other = b;
  other.version = a.version;
  if (a.points.size() != other.points.size()) return false;
  for (std::size_t i = 0; i < a.points.size(); ++i) other.points[i].supply = a.points[i].supply;
  return a == other;
}

std::string ToAuditText(const Premise& premise) {
  AuditText text;
  text.Add("version", premise.version)
      .Add("street", premise.address.street)
      .Add("unit", premise.address.unit)
      .Add("city", premise.address.city)
      .Add("region", premise.address.region)
      .Add("postal_code", premise.address.postal_code)
      .Add("class", kCustomerClassName(premise.customer_class))
      .Add("cycle", premise.cycle);
  for (const ServicePoint& point : premise.points) {
    text.Add("point", point.no)
        .Add("service", point.service)
        .Add("schedule", point.schedule_code)
        .Add("quantity", point.quantity_thousandths)
        .Add("meter", point.meter_number)
        .Add("digits", point.register_digits)
        .Add("multiplier", point.multiplier_thousandths)
        .Add("unit", point.unit);
    // Without a size the text is what it was before there were sizes.
    if (!point.meter_size.empty()) text.Add("size", point.meter_size);
    text.Add("supply", kSupplyName(point.supply));
  }
  return text.text();
}

}  // namespace reeve::account
