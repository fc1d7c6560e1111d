#include <fmt/format.h>

#include "reports/effect_text.h"
#include "reports/report.h"
#include "reports/xml_text.h"

namespace kedge::reports {
namespace {

struct Case {
  std::string name;
  std::string failure;  ///< empty: none
  std::string skipped;  ///< empty: none
  std::string output;
};

std::string Reasons(const gate::Verdict& v) {
  std::string text;
  for (const gate::Reason& reason : v.reasons) text += reason.code + ": " + reason.text + "\n";
  return text;
}

Case VerdictCase(const gate::Verdict& v) {
  Case c{"verdict", {}, {}, fmt::format("{}\n{}", ToString(v.kind), Reasons(v))};
  if (v.kind == gate::VerdictKind::kBlock) c.failure = Reasons(v);
  if (v.kind == gate::VerdictKind::kHoldInconclusive) c.skipped = Reasons(v);
  return c;
}

Case ComponentCase(const gate::Component& component) {
  const std::string effect = EffectText(component);
  Case c{component.name, {}, {}, effect + (effect.empty() ? "" : " points, ") + component.state};
  if (component.state == "harm shown") c.failure = c.output;
  if (component.state == "open") c.skipped = c.output;
  return c;
}

Case GuardCase(const gate::GuardCount& guard) {
  Case c{
      "violations:" + guard.id,
      {},
      {},
      fmt::format("{} of {} episodes {} it; rate proven below {:.2f} %", guard.candidate_violations,
                  guard.exposure, guard.shadow ? "would have broken (shadow)" : "broke",
                  100 * guard.candidate_rate_upper)};
  if (guard.hard && guard.candidate_violations > 0) c.failure = c.output;
  return c;
}

std::string Render(const Case& c, const std::string& class_name) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n",
                                 XmlEscape(class_name), XmlEscape(c.name));
  if (!c.failure.empty()) {
    text += fmt::format("      <failure message=\"{}\" type=\"BLOCK\">{}</failure>\n",
                        XmlEscape(c.failure.substr(0, c.failure.find('\n'))), XmlEscape(c.failure));
  } else if (!c.skipped.empty()) {
    text += fmt::format("      <skipped message=\"{}\"/>\n",
                        XmlEscape(c.skipped.substr(0, c.skipped.find('\n'))));
  }
  text += fmt::format("      <system-out>{}</system-out>\n    </testcase>\n", XmlEscape(c.output));
  return text;
}

}  // namespace

std::string GateJUnit(const gate::Verdict& v) {
  std::vector<Case> cases = {VerdictCase(v)};
  for (const gate::Component& component : v.components) cases.push_back(ComponentCase(component));
  for (const gate::GuardCount& guard : v.guards) cases.push_back(GuardCase(guard));
  std::size_t failures = 0, skipped = 0;
  std::string body;
  const std::string class_name = "kedge." + v.suite;
  for (const Case& c : cases) {
    failures += c.failure.empty() ? 0 : 1;
    skipped += c.failure.empty() && !c.skipped.empty() ? 1 : 0;
    body += Render(c, class_name);
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", cases.size(), failures);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kedge gate\" {0} "
      "time=\"{1:.3f}\">\n"
      "  <testsuite name=\"{2}\" {0} skipped=\"{3}\" time=\"{1:.3f}\">\n    <properties>\n"
      "      <property name=\"champion\" value=\"{4}\"/>\n"
      "      <property name=\"candidate\" value=\"{5}\"/>\n"
      "      <property name=\"digest\" value=\"{6}\"/>\n    </properties>\n{7}"
      "  </testsuite>\n</testsuites>\n",
      counts, v.seconds, XmlEscape(v.suite + ": " + v.champion.name + " -> " + v.candidate.name),
      skipped, XmlEscape(v.champion.hash), XmlEscape(v.candidate.hash), gate::Digest(v), body);
}

}  // namespace kedge::reports
