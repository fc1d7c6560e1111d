#include "guards/narrower_rules.h"

#include <algorithm>
#include <array>

#include "guards/compiled_policy.h"
#include "guards/micro_units.h"
#include "guards/review.h"
#include "guards/schema_node.h"

namespace kedge::guards {
namespace {

std::vector<Json> AsList(const Json& value) {
  return value.is_array() ? value.get<std::vector<Json>>() : std::vector<Json>{value};
}

bool IsSubset(const Json& part, const Json& whole) {
  const std::vector<Json> all = AsList(whole);
  const std::vector<Json> some = AsList(part);
  return std::all_of(some.begin(), some.end(), [&all](const Json& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  });
}

using Keys = std::array<const char*, 1>;
constexpr std::array<const char*, 3> kJudgedApart = {"arguments", "definition", "aliases"};

Json Without(Json object, const auto& keys) {
  for (const char* key : keys) object.erase(key);
  return object;
}

bool SchemaIsNarrower(const Json& narrow, const Json& wide) {
  return IsNarrower(narrow, wide).answer == Answer::kYes;
}

// One entry of at_most: the same count with a bound that is no higher.
bool BoundIsTighter(const Json& narrow, const Json& wide) {
  for (const char* key : {"n", "max", "tokens", "seconds"}) {
    if (!wide.contains(key)) continue;
    if (!narrow.contains(key) || Without(narrow, Keys{key}) != Without(wide, Keys{key}))
      return false;
    const auto low = MicroUnitsOf(narrow[key]);
    const auto high = MicroUnitsOf(wide[key]);
    return low && high && *low <= *high;
  }
  return narrow == wide;
}

bool EachIsImplied(const Json& narrow, const Json& wide,
                   bool (*implies)(const Json&, const Json&)) {
  const std::vector<Json> given = AsList(narrow);
  const std::vector<Json> needed = AsList(wide);
  return std::all_of(needed.begin(), needed.end(), [&](const Json& need) {
    return std::any_of(given.begin(), given.end(),
                       [&](const Json& one) { return implies(one, need); });
  });
}

// The words beside which nothing else differs: a set of tools that has grown, or shrunk.
bool ToolsDiffer(const Json& narrow, const Json& wide, bool narrow_has_more) {
  if (!narrow.is_object() || !wide.is_object()) return false;
  if (!narrow.contains("tool") || !wide.contains("tool")) return false;
  if (Without(narrow, Keys{"tool"}) != Without(wide, Keys{"tool"})) return false;
  return narrow_has_more ? IsSubset(wide["tool"], narrow["tool"])
                         : IsSubset(narrow["tool"], wide["tool"]);
}

bool IsEqual(const Json& a, const Json& b) { return a == b; }

bool WordIsTighter(const std::string& kind, const std::string& word, const Json& narrow,
                   const Json& wide) {
  if (narrow == wide) return true;
  if (kind == "require" && word == "args") {
    return SchemaIsNarrower(WithRequiredProperties(narrow), WithRequiredProperties(wide));
  }
  if (kind == "forbid" && word == "args") return SchemaIsNarrower(wide, narrow);
  if (word == "at_most") return EachIsImplied(narrow, wide, BoundIsTighter);
  if (word == "compare") return EachIsImplied(narrow, wide, IsEqual);
  if (word == "after") return ToolsDiffer(narrow, wide, /*narrow_has_more=*/true);
  if (word == "before") return ToolsDiffer(narrow, wide, /*narrow_has_more=*/false);
  if (word == "detect" && narrow.contains("packs") && wide.contains("packs")) {
    return Without(narrow, Keys{"packs"}) == Without(wide, Keys{"packs"}) &&
           IsSubset(wide["packs"], narrow["packs"]);
  }
  if (word == "origin" && narrow.contains("any") && wide.contains("any")) {
    return Without(narrow, Keys{"any"}) == Without(wide, Keys{"any"}) &&
           IsSubset(narrow["any"], wide["any"]);
  }
  return false;
}

bool WordsAreTighter(const Json& narrow, const Json& wide) {
  for (const char* kind : {"require", "forbid"}) {
    if (!wide.contains(kind)) continue;
    if (!narrow.contains(kind)) return false;
    for (const auto& [word, body] : wide[kind].items()) {
      if (!narrow[kind].contains(word)) return false;
      if (!WordIsTighter(kind, word, narrow[kind][word], body)) return false;
    }
  }
  return narrow.value("otherwise", Json()) == wide.value("otherwise", Json());
}

// `narrow` is about everything that `wide` is about.
bool MatchIsWider(const Rule& narrow, const Rule& wide, const ToolCatalog& narrow_tools,
                  const ToolCatalog& wide_tools) {
  const Json none = Json::object();
  const Json a = narrow.source.value("match", none);
  const Json b = wide.source.value("match", none);
  for (const char* key : {"actor", "args", "result"}) {
    if (a.contains(key) && (!b.contains(key) || a[key] != b[key])) return false;
  }
  if (narrow.match.event != wide.match.event) return false;
  if (!HasTool(wide.match.event)) return true;
  for (const ToolId id : wide.match.tools.ids()) {
    const ToolId same = narrow_tools.Find(wide_tools.tool(id).name);
    if (same != kUnknownTool && !narrow.match.tools.Has(same)) return false;
  }
  return narrow.match.tools.Has(kUnknownTool) || !wide.match.tools.Has(kUnknownTool);
}

class Comparison {
 public:
  Comparison(const PolicySource& narrow, const PolicySource& wide)
      : narrow_(narrow.policy->compiled()),
        wide_(wide.policy->compiled()),
        narrow_document_(narrow.document),
        wide_document_(wide.document) {}

