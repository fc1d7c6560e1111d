#include "reports/set_apart.h"

namespace kedge::reports {

std::string SetApartText(const std::string& why) {
  if (why == "guard") return "a guard was broken";
  if (why == "task") return "the suite has no such task";
  if (why == "words") return "the user's words are not the task's";
  if (why == "answers") return "the world answers its calls otherwise";
  if (why == "outcome") return "the scorers judge it otherwise";
  return why;
}

}  // namespace kedge::reports
