// Texts: every sentence with which a bill is explained, in all languages. Short and plain: somebody
// reads them out on the phone. A text that is missing in a language, or that speaks of other facts
// in it, does not compile.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "services/reevectl/language/language.h"

namespace reeve::reevectl {

enum class Text {
  kBill,
  kSimulated,
  kOfSheet,
  kDated,
  kDatedOnly,
  kNotFinal,
  kHeld,
  kReleased,
  kCancelled,
  kPrices,
  kPublished,
  kReads,
  kUse,
  kUseOfCounts,
  kUseGiven,
  kRollover,
  kTogether,
  kComesTo,
  kDays,
  kOneDay,
  kPart,
  kPartByUse,
  kFactor,
  kMonths,
  kLimit,
  kLower,
  kHigher,
  kRatchet,
  kMeteredBy,
  kUseInTimes,
  kIntervalsEstimated,
  kLoadAllDay,
  kLoadInTime,
  kFirstBlock,
  kMiddleBlock,
  kLastBlock,
  kOnce,
  kOneMonth,
  kTimes,
  kTax,
  kMinimum,
  kMaximum,
  kRoundOff,
  kSteps,
  kNet,
  kBudget,
  kWithinBudget,
  kNotLoaded,
  kRounded,
  kPricesSince,
  kRiderSince,
  kSumOfLines,
  kNotCharged,
  kOwedForIt,
  kTotal,
  kHoldReason,
  kBillIsHigher,
  kBillIsLower,
  kBillIsSame,
  kTakesPlace,
  kAgainstReplaced,
  kDuePart,
  kMostly,
  kBecause,
  kPricesRose,
  kPricesFell,
  kOtherDays,
  kUsedMore,
  kUsedLess,
  kUsedMoreADay,
  kUsedLessADay,
  kMoreUnits,
  kFewerUnits,
  kServiceAdded,
  kServiceGone,
  kNotComparable,
  kComparedWith,
  kColumnService,
  kColumnBefore,
  kColumnNow,
  kColumnChange,
  kColumnPrice,
  kColumnDays,
  kColumnUse,
  kColumnBlocks,
  kColumnOneOff,
  kAllServices,
  kWhatColumnsMean,
  kCount,
};

// The text with its facts in place of {0}, {1}, ...
std::string Say(Language language, Text text, std::initializer_list<std::string_view> facts = {});

struct Translation {
  Text text;
  std::string_view english;
  std::string_view spanish;
};

// Which of {0} to {9} a text speaks of, as bits; -1 if a brace is not that.
constexpr int FactsOf(std::string_view text) {
  int facts = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{' && text[i] != '}') continue;
    const bool fact = text[i] == '{' && i + 2 < text.size() && text[i + 1] >= '0' &&
                      text[i + 1] <= '9' && text[i + 2] == '}';
    if (!fact) return -1;
    facts |= 1 << (text[i + 1] - '0');
    i += 2;
  }
  return facts;
}

// Whether all texts are there, in their order, in every language, with the same facts.
template <std::size_t kSize>
constexpr bool IsComplete(const Translation (&texts)[kSize]) {
  if (kSize != static_cast<std::size_t>(Text::kCount)) return false;
  for (std::size_t i = 0; i < kSize; ++i) {
    const Translation& one = texts[i];
    if (static_cast<std::size_t>(one.text) != i) return false;
    if (one.english.empty() || one.spanish.empty()) return false;
    if (FactsOf(one.english) < 0 || FactsOf(one.english) != FactsOf(one.spanish)) return false;
  }
  return true;
}

}  // namespace reeve::reevectl
