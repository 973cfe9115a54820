#include "services/reevectl/form/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "services/reevectl/connection/connection.h"

namespace reeve::reevectl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kTextMax = 1'000'000;

std::string Inner(const std::string& place, const std::string& name) {
  return place.empty() ? name : place + "." + name;
}

class Reader {
 public:
  explicit Reader(YamlDocument& document) : document_(document) {}

  void ReadMessage(const YAML::Node& node, Message& message, const std::string& place) {
    Note(node, place);
    if (!node.IsMap()) return Fault(node, place, "is not a list of fields with their values");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        Fault(entry.first, place, "has a name that is no word");
        continue;
      }
      const std::string name = entry.first.Scalar();
      const std::string inner = Inner(place, name);
      const FieldDescriptor* field = FieldOf(*message.GetDescriptor(), name);
      if (field == nullptr) {
        Fault(entry.first, inner,
              "is not known here; known are " + Known(*message.GetDescriptor()));
      } else if (!seen.insert(name).second) {
        Fault(entry.first, inner, "is there twice");
      } else {
        ReadField(entry.second, message, *field, inner);
      }
    }
  }

 private:
  static constexpr std::string_view kUnit = "_thousandths";

  static std::string NameOf(const FieldDescriptor& field) {
    const std::string& name = field.name();
    return name.ends_with(kUnit) ? name.substr(0, name.size() - kUnit.size()) : name;
  }
  static const FieldDescriptor* FieldOf(const Descriptor& type, const std::string& name) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (NameOf(*type.field(i)) == name) return type.field(i);
    }
    return nullptr;
  }
  static std::string Known(const Descriptor& type) {
    std::string names;
    for (int i = 0; i < type.field_count(); ++i) {
      names += (i == 0 ? "" : ", ") + NameOf(*type.field(i));
    }
    return names;
  }

  void ReadField(const YAML::Node& node, Message& message, const FieldDescriptor& field,
                 const std::string& place) {
    Note(node, place);
    if (!field.is_repeated()) return ReadOne(node, message, field, place);
    if (!node.IsSequence()) return Fault(node, place, "is not a list");
    for (std::size_t i = 0; i < node.size(); ++i) {
      ReadOne(node[i], message, field, place + "[" + std::to_string(i) + "]");
    }
  }

  void ReadOne(const YAML::Node& node, Message& message, const FieldDescriptor& field,
               const std::string& place) {
    Note(node, place);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto& reflection = *message.GetReflection();
      return ReadMessage(node,
                         field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                             : *reflection.MutableMessage(&message, &field),
                         place);
    }
    if (!node.IsScalar()) return Fault(node, place, "is not a single value");
    std::string text = node.Scalar();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      std::replace(text.begin(), text.end(), '_', '-');
    }
    const Result<> set = SetField(message, field.name(), text);
    if (!set.ok()) Fault(node, place, set.error().message());
  }

  void Note(const YAML::Node& node, const std::string& place) {
    document_.lines.emplace(place, node.Mark().line + 1);
  }
  void Fault(const YAML::Node& node, const std::string& place, std::string reason) {
    document_.faults.push_back({node.Mark().line + 1, place, std::move(reason)});
  }

  YamlDocument& document_;
};

}  // namespace

int YamlDocument::LineOf(std::string_view field) const {
  for (std::string_view place = field;;) {
    const auto found = lines.find(place);
    if (found != lines.end()) return found->second;
    const std::size_t end = place.find_last_of(".[");
    if (place.empty()) return 1;
    place = place.substr(0, end == std::string_view::npos ? 0 : end);
  }
}

std::vector<YamlDocument> ReadYaml(const std::string& text, const Descriptor& type) {
  std::vector<YamlDocument> documents;
  const auto only_fault = [&](int line, std::string reason) {
    documents.clear();
    documents.emplace_back().message = NewMessage(type);
    documents.back().faults.push_back({line, "", std::move(reason)});
  };
  if (text.size() > kTextMax) {
    only_fault(1, "is longer than a million bytes");
    return documents;
  }
  try {
    for (const YAML::Node& node : YAML::LoadAll(text)) {
      if (node.IsNull()) continue;
      YamlDocument& document = documents.emplace_back();
      document.message = NewMessage(type);
      Reader(document).ReadMessage(node, *document.message, "");
    }
    if (documents.empty()) only_fault(1, "has no document");
  } catch (const YAML::Exception& error) {
    only_fault(error.mark.line + 1, "is not YAML: " + error.msg);
  }
  return documents;
}

}  // namespace reeve::reevectl
