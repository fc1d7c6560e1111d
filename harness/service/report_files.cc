#include "harness/service/report_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/process/unique_fd.h"
#include "reports/html_writer.h"

namespace kedge::service {
namespace {

using process::UniqueFd;

constexpr std::size_t kMaxListed = 10'000;

// What reports are made of; anything else is offered for download only.
constexpr std::array<std::pair<std::string_view, const char*>, 11> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".jsonl", "application/x-ndjson"},
    {".sarif", "application/json"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
}};

net::HttpResponse Refusal(int status, const char* text) {
  return net::MakeResponse(status, "text/plain; charset=utf-8", text);
}

net::HttpResponse Page(const char* type, std::string body) {
  net::HttpResponse response = net::MakeResponse(200, type, std::move(body));
  response.headers.Add("X-Content-Type-Options", "nosniff");
  // Reports quote what agents said: should markup slip through, it cannot do anything.
  response.headers.Add(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data: 'self'");
  response.headers.Add("Cache-Control", "no-cache");
  return response;
}

const char* TypeOf(std::string_view name) {
  for (const auto& [suffix, type] : kTypes) {
    if (name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

// The names between the slashes; nullopt when one of them may not be followed.
std::optional<std::vector<std::string>> Split(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (name.empty()) continue;
    if (name.front() == '.' || name.find('\0') != std::string_view::npos) return std::nullopt;
    names.emplace_back(name);
  }
  return names;
}

// Opens one name below a folder; symbolic links are refused, a pipe does not block.
UniqueFd OpenBelow(const UniqueFd& folder, const std::string& name) {
  return UniqueFd(
      openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

UniqueFd OpenPath(const std::string& root, const std::vector<std::string>& names) {
  UniqueFd at(open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const std::string& name : names) {
    if (!at.is_open()) break;
    at = OpenBelow(at, name);
  }
  return at;
}

net::HttpResponse File(const UniqueFd& fd, std::size_t size, std::string_view name) {
  std::string body(size, '\0');
  std::size_t used = 0;
  while (used < size) {
    const ssize_t got = read(fd.get(), body.data() + used, size - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
  }
  body.resize(used);
  return Page(TypeOf(name), std::move(body));
}

std::vector<std::string> NamesIn(const UniqueFd& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(dup(folder.get())), closedir);
  if (listing == nullptr) return names;
  while (const dirent* entry = readdir(listing.get())) {
    if (entry->d_name[0] == '.' || names.size() >= kMaxListed) continue;
    const bool is_folder = entry->d_type == DT_DIR;
    if (is_folder || entry->d_type == DT_REG) {
      names.push_back(std::string(entry->d_name) + (is_folder ? "/" : ""));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// As a relative reference: whatever it holds, it stays a name.
std::string Encoded(const std::string& name) {
  std::string out = "./";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '/';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
    }
  }
  return out;
}

net::HttpResponse Listing(const UniqueFd& folder) {
  std::string body;
  reports::HtmlWriter html([&](std::string_view piece) { body += piece; });
  html.Literal("<!doctype html>\n");
  {
    const auto page = html.Open("html", {{"lang", "en"}});
    {
      const auto head = html.Open("head");
      html.Empty("meta", {{"charset", "utf-8"}});
      html.Leaf("title", "Reports");
    }
    const auto content = html.Open("body");
    html.Leaf("h1", "Reports");
    const auto list = html.Open("ul");
    for (const std::string& name : NamesIn(folder)) {
      const auto item = html.Open("li");
      html.Leaf("a", name, {{"href", Encoded(name)}});
    }
  }
  html.Finish();
  return Page("text/html; charset=utf-8", std::move(body));
}

}  // namespace

net::HttpResponse ReportFiles::Get(std::string_view prefix, std::string_view path) const {
  const auto names = Split(path);
  if (!names) return Refusal(404, "no such report\n");
  UniqueFd fd = OpenPath(folder_, *names);
  struct stat info {};
  if (!fd.is_open() || fstat(fd.get(), &info) != 0) return Refusal(404, "no such report\n");
  std::string_view name = names->empty() ? std::string_view() : names->back();
  if (S_ISDIR(info.st_mode)) {
    if (!path.ends_with('/')) {
      std::string place = std::string(prefix);
      for (const std::string& part : *names) place += Encoded(part).substr(1);
      return {301, {{"Location", place + "/"}}, ""};
    }
    UniqueFd index = OpenBelow(fd, "index.html");
    if (!index.is_open() || fstat(index.get(), &info) != 0) return Listing(fd);
    fd = std::move(index);
    name = "index.html";
  }
  if (!S_ISREG(info.st_mode)) return Refusal(404, "no such report\n");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_file_bytes_) return Refusal(413, "this report is too large to be served\n");
  return File(fd, size, name);
}

}  // namespace kedge::service
