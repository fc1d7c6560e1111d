#include "harness/core/document.h"
#include "harness/strategy/strategy.h"

namespace kedge::strategy {
namespace {

constexpr const char* kOperationsFormat = "kedge-operations/1";

Operation ReadOperation(const Node& node) {
  node.AllowKeys({"op", "target", "value"});
  Operation operation;
  operation.op = node["op"].OneOf(
      {"add", "revise", "retire", "merge", "set_param", "edit_section", "reorder"});
  operation.target = node["target"].NonEmptyString();
  operation.value = node["value"].json();
  return operation;
}

}  // namespace

std::vector<Operation> LoadOperations(const std::string& path) {
  const Document document = Document::Load(path);
  const Node root = document.root();
  root.AllowKeys({"format", "operations"});
  root["format"].OneOf({kOperationsFormat});
  std::vector<Operation> operations;
  for (const Node& node : root["operations"].Items()) operations.push_back(ReadOperation(node));
  return operations;
}

}  // namespace kedge::strategy
