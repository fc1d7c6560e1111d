// Any bytes as one line of JSON-RPC: what is decoded can be encoded and decoded again.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "harness/rpc/jsonrpc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = kedge::rpc::DecodeMessage({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  const std::string line =
      std::visit([](const auto& decoded) { return kedge::rpc::Encode(decoded); }, *message);
  const auto again = kedge::rpc::DecodeMessage(line);
  if (!again || again->index() != message->index()) std::abort();
  return 0;
}
