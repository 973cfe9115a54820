// case311: what people ask of the city, and what became of it.
#include "services/case311/case/case_service.h"
#include "services/case311/case_import/case_import_service.h"
#include "services/case311/case_type/case_type_service.h"
#include "services/case311/interaction/interaction_service.h"
#include "services/case311/migrations.h"
#include "services/case311/statistics/statistics_service.h"
#include "services/case311/verify/verify_store.h"
#include "shared/process/service.h"

int main(int argc, char** argv) {
  using namespace reeve;
  return process::Run("case311", argc, argv, case311::Migrations(), [](process::Service& s) {
    case311::InteractionService interactions(s.server(), s.frame(), s.database(), s.metrics());
    case311::CaseTypeService case_types(s.server(), s.frame(), s.database());
    case311::CaseService cases(s.server(), s.frame(), s.database(), s.calendar(), s.metrics());
    case311::CaseImportService imports(s.server(), s.frame());
    case311::StatisticsService statistics(s.server(), s.database());

    s.Register(interactions);
    s.Register(case_types);
    s.Register(cases);
    s.Register(imports);
    s.Register(statistics);
    s.AddCheck(case311::CheckBooks);
    s.Serve();
  });
}
