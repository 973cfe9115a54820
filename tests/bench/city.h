// City: accounts of five services each, made through the public API, for whoever loads the suite.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "shared/core/id.h"
#include "shared/testing/suite.h"

namespace reeve::bench {

inline constexpr int kCycle = 7;
// People of BootstrapFile: may do everything that building a city takes; the second signs what the
// first started.
inline constexpr char kBuilder[] = "builder";
inline constexpr char kSigner[] = "signer";
inline constexpr char kPassword[] = "a long password for a test";

// What the service refused, with every bad field.
std::string Text(const grpc::Status& status);
// Throws it.
void Check(const grpc::Status& status, const std::string& what);

// Writes the roles and people as identity reads them, with `cashiers` of name "cashier1", ...
// Answers the file's path.
std::string WriteBootstrap(const std::string& folder, int cashiers);

// The number on the stub of the city's n-th account, from 0.
AccountId AccountNumber(int n);

// Runs with every step's name and progress, for whoever waits.
using Progress = std::function<void(const std::string& step, std::int64_t done, std::int64_t all)>;
Progress PrintProgress();

// What sewer is billed by, besides its charge.
enum class SewerBy { kNothing, kWinterAverage };
// Rate schedules, premises and accounts; returns when billing knows all of them.
void BuildAccounts(testing::Suite& suite, int accounts, const Progress& progress,
                   SewerBy sewer = SewerBy::kNothing);
// A read for each meter, a month after the last.
void ImportReads(testing::Suite& suite, int accounts, const Progress& progress);
// Calculates, signs and posts the cycle. Answers the cents billed. `calculated` is called between
// calculation and signature.
std::int64_t RunCycle(testing::Suite& suite, const Progress& progress,
                      const std::function<void()>& calculated = {});

}  // namespace reeve::bench
