// The metadata that travels with every call between the suite's programs.
#pragma once

namespace reeve::rpc {

inline constexpr char kAuthorizationKey[] = "authorization";  // "Bearer <session token>"
inline constexpr char kBearer[] = "Bearer ";
inline constexpr char kServiceKey[] = "x-reeve-service";  // over the suite's UNIX sockets only
inline constexpr char kTraceKey[] = "x-reeve-trace";

}  // namespace reeve::rpc
