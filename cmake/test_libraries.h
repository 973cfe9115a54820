// Those of libraries.h, and the test framework's.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/libraries.h"