  std::vector<std::string> Run() {
    if (narrow_.unknown_tool > wide_.unknown_tool) Add("unknown tools are stopped less strongly");
    for (const char* key : {"allow", "labels"}) CompareSection(key);
    if (DefaultResult(narrow_document_) != DefaultResult(wide_document_)) {
      Add("defaults.result differs");
    }
    CompareTools();
    for (const auto& rule : wide_.rules) {
      if (!rule->shadow && rule->verdict <= Verdict::kRedact) FindRuleFor(*rule);
    }
    return std::move(obstacles_);
  }

 private:
  void Add(std::string obstacle) { obstacles_.push_back(std::move(obstacle)); }

  static Json DefaultResult(const Json& document) {
    return document.value("defaults", Json::object()).value("result", "untrusted");
  }

  void CompareSection(const char* key) {
    const Json none = Json::object();
    const Json wide = wide_document_.value(key, none);
    const Json narrow = narrow_document_.value(key, none);
    for (const auto& [name, entry] : wide.items()) {
      if (!narrow.contains(name) || narrow[name] != entry) {
        Add(std::string(key) + "." + name + " differs");
      }
    }
  }

  void CompareTools() {
    for (const std::string& name : narrow_.catalog.names()) {
      const ToolId wide_id = wide_.catalog.Find(name);
      const ToolCatalog::Tool& narrow = narrow_.catalog.tool(narrow_.catalog.Find(name));
      if (wide_id == kUnknownTool) {
        if (wide_.unknown_tool <= Verdict::kRedact) Add("the tool '" + name + "' is new");
        continue;
      }
      CompareTool(narrow, wide_.catalog.tool(wide_id));
    }
    if (narrow_.unknown_tool == Verdict::kDeny) return;
    for (const std::string& name : wide_.catalog.names()) {
      if (narrow_.catalog.Find(name) == kUnknownTool) Add("the tool '" + name + "' is gone");
    }
  }

  void CompareTool(const ToolCatalog::Tool& narrow, const ToolCatalog::Tool& wide) {
    const std::string tool = "the tool '" + wide.name + "' ";
    const Json& a = narrow_document_["tools"][narrow.name];
    const Json& b = wide_document_["tools"][wide.name];
    if (narrow.name != wide.name || Without(a, kJudgedApart) != Without(b, kJudgedApart)) {
      Add(tool + "is described in another way");
    }
    if (!wide.definition.empty() && narrow.definition != wide.definition) {
      Add(tool + "is pinned to another definition, or no more");
    }
    if (wide.arguments.is_null()) return;
    const Json arguments = narrow.arguments.is_null() ? Json(true) : narrow.arguments;
    const Narrowness schema = IsNarrower(arguments, wide.arguments);
    if (schema.answer != Answer::kYes) Add(tool + "takes more: " + schema.where + " " + schema.why);
  }

  void FindRuleFor(const Rule& wide) {
    const bool found =
        std::any_of(narrow_.rules.begin(), narrow_.rules.end(), [&](const auto& narrow) {
          return !narrow->shadow && narrow->verdict <= wide.verdict &&
                 MatchIsWider(*narrow, wide, narrow_.catalog, wide_.catalog) &&
                 WordsAreTighter(narrow->source, wide.source);
        });
    if (!found) Add("no rule surely stops all that '" + wide.id + "' stops");
  }

  const Policy::Compiled& narrow_;
  const Policy::Compiled& wide_;
  const Json& narrow_document_;
  const Json& wide_document_;
  std::vector<std::string> obstacles_;
};

}  // namespace

std::vector<std::string> ObstaclesToNarrower(const PolicySource& narrow, const PolicySource& wide) {
  return Comparison(narrow, wide).Run();
}

}  // namespace kedge::guards
