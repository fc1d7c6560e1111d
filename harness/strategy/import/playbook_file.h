#pragma once

#include <string>
#include <string_view>

#include "harness/strategy/import/playbook_item.h"

namespace kedge::strategy {

/// Reads a playbook of another tool; import/README.md has the formats. `path` may be
/// - a .json file: ALTK-Evolve entities (a namespace, a list, or one entity) or an ACE playbook;
/// - a text file that begins with `---`: one ALTK-Evolve entity as Markdown with front matter;
/// - any other text file: an ACE playbook, one bullet a line;
/// - a folder: every .md file under it, by path.
/// What the formats leave open is ignored; what they lay down and is broken throws Error(kBadData)
/// with file and line, as do ids that are used twice and more than 10,000 items.
ForeignPlaybook LoadForeignPlaybook(const std::string& path);

/// The parsers themselves, on text. `name` stands for the file in messages.
ForeignPlaybook ReadPlaybookJson(std::string_view text, const std::string& name);
ForeignPlaybook ReadEntityMarkdown(std::string_view text, const std::string& name);
ForeignPlaybook ReadAcePlaybook(std::string_view text, const std::string& name);

}  // namespace kedge::strategy
