#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kedge::guards {

/// The absolute form of a POSIX path without `.`, `..`, `~` and repeated slashes, as the kernel
/// would walk it if no component were a symbolic link: no file system is asked, so that a verdict
/// depends on the event alone. Relative paths start at `base`, `~` at `home` (both absolute).
/// Nothing when the path cannot be judged: empty, NUL or control characters, `~user`, malformed
/// UTF-8 or invisible characters, or what a shell would still expand (`$`, backquote, `*`, `?`,
/// `[`, `{`). That is to be refused, not allowed.
std::optional<std::string> CanonicalPath(std::string_view path, std::string_view base,
                                         std::string_view home);

/// Whether canonical `path` is `folder` or lies below it.
bool IsBelow(std::string_view path, std::string_view folder);

}  // namespace kedge::guards
