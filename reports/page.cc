#include "reports/page.h"

namespace kedge::reports {
namespace {

constexpr const char* kHead = R"(<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<style>
:root { color-scheme: light dark; --text: #1c2128; --soft: #57606a; --line: #d0d7de; --ground: #fff;
  --panel: #f6f8fa; --good: #1a7f37; --bad: #b42318; --hold: #8a5a00; --mark: #fff3c4; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9aa5b1; --line: #3d444d;
  --ground: #0d1117; --panel: #161b22; --good: #3fb950; --bad: #ff7b72; --hold: #e3b341;
  --mark: #453a0a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; }
main, footer { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: .2rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-bottom: 1px solid var(--line);
  padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: .4rem 0 .3rem; }
.verdict { border: 1px solid var(--line); border-left: .5rem solid var(--c); border-radius: .4rem;
  background: var(--panel); padding: .9rem 1.1rem; }
.verdict .word { color: var(--c); font-size: 1.7rem; line-height: 1.2; font-weight: 700;
  letter-spacing: .02em;
  overflow-wrap: anywhere; }
.verdict .sentence { font-size: 1.1rem; margin: .1rem 0 .5rem; }
.good { --c: var(--good); } .bad { --c: var(--bad); } .hold { --c: var(--hold); } .plain {
  --c: var(--soft); }
.verdict ul { margin: .5rem 0 0; padding-left: 1.2rem; } .verdict li { overflow-wrap: anywhere;
  margin: .2rem 0; }
.verdict code { color: var(--soft); }
dl.tiles { display: flex; flex-wrap: wrap; gap: .5rem 2.2rem; margin: .8rem 0 0; padding-top: .7rem;
  border-top: 1px solid var(--line); }
dl.tiles dt { color: var(--soft); font-size: .82rem; } dl.tiles dd { margin: 0; font-weight: 600; }
.soft, figcaption, caption { color: var(--soft); font-size: .88rem; }
code { font: .85em/1.4 ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; padding: .2rem 0; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { font-weight: 600; } td { overflow-wrap: anywhere; min-width: 6rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap;
  min-width: 0; }
.state-bad { color: var(--bad); font-weight: 600; } .state-good { color: var(--good); }
.state-open { color: var(--hold); }
figure { margin: .5rem 0; } figcaption { margin-top: .5rem; } .margin-key { color: var(--hold);
  font-weight: 700; }
.effect { display: grid; grid-template-columns: minmax(8rem, 17rem) minmax(10rem, 1fr) 11rem;
  column-gap: .8rem;
  font-size: .9rem; }
.effect .label { padding: .2rem 0; overflow-wrap: anywhere; }
.effect .figures { padding: .2rem 0; text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.effect.overall, .effect.stratum { font-weight: 600; }
.effect.stratum { border-top: 1px solid var(--line); }
.effect.family .label { padding-left: 1.2rem; } .effect.family { color: var(--soft); }
.plot { position: relative; min-height: 1.7rem; }
.plot > svg { position: absolute; inset: 0; width: 100%; height: 100%; }
svg { overflow: visible; } svg text { fill: var(--soft); font-size: 13px; font-weight: 400; }
svg .tick { stroke: var(--line); } svg .zero { stroke: var(--soft); stroke-width: 1.5; }
svg .margin { stroke: var(--hold); stroke-width: 2; stroke-dasharray: 4 3; }
svg .up { stroke: var(--good); fill: var(--good); } svg .down { stroke: var(--bad);
  fill: var(--bad); }
svg .flat { stroke: var(--soft); fill: var(--soft); } .overall svg line, .stratum svg line {
  stroke-width: 2; }
.overall svg .tick, .stratum svg .tick { stroke-width: 1; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: 0 .8rem; }
summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere; }
.lost { color: var(--bad); font-weight: 600; } .gained { color: var(--good); font-weight: 600; }
details details { background: var(--panel); }
.arms { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1rem; }
.arms > section { min-width: 0; }
ul.scores { list-style: none; margin: 0 0 .5rem; padding: 0; font-size: .88rem; }
ul.scores li { overflow-wrap: anywhere; }
ol.steps { list-style: none; margin: 0 0 .8rem; padding: 0; font-size: .88rem; }
ol.steps li { border-left: 3px solid var(--line); padding: .2rem .6rem; margin: .25rem 0;
  overflow-wrap: anywhere; }
ol.steps li.error { border-color: var(--bad); } ol.steps li.guard { border-color: var(--hold); }
ol.steps li.decision { color: var(--soft); } ol.steps li.first { background: var(--mark);
  border-color: var(--hold); }
ol.steps b { font-weight: 600; } ol.steps .text { white-space: pre-wrap; }
ol.steps .parts { float: right; color: var(--hold); font-size: .8rem; }
@media (max-width: 48rem) {
  .arms { grid-template-columns: 1fr; } th, td { padding: .35rem .4rem; }
  .effect { grid-template-columns: 1fr auto; } .effect .plot { grid-column: 1 / 3; grid-row: 2; }
  .effect.axis .plot { grid-row: 1; } .effect.axis .label, .effect.axis .figures { display: none; }
  .plot { min-height: 1.4rem; } .effect .label { padding-bottom: 0; } }
@media print { details, .effect { break-inside: avoid; } body { font-size: 12px; } }
</style>
)";

}  // namespace

void WritePage(HtmlWriter& html, const std::string& title, const std::string& footer,
               const std::function<void()>& body) {
  html.Literal("<!DOCTYPE html>\n");
  const auto root = html.Open("html", {{"lang", "en"}});
  {
    const auto head = html.Open("head");
    html.Literal(kHead);
    html.Leaf("title", title);
  }
  const auto page = html.Open("body");
  {
    const auto main = html.Open("main");
    body();
  }
  html.Leaf("footer", footer, {{"class", "soft"}});
}

void WriteTable(HtmlWriter& html, const std::string& caption,
                std::initializer_list<const char*> columns, const std::function<void()>& rows) {
  const auto scroll = html.Open("div", {{"class", "scroll"}});
  const auto table = html.Open("table");
  html.Leaf("caption", caption);
  {
    const auto head = html.Open("thead");
    const auto row = html.Open("tr");
    for (const char* column : columns) {
      // A leading '#' marks a column of numbers.
      const bool number = column[0] == '#';
      html.Leaf("th", number ? column + 1 : column,
                {{"scope", "col"}, {"class", number ? "n" : "t"}});
    }
  }
  const auto body = html.Open("tbody");
  rows();
}

}  // namespace kedge::reports
