// Replays the corpus of every target, and each of its inputs in bounded variations, from one seed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/fuzz/target.h"

namespace reeve::fuzz {

std::vector<Target>& Targets() {
  static std::vector<Target> targets;
  return targets;
}

namespace {

constexpr unsigned kSeed = 20261126;
constexpr int kVariations = 40;  // of each input

std::vector<std::string> CorpusOf(std::string_view target) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(REEVE_CORPUS) + "/" + std::string(target))) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// A byte changed, taken away or put in, a piece doubled, the end cut off.
std::string Varied(std::string input, std::mt19937& random) {
  const auto place = [&] { return input.empty() ? 0 : random() % input.size(); };
  switch (random() % 5) {
    case 0:
      if (!input.empty()) input[place()] = static_cast<char>(random());
      break;
    case 1:
      if (!input.empty()) input.erase(place(), 1 + random() % 4);
      break;
    case 2:
      input.insert(place(), 1, "0123456789-.,\"\n{}[]:+x\xC3"[random() % 23]);
      break;
    case 3: {
      const std::string piece = input.substr(place(), random() % 40);
      input.insert(place(), piece);
      break;
    }
    default:
      input.resize(place());
  }
  return input;
}

// What the target says of the input; empty if all holds.
std::string Complaint(const Target& target, const std::string& input) {
  try {
    target.run(input);
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
  return "";
}

class CorpusTest : public ::testing::TestWithParam<Target> {};

TEST_P(CorpusTest, WhateverIsTakenHolds) {
  const std::vector<std::string> inputs = CorpusOf(GetParam().name);
  ASSERT_FALSE(inputs.empty()) << "a target has a corpus";
  std::mt19937 random(kSeed);
  for (const std::string& input : inputs) {
    ASSERT_EQ(Complaint(GetParam(), input), "") << input;
    std::string varied = input;
    for (int i = 0; i < kVariations; ++i) {
      varied = Varied(i % 4 == 0 ? input : std::move(varied), random);
      ASSERT_EQ(Complaint(GetParam(), varied), "") << varied;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CorpusTest, ::testing::ValuesIn(Targets()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CorpusTest, EveryFolderBelongsToATarget) {
  for (const auto& entry : std::filesystem::directory_iterator(REEVE_CORPUS)) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(std::any_of(Targets().begin(), Targets().end(), [&](const Target& target) {
      return target.name == name;
    })) << name;
  }
}

// The negative control: what does not hold is heard of.
TEST(CorpusTest, APropertyThatDoesNotHoldIsHeardOf) {
  const Target sound{"", [](std::string_view) { Require(true, "sound"); }};
  const Target broken{"", [](std::string_view input) { Require(input.empty(), "broken"); }};
  EXPECT_EQ(Complaint(sound, "x"), "");
  EXPECT_EQ(Complaint(broken, "x"), "broken");
}

}  // namespace
}  // namespace reeve::fuzz
