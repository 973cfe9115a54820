// Command: runs a program of the machine (psql, pgbench) and answers what it printed.
#pragma once

#include <string>

namespace reeve::bench {

// Standard output and error together. Throws std::runtime_error with them if it fails.
std::string Output(const std::string& command);

// One statement by psql: rows as lines, columns separated by '|'.
std::string Psql(const std::string& conninfo, const std::string& sql);

}  // namespace reeve::bench
