#include "harness/suite/families_file.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

constexpr std::size_t kLeastPhrasings = 3;

Family ReadFamily(const Node& node) {
  node.AllowKeys({"family", "slots", "json", "say", "facts", "confirms", "calls", "solution",
                  "tell", "answer", "no_change", "impossible", "scorers", "cluster", "principal"});
  Family family{ReadName(node["family"]), node, node.StringsOr("json"), {}, {}};
  node["slots"].NonEmptyString();
  for (const Node& phrasing : node["say"].Items()) {
    family.say.emplace_back(phrasing.NonEmptyString());
  }
  if (family.say.size() < kLeastPhrasings) {
    throw node["say"].Fail(
        "a family needs at least 3 phrasings, so that no agent can learn one by "
        "heart");
  }
  ReadTaskFields(node, family.pattern);
  family.pattern.family = family.name;
  return family;
}

std::string RenderText(const std::string& text, const Json& row) {
  return world::TextTemplate(text).Render(row);
}

std::vector<ExpectedCall> Render(const std::vector<ExpectedCall>& calls, const Json& row) {
  std::vector<ExpectedCall> rendered;
  for (const ExpectedCall& call : calls) {
    rendered.push_back({RenderText(call.tool, row), world::RenderJson(call.arguments, row)});
  }
  return rendered;
}

// Every member of a family that may hold placeholders, with the name it has in the file.
std::vector<std::pair<std::string, Json>> TemplatedMembers(const Node& node) {
  std::vector<std::pair<std::string, Json>> members;
  for (const char* name :
       {"say", "facts", "calls", "solution", "tell", "answer", "scorers", "cluster", "principal"}) {
    if (const auto member = node.Find(name)) members.emplace_back(name, member->json());
  }
  return members;
}

void CheckPlaceholders(const Family& family, const Json& row) {
  std::vector<std::string> columns;
  for (const auto& [column, value] : row.items()) columns.push_back(column);
  for (const auto& [member, value] : TemplatedMembers(family.node)) {
    for (const std::string& name : world::PlaceholdersIn(value)) {
      if (row.contains(name)) continue;
      const std::string nearest = NearestWord(name, columns);
      throw family.node[member].Fail("{" + name + "} is not a column of `slots`" +
                                     (nearest.empty() ? "" : "; did you mean {" + nearest + "}?"));
    }
  }
}

void CheckValues(const Family& family, const Json& row) {
  for (const auto& [column, value] : row.items()) {
    if (value.is_null()) {
      throw family.node["slots"].Fail("column " + column + " is NULL in the row " + DumpJson(row));
    }
  }
}

void ExpandJson(const Family& family, Json& row) {
  for (const std::string& column : family.json_columns) {
    const auto value = row.find(column);
    if (value == row.end() || !value->is_string()) {
      throw family.node["json"].Fail("'" + column + "' is not a text column of `slots`");
    }
    try {
      *value = ParseJson(value->get_ref<const std::string&>());
    } catch (const Error& error) {
      throw family.node["json"].Fail("column " + column + ": " + error.message());
    }
  }
}

std::string TaskId(const std::string& family, std::size_t number) {
  const std::string digits = std::to_string(number);
  return family + "-" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::vector<Family> ReadFamilies(const std::string& path) {
  const Document document = Document::Load(path);
  const Node root = document.root();
  root.AllowKeys({"families"});
  std::vector<Family> families;
  for (const Node& node : root["families"].Items()) {
    families.push_back(ReadFamily(node));
    for (std::size_t i = 0; i + 1 < families.size(); ++i) {
      if (families[i].name == families.back().name) {
        throw node["family"].Fail("there are two families named " + families[i].name);
      }
    }
  }
  if (families.empty()) throw root["families"].Fail("a suite needs at least one family");
  return families;
}

Json TaskGenerator::DrawRows(const Family& family, std::int64_t count) {
  const Node slots = family.node["slots"];
  Json rows;
  try {
    rows = session_.Query(slots.String());
  } catch (const Error& error) {
    throw slots.Fail(error.message());
  }
  const auto wanted = static_cast<std::size_t>(count);
  if (rows.size() < wanted) {
    throw slots.Fail("the query gives " + std::to_string(rows.size()) + " rows, but " +
                     std::to_string(wanted) + " tasks are wanted: widen it or lower " +
                     "tasks_per_family");
  }
  Random random(DeriveSeed(seed_, "slots/" + family.name));
  Json drawn = Json::array();
  for (std::size_t i = 0; i < wanted; ++i) {
    std::swap(rows[i], rows[i + random.Below(rows.size() - i)]);
    drawn.push_back(std::move(rows[i]));
  }
  return drawn;
}

DraftTask TaskGenerator::MakeOne(const Family& family, const Json& row,
                                 const std::string& id) const {
  CheckValues(family, row);
  Task task = family.pattern;
  task.id = id;
  const double u = UniformAt(seed_, "say/" + id);
  const auto phrasing = static_cast<std::size_t>(u * static_cast<double>(family.say.size()));
  task.instruction = family.say[(phrasing + paraphrase_) % family.say.size()].Render(row);
  for (UserFact& fact : task.facts) fact.value = RenderText(fact.value, row);
  task.expected_calls = Render(task.expected_calls, row);
  task.solution = Render(task.solution, row);
  for (std::string& text : task.tell) text = RenderText(text, row);
  task.answer = RenderText(task.answer, row);
  for (ScorerSpec& scorer : task.scorers) {
    scorer.parameters = world::RenderJson(scorer.parameters, row);
  }
  task.principal = RenderText(task.principal, row);
  task.cluster_id = task.cluster_id.empty() ? id : RenderText(task.cluster_id, row);
  return {std::move(task), family.node, "family " + family.name + " with " + DumpJson(row)};
}

std::vector<DraftTask> TaskGenerator::Make(const Family& family, std::int64_t count) {
  Json rows = DrawRows(family, count);
  if (!rows.empty()) CheckPlaceholders(family, rows[0]);
  std::vector<DraftTask> tasks;
  for (Json& row : rows) {
    ExpandJson(family, row);
    tasks.push_back(MakeOne(family, row, TaskId(family.name, tasks.size() + 1)));
  }
  return tasks;
}

}  // namespace kedge::suite
