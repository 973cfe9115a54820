// CommandLine: the options of a bench program, and its run. In a library of its own, so that no
// bench pays for compiling the parser of options.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace reeve::bench {

// What an option is read into outlives Run(), and is left as it is if the option is not given.
class CommandLine {
 public:
  explicit CommandLine(const std::string& about);
  ~CommandLine();

  void Engine(std::string& value);  // --engine: "sqlite" or "postgres"
  // --binaries, which every bench is given: the folder of the services; unused where nothing is
  // started.
  void Binaries(std::string& value);
  void BinariesUnused();
  void Text(const std::string& name, std::string& value, const std::string& help);
  void NeededText(const std::string& name, std::string& value, const std::string& help);
  void Number(const std::string& name, int& value, const std::string& help = {});
  void Number(const std::string& name, std::uint64_t& value, const std::string& help = {});
  void Number(const std::string& name, double& value, const std::string& help = {});
  void Numbers(const std::string& name, std::vector<int>& values);  // separated by commas
  void Flag(const std::string& name, bool& value, const std::string& help);

  // Reads the options and does `work`; answers the exit code. What fails is said, and is no 0.
  int Run(int argc, char** argv, const std::function<void()>& work);

 private:
  std::unique_ptr<CLI::App> app_;
  std::string unused_;
};

}  // namespace reeve::bench
