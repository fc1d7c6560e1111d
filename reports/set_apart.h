#pragma once

#include <string>

namespace kedge::reports {

/// Why a recorded episode was not learned from, for people: "guard", or what a trace witness doubts
/// ("task", "words", "answers", "outcome"). Another text stands for itself.
std::string SetApartText(const std::string& why);

}  // namespace kedge::reports
