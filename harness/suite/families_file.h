#pragma once

#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/suite/task_fields.h"
#include "harness/world/text_template.h"
#include "harness/world/world.h"

namespace kedge::suite {

/// One entry of families.yaml. The texts of `pattern` hold placeholders for slot columns.
struct Family {
  std::string name;
  Node node;
  std::vector<std::string> json_columns;
  std::vector<world::TextTemplate> say;
  Task pattern;
};

/// Throws Error with file, line and field.
std::vector<Family> ReadFamilies(const std::string& path);

/// Makes tasks of families: rows of the slots query, drawn without replacement by `seed`.
class TaskGenerator {
 public:
  /// `session` must be of the seeded world and outside of an episode; not owned. `paraphrase`: see
  /// SuiteOptions.
  TaskGenerator(world::Session& session, std::uint64_t seed, std::uint64_t paraphrase)
      : session_(session), seed_(seed), paraphrase_(paraphrase) {}

  /// `count` tasks, numbered from 1. Throws Error naming the family when the query fails, gives too
  /// few rows or lacks a column that a placeholder names.
  std::vector<DraftTask> Make(const Family& family, std::int64_t count);

 private:
  Json DrawRows(const Family& family, std::int64_t count);
  DraftTask MakeOne(const Family& family, const Json& row, const std::string& id) const;

  world::Session& session_;
  std::uint64_t seed_;
  std::uint64_t paraphrase_;
};

}  // namespace kedge::suite
