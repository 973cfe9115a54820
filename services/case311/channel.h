// Channel: how somebody reached the city.
#pragma once

#include "shared/core/spelling.h"

namespace reeve::case311 {

enum class Channel { kCounter, kPhone, kMail, kEmail, kWeb, kApp, kStaff, kOther };

inline constexpr Spelling<Channel, 8> kChannels{
    {"COUNTER", "PHONE", "MAIL", "EMAIL", "WEB", "APP", "STAFF", "OTHER"}};

}  // namespace reeve::case311
