#pragma once

#include <string>

#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Files of spans. All spans of a file are held until its end, because those of one conversation
/// may stand anywhere in it; then they are handed out as traces (span_assembler.h). OTLP/JSON may
/// be one document or JSON Lines with one request each, as the OpenTelemetry collector writes it.
ReadReport ReadOtlpJson(const std::string& path, const ReadOptions& options, const TraceSink& sink);
ReadReport ReadOtlpProtobuf(const std::string& path, const ReadOptions& options,
                            const TraceSink& sink);
ReadReport ReadJaeger(const std::string& path, const ReadOptions& options, const TraceSink& sink);
ReadReport ReadOtelJs(const std::string& path, const ReadOptions& options, const TraceSink& sink);

/// Whether a (possibly compressed) file is OTLP/protobuf from its first to its last byte.
bool IsOtlpProtobufFile(const std::string& path);

}  // namespace kedge::trace
