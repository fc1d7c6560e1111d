#include "harness/service/report_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReportFilesTest : public ::testing::Test {
 protected:
  ReportFilesTest() {
    testing::WriteFile(folder_.File("secret.txt"), "secret");
    testing::WriteFile(root_ + "/report.html", "<p>report</p>");
    testing::WriteFile(root_ + "/run/index.html", "index");
    testing::WriteFile(root_ + "/list/a b&\"<.json", "{}");
    testing::WriteFile(root_ + "/list/.hidden", "hidden");
    testing::WriteFile(root_ + "/list/deeper/x.bin", "bytes");
    std::filesystem::create_symlink("../secret.txt", root_ + "/link.txt");
    std::filesystem::create_directory_symlink("..", root_ + "/up");
    mkfifo((root_ + "/pipe").c_str(), 0600);
  }

  net::HttpResponse Get(const std::string& path) const { return files_.Get("/reports", path); }

  const testing::TempFolder folder_;
  const std::string root_ = folder_.File("root");
  const ReportFiles files_{root_};
};

TEST_F(ReportFilesTest, GivesFilesWithTheirType) {
  const auto page = Get("/report.html");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<p>report</p>");
  EXPECT_EQ(page.headers.Get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.Get("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(page.headers.Get("Content-Security-Policy")),
              HasSubstr("default-src 'none'"));
  EXPECT_EQ(Get("/list/deeper/x.bin").headers.Get("Content-Type"), "application/octet-stream");
  EXPECT_EQ(Get("//list///deeper/x.bin").body, "bytes");
}

TEST_F(ReportFilesTest, StaysInsideOfItsFolder) {
  for (const char* path : {"/../secret.txt", "/run/../../secret.txt", "/..", "/./report.html",
                           "/link.txt", "/up/secret.txt", "/up/", "/list/.hidden", "/.hidden",
                           "/absent", "/report.html/x", "/pipe", "/..\\secret.txt"}) {
    const auto response = Get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(response.body, Not(HasSubstr("secret"))) << path;
  }
  EXPECT_EQ(Get(std::string("/report.html\0", 13)).status, 404);
}

TEST_F(ReportFilesTest, ListsAFolderOrGivesItsIndex) {
  EXPECT_EQ(Get("/run/").body, "index");
  const auto redirect = Get("/run");
  EXPECT_EQ(redirect.status, 301);
  EXPECT_EQ(redirect.headers.Get("Location"), "/reports/run/");
  EXPECT_EQ(Get("").headers.Get("Location"), "/reports/");
  const std::string list = Get("/list/").body;
  EXPECT_THAT(list, HasSubstr("href=\"./a%20b%26%22%3C.json\""));
  EXPECT_THAT(list, HasSubstr("a b&amp;&quot;&lt;.json"));
  EXPECT_THAT(list, HasSubstr("deeper/"));
  EXPECT_THAT(list, Not(HasSubstr("hidden")));
  EXPECT_THAT(Get("/").body, Not(HasSubstr("link.txt")));
}

TEST_F(ReportFilesTest, RefusesWhatIsTooLargeAndWhatIsNotThere) {
  EXPECT_EQ(ReportFiles(root_, 5).Get("/reports", "/report.html").status, 413);
  EXPECT_EQ(ReportFiles(folder_.File("absent")).Get("/reports", "/").status, 404);
}

}  // namespace
}  // namespace kedge::service
