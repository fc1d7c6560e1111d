#include "guards/detect/host_list.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxHost = 253;

struct CloseIdna {
  void operator()(UIDNA* idna) const { uidna_close(idna); }
};

const UIDNA* Idna() {
  static const std::unique_ptr<UIDNA, CloseIdna> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<UIDNA, CloseIdna> made(uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status));
    if (U_FAILURE(status)) throw InternalError("Unicode data: no IDNA tables");
    return made;
  }();
  return idna.get();
}

bool IsAsciiHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == ':' || c == '[' || c == ']';
}

// What a browser would read: no white space or controls, forward slashes, lower-case scheme.
std::string Tidy(std::string_view url) {
  std::string out;
  for (const char c : url.substr(0, 2048)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F) continue;
    out.push_back(c == '\\' ? '/' : c);
  }
  return out;
}

}  // namespace

std::string AsciiHost(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > kMaxHost) return {};
  std::array<char, 512> out{};
  UErrorCode status = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  const std::int32_t length =
      uidna_nameToASCII_UTF8(Idna(), host.data(), static_cast<std::int32_t>(host.size()),
                             out.data(), static_cast<std::int32_t>(out.size()), &info, &status);
  const std::string_view ascii(out.data(), static_cast<std::size_t>(std::max(length, 0)));
  const bool sound = U_SUCCESS(status) && length > 0 && length < static_cast<int>(out.size()) &&
                     (info.errors & (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_PUNYCODE)) == 0 &&
                     std::all_of(ascii.begin(), ascii.end(), IsAsciiHostByte);
  return sound ? std::string(ascii) : std::string();
}

std::string HostOfUrl(std::string_view url) {
  const std::string tidy = Tidy(url);
  std::string_view rest = tidy;
  const std::size_t colon = rest.find(':');
  if (!rest.starts_with("//")) {
    if (colon == std::string_view::npos || colon > 5) return {};
    std::string scheme(rest.substr(0, colon));
    for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (scheme != "http" && scheme != "https" && scheme != "ftp" && scheme != "ws" &&
        scheme != "wss") {
      return {};
    }
    rest.remove_prefix(colon + 1);
  }
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  // Programs disagree about where the host of such a URL ends.
  const std::string_view written = url.substr(0, url.find_first_of("?#"));
  if (written.find('\\') != std::string_view::npos && written.find('@') != std::string_view::npos) {
    return {};
  }
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    rest.remove_prefix(at + 1);
  }
  if (const std::size_t port = rest.rfind(':');
      port != std::string_view::npos && rest.find(']', port) == std::string_view::npos) {
    rest = rest.substr(0, port);
  }
  return AsciiHost(rest);
}

HostList::HostList(const std::vector<std::string>& hosts) {
  for (const std::string& host : hosts) {
    const bool below = host.starts_with("*.");
    std::string ascii = AsciiHost(below ? std::string_view(host).substr(2) : host);
    if (ascii.empty() || ascii.find(':') != std::string::npos) {
      throw BadData("'" + host + "' is no host name; write example.com or *.example.com");
    }
    if (below) {
      below_.push_back("." + ascii);
    } else {
      exact_.push_back(std::move(ascii));
    }
  }
}

bool HostList::Allows(std::string_view host) const {
  const std::string ascii = AsciiHost(host);
  if (ascii.empty()) return false;
  return std::find(exact_.begin(), exact_.end(), ascii) != exact_.end() ||
         std::any_of(below_.begin(), below_.end(), [&](const std::string& suffix) {
           return ascii.size() > suffix.size() && ascii.ends_with(suffix);
         });
}

}  // namespace kedge::guards
