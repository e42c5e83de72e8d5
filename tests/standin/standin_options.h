// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "far_end_script.h"

namespace standin {

// The command line of rc-standin.
struct StandinOptions {
  bool trace = false;
  bool until_stdin_closes = false;
  std::string account = "101";  // whose environment is given
  std::string env_file;
  std::string results_file;  // empty: stdout
  FarEndScript before;       // faults that hold from the start
  std::vector<FarEndScript> far_ends;
  std::vector<std::string> command;
};

// Nothing, after a line on stderr, when it is not understood; --help prints and ends the process.
std::optional<StandinOptions> parse_options(int argc, char** argv);

}  // namespace standin
