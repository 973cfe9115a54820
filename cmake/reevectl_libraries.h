// Those of libraries.h, and the command line's.
#pragma once

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "cmake/libraries.h"
