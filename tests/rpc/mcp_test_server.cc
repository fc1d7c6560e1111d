// A server for other makers' clients: mcp_test_server stdio | http [stream]
// http prints its URL and runs until standard input ends.

#include <csignal>
#include <iostream>
#include <string>

#include "harness/rpc/mcp_http_server.h"
#include "harness/rpc/mcp_stdio_server.h"
#include "tests/rpc/mcp_test_tools.h"

namespace {

int ServeHttp(bool stream_calls) {
  kedge::rpc::McpHttpOptions options;
  options.server.page_size = 2;
  options.stream_calls = stream_calls;
  kedge::rpc::McpHttpServer server(options,
                                   [] { return std::make_unique<kedge::testing::TestTools>(); });
  std::cout << server.url() << std::endl;
  while (std::cin.get() != std::char_traits<char>::eof()) continue;
  server.Stop(std::chrono::seconds(1));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "http") return ServeHttp(argc > 2);
  kedge::rpc::McpStdioOptions options;
  options.server.page_size = 2;
  kedge::testing::TestTools tools;
  kedge::rpc::ServeMcpStdio(tools, options);
  return 0;
}
