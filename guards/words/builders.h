#pragma once

#include "guards/word.h"

namespace kedge::guards {

/// The words of the format; guards/README.md says what each means.
void BuildAfter(const Node& node, WordContext& context, Words& words);
void BuildAnyOf(const Node& node, WordContext& context, Words& words);
void BuildArgs(const Node& node, WordContext& context, Words& words);
void BuildForbidArgs(const Node& node, WordContext& context, Words& words);
void BuildAtMost(const Node& node, WordContext& context, Words& words);
void BuildBefore(const Node& node, WordContext& context, Words& words);
void BuildCompare(const Node& node, WordContext& context, Words& words);
void BuildDetect(const Node& node, WordContext& context, Words& words);
void BuildFlow(const Node& node, WordContext& context, Words& words);
void BuildLatest(const Node& node, WordContext& context, Words& words);
void BuildMustFollow(const Node& node, WordContext& context, Words& words);
void BuildOrigin(const Node& node, WordContext& context, Words& words);
void BuildReaders(const Node& node, WordContext& context, Words& words);

}  // namespace kedge::guards
