#include "guards/change/rules.h"
#include "guards/detect/detector.h"

namespace kedge::guards {

void CheckSecrets(ChangeContext& context) {
  for (const char* name : {"secrets/v1", "pii/v1"}) {
    const auto pack = DetectorPack::Find(name);
    for (const AddedText& added : context.added) {
      const std::vector<Detection> found = pack->Scan(added.text);
      if (found.empty()) continue;
      // The text itself is not shown: it would only be copied further.
      context.Report(kSecretsRule, added.what,
                     "the change holds what looks like " +
                         std::string(found[0].kind == "secret" ? "a secret" : "personal data") +
                         " (" + found[0].rule + ", seen as " + found[0].view + ")");
    }
  }
}

}  // namespace kedge::guards
