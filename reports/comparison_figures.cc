#include "reports/comparison_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "reports/page.h"

namespace kedge::reports {
namespace {

/// Reads members that may be absent.
class Figures {
 public:
  explicit Figures(const Json& json) : json_(json) {}

  Figures operator[](const char* key) const {
    static const Json kNothing;
    const bool there = json_.is_object() && json_.contains(key);
    return Figures(there ? json_.at(key) : kNothing);
  }
  const Json& json() const { return json_; }

  std::string Number(const char* format = "{:.3f}") const {
    return json_.is_number() ? fmt::format(fmt::runtime(format), json_.get<double>())
                             : std::string();
  }
  std::string Count() const { return Number("{:.0f}"); }
  /// An interval of shares, in points.
  std::string Points() const {
    const Json& low = (*this)["low"].json();
    const Json& high = (*this)["high"].json();
    if (!low.is_number() || !high.is_number()) return {};
    return fmt::format("[{:+.1f}, {:+.1f}]", 100 * low.get<double>(), 100 * high.get<double>());
  }
  std::string Text() const { return json_.is_string() ? json_.get<std::string>() : std::string(); }

 private:
  const Json& json_;
};

/// Writes the tables.
class FigureTables {
 public:
  FigureTables(HtmlWriter& html, const gate::Verdict& verdict)
      : html_(html), v_(verdict), details_(verdict.details) {}

  void Write() {
    html_.Leaf("h2", "Figures");
    Arms();
    Tests();
    LeftOut();
  }

 private:
  void Arms() {
    WriteTable(html_, "Each subject by itself, over all its runs",
               {"Subject", "File", "#Tasks", "#Runs", "#Missing", "#Passed", "#Mean score"}, [&] {
                 Arm(v_.champion, details_["arms"]["champion"]);
                 Arm(v_.candidate, details_["arms"]["candidate"]);
               });
    PassTable();
  }

  void Arm(const gate::Subject& subject, const Figures& arm) {
    const auto row = html_.Open("tr");
    html_.Leaf("td", subject.name);
    html_.Leaf("td", subject.source);
    for (const char* key : {"tasks", "runs", "missing", "passed"}) Cell(arm[key].Count());
    Cell(arm["mean_score"].Number());
  }

  // Only where tasks were repeated.
  void PassTable() {
    const Json& champion = details_["arms"]["champion"]["pass"].json();
    const Json& candidate = details_["arms"]["candidate"]["pass"].json();
    if (!champion.is_array() || !candidate.is_array()) return;
    const std::size_t rows = std::min(champion.size(), candidate.size());
    if (rows < 2) return;
    WriteTable(
        html_, "At least one of k runs passes (pass@k), all k do (pass^k)",
        {"#k", "#Champion pass@k", "#Candidate pass@k", "#Champion pass^k", "#Candidate pass^k"},
        [&] {
          for (std::size_t i = 0; i < rows; ++i) {
            const auto row = html_.Open("tr");
            Cell(Figures(champion[i])["k"].Count());
            Cell(Figures(champion[i])["at"].Number());
            Cell(Figures(candidate[i])["at"].Number());
            Cell(Figures(champion[i])["hat"].Number());
            Cell(Figures(candidate[i])["hat"].Number());
          }
        });
  }

  void Tests() {
    const Figures table = details_["table"];
    const Figures summary = details_["summary"];
    WriteTable(html_, "For reading; what decided is above. Intervals in points, at 95 %",
               {"Figure", "#Value"}, [&] {
                 Row("McNemar exact p, two-sided", table["mcnemar"]["exact_p"].Number("{:.4g}"));
                 Row("McNemar mid-p, two-sided", table["mcnemar"]["mid_p"].Number("{:.4g}"));
                 Row("sign-flip p, two-sided",
                     details_["permutation"]["p_two_sided"].Number("{:.4g}"));
                 Row("Newcombe (method 10)", table["intervals"]["newcombe10"].Points());
                 Row("Wald", table["intervals"]["wald"].Points());
                 Row("Agresti-Min", table["intervals"]["agresti_min"].Points());
                 Row("t with clustered errors (CR1)", summary["cr1_t"].Points());
                 Row("bootstrap by clusters", details_["bootstrap"].Points());
                 Row("discordance psi", summary["psi"].Number());
                 Row("correlation of the arms", summary["rho"].Number());
                 Row("ICC of the champion's runs", summary["icc"].Number());
                 Row("design effect of the clusters", summary["design_effect"].Number("{:.2f}"));
                 Row("smallest effect shown at this size",
                     summary["mde"].json().is_number()
                         ? fmt::format("{:.1f} points", 100 * summary["mde"].json().get<double>())
                         : "");
               });
  }

  void LeftOut() {
    const Figures unpaired = details_["unpaired"];
    const Figures missing = details_["missing"];
    WriteTable(html_, "What the comparison rests on, and what found no partner",
               {"Counted", "#Number"}, [&] {
                 Row("pairs (" + details_["table_unit"].Text() + ")", std::to_string(v_.pairs.n));
                 Row("tasks of the champion only", std::to_string(v_.pairs.unpaired_champion));
                 Row("tasks of the candidate only", std::to_string(v_.pairs.unpaired_candidate));
                 Row("tasks that differ in version", unpaired["version_mismatches"].Count());
                 Row("pairs with a missing side", missing["pairs"].Count());
                 Row("... of the champion", missing["champion"].Count());
                 Row("... of the candidate", missing["candidate"].Count());
               });
    if (!details_["notes"].json().is_array()) return;
    for (const Json& note : details_["notes"].json()) {
      html_.Leaf("p", "Note: " + Figures(note).Text(), {{"class", "soft"}});
    }
  }

  void Row(const std::string& name, const std::string& value) {
    if (value.empty()) return;
    const auto row = html_.Open("tr");
    html_.Leaf("td", name);
    Cell(value);
  }

  void Cell(const std::string& text) { html_.Leaf("td", text, {{"class", "n"}}); }

  HtmlWriter& html_;
  const gate::Verdict& v_;
  Figures details_;
};

}  // namespace

void WriteComparisonFigures(HtmlWriter& html, const gate::Verdict& verdict) {
  FigureTables(html, verdict).Write();
}

}  // namespace kedge::reports
