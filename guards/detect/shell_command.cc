#include "guards/detect/shell_command.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxLine = 65536;

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string BaseName(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// Why a command's words do not say what it does; empty when they do.
std::string Indirect(const std::vector<std::string>& argv) {
  const std::string name = BaseName(argv[0]);
  if (IsOneOf(name, {"eval",    "source", ".",        "exec",    "command", "builtin", "env",
                     "xargs",   "nohup",  "setsid",   "timeout", "nice",    "sudo",    "su",
                     "doas",    "chroot", "parallel", "watch",   "trap",    "alias",   "time",
                     "busybox", "script", "stdbuf",   "ssh"})) {
    return "`" + name + "` runs what it is given";
  }
  if (IsOneOf(name, {"if", "then", "else", "fi", "for", "while", "until", "do", "done", "case",
                     "esac", "function", "select", "!", "[["})) {
    return "shell keyword `" + name + "`";
  }
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    const bool runs =
        name == "find" && IsOneOf(word, {"-exec", "-execdir", "-ok", "-okdir", "-fprint",
                                         "-fprint0", "-fprintf", "-fls", "-delete"});
    const bool interpreter =
        IsOneOf(name, {"sh",      "bash", "dash",  "zsh",       "ksh",        "fish", "python",
                       "python3", "perl", "ruby",  "node",      "php",        "awk",  "gawk",
                       "mawk",    "lua",  "tclsh", "osascript", "powershell", "pwsh"}) &&
        (word.starts_with("-c") || word.starts_with("-e") || name.ends_with("awk"));
    if (runs || interpreter) return "`" + name + " " + word + "` runs or writes what it is given";
  }
  return {};
}

class ShellParser {
 public:
  explicit ShellParser(std::string_view line) : line_(line) {}

  Result<std::vector<ShellCommand>> Run() {
    if (line_.size() > kMaxLine) return Refused("a command of more than 64 KiB");
    while (at_ < line_.size() && error_.empty()) Step();
    EndWord();
    EndCommand();
    if (!redirect_.empty()) Complain("a redirection without a target");
    if (!error_.empty()) return Refused(error_);
    return std::move(commands_);
  }

 private:
  static Result<std::vector<ShellCommand>> Refused(const std::string& why) {
    return Fail(BadData("the command cannot be judged: " + why));
  }

  void Complain(const std::string& why) {
    if (error_.empty()) error_ = why;
  }

  void Step() {
    const char c = line_[at_];
    if (c == ' ' || c == '\t') {
      EndWord();
      ++at_;
    } else if (c == '\'' || c == '"') {
      Quoted(c);
    } else if (c == '\\') {
      Escaped();
    } else if (c == '#' && !in_word_) {
      at_ = std::min(line_.find('\n', at_), line_.size());
    } else if (c == ';' || c == '&' || c == '|' || c == '\n') {
      Separator();
    } else if (c == '<' || c == '>') {
      Redirection();
    } else {
      Plain(c);
    }
  }

  void Plain(char c) {
    static constexpr std::string_view kExpands = "$`*?[]{}()!";
    const auto byte = static_cast<unsigned char>(c);
    if (kExpands.find(c) != std::string_view::npos || (c == '~' && !in_word_) || byte < 0x20 ||
        byte >= 0x7F) {
      Complain(std::string("`") + (byte < 0x20 || byte >= 0x7F ? '?' : c) +
               "` is expanded or is no plain character");
    }
    Put(c);
    ++at_;
  }

  void Put(char c) {
    in_word_ = true;
    word_.push_back(c);
  }

  void Escaped() {
    if (at_ + 1 >= line_.size()) {
      Complain("a backslash at the end");
      ++at_;
      return;
    }
    if (line_[at_ + 1] != '\n') Put(line_[at_ + 1]);
    at_ += 2;
  }

  void Quoted(char quote) {
    in_word_ = true;
    for (++at_; at_ < line_.size() && line_[at_] != quote; ++at_) {
      char c = line_[at_];
      if (quote == '"' && (c == '$' || c == '`')) Complain("an expansion inside quotes");
      if (quote == '"' && c == '\\' && at_ + 1 < line_.size() &&
          std::string_view("$`\"\\\n").find(line_[at_ + 1]) != std::string_view::npos) {
        c = line_[++at_];
        if (c == '\n') continue;
      }
      word_.push_back(c);
    }
    if (at_ >= line_.size()) Complain("a quote that is not closed");
    ++at_;
  }

  void Separator() {
    const char c = line_[at_];
    if (c == '&' && line_.substr(at_, 2) == "&>") {
      EndWord();
      ++at_;
      Redirection();
      return;
    }
    EndWord();
    EndCommand();
    ++at_;
    if (at_ < line_.size() && (c == '&' || c == '|') && line_[at_] == c) ++at_;
    if (c == '|' && at_ < line_.size() && line_[at_] == '&') ++at_;
  }

  void Redirection() {
    // A number before it is a file descriptor.
    const bool number = !word_.empty() && std::all_of(word_.begin(), word_.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (number) {
      word_.clear();
      in_word_ = false;
    }
    EndWord();
    if (!redirect_.empty()) Complain("a redirection without a target");
    redirect_ = line_[at_++];
    if (at_ < line_.size() && (line_[at_] == '>' || line_[at_] == '|')) ++at_;
    if (at_ < line_.size() && (line_[at_] == '<' || line_[at_] == '(')) {
      Complain("a here-document or process substitution");
    }
    if (at_ < line_.size() && line_[at_] == '&') Descriptor();
  }

  // `>&2`: no file is touched.
  void Descriptor() {
    ++at_;
    const std::size_t first = at_;
    while (at_ < line_.size() && (line_[at_] == '-' || (line_[at_] >= '0' && line_[at_] <= '9'))) {
      ++at_;
    }
    if (at_ > first) redirect_.clear();
  }

  void EndWord() {
    if (!in_word_) return;
    std::string word = std::exchange(word_, {});
    in_word_ = false;
    if (redirect_ == "<") {
      command_.reads.push_back(std::move(word));
    } else if (!redirect_.empty()) {
      command_.writes.push_back(std::move(word));
    } else {
      command_.argv.push_back(std::move(word));
    }
    redirect_.clear();
  }

  void EndCommand() {
    ShellCommand command = std::exchange(command_, {});
    if (command.argv.empty()) {
      if (!command.reads.empty() || !command.writes.empty()) Complain("a redirection alone");
      return;
    }
    const std::size_t equals = command.argv[0].find('=');
    if (equals != std::string::npos) Complain("an assignment before a command");
    if (std::string why = Indirect(command.argv); !why.empty()) Complain(why);
    commands_.push_back(std::move(command));
  }

  std::string_view line_;
  std::size_t at_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::string redirect_;  // "<" or ">" while its target is awaited
  ShellCommand command_;
  std::vector<ShellCommand> commands_;
  std::string error_;
};

}  // namespace

Result<std::vector<ShellCommand>> ParseShellLine(std::string_view line) {
  return ShellParser(line).Run();
}

}  // namespace kedge::guards
