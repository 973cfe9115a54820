// The truth about sessions as every service but identity learns it: by asking identity.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "shared/session/source.h"

namespace reeve::process {

session::Source IdentitySource(const std::string& own_service,
                               std::shared_ptr<grpc::Channel> identity);

}  // namespace reeve::process
