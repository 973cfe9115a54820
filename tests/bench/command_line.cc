#include "tests/bench/command_line.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <iostream>

namespace reeve::bench {

CommandLine::CommandLine(const std::string& about) : app_(std::make_unique<CLI::App>(about)) {}
CommandLine::~CommandLine() = default;

void CommandLine::Engine(std::string& value) {
  app_->add_option("--engine", value)->check(CLI::IsMember({"sqlite", "postgres"}));
}
void CommandLine::Binaries(std::string& value) {
  app_->add_option("--binaries", value, "Folder of the services")->required();
}
void CommandLine::BinariesUnused() {
  app_->add_option("--binaries", unused_, "Not used: nothing is started");
}
void CommandLine::Text(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help);
}
void CommandLine::NeededText(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->required();
}
void CommandLine::Number(const std::string& name, int& value, const std::string& help) {
  app_->add_option(name, value, help);
}
void CommandLine::Number(const std::string& name, std::uint64_t& value, const std::string& help) {
  app_->add_option(name, value, help);
}
void CommandLine::Number(const std::string& name, double& value, const std::string& help) {
  app_->add_option(name, value, help);
}
void CommandLine::Numbers(const std::string& name, std::vector<int>& values) {
  app_->add_option(name, values)->delimiter(',');
}
void CommandLine::Flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}

int CommandLine::Run(int argc, char** argv, const std::function<void()>& work) {
  CLI11_PARSE(*app_, argc, argv);
  try {
    work();
  } catch (const std::exception& error) {
    std::cerr << std::filesystem::path(argv[0]).filename().string() << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace reeve::bench
