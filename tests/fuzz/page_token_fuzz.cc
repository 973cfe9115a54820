// Tokens that clients carry: of pages and of feeds. What is taken is one of ours.
#include "shared/feed/feed.h"
#include "shared/rpc/paging.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(page_token) {
  constexpr std::string_view kQuery = "bills/10000000009";
  for (const std::size_t parts : {1, 2}) {
    Fields fields;
    const rpc::Page page = rpc::ParsePage(fields, 10, input, kQuery, parts);
    Require(page.size == 10, "the size is the one that was asked for");
    if (!fields.ok()) {
      Require(page.after.empty(), "what is refused is not used");
      continue;
    }
    Require(page.after.size() == (input.empty() ? 0 : parts), "a key has its parts");
    for (std::size_t i = 0; i < parts; ++i) page.AfterInt(i);
    if (input.empty()) continue;
    Fields again;
    const rpc::Page same =
        rpc::ParsePage(again, 10, rpc::NextPageToken(kQuery, page.after), kQuery, parts);
    Require(again.ok() && same.after == page.after, "a token reads back");
    Fields other;
    rpc::ParsePage(other, 10, input, "bills/10000000017", parts);
    Require(!other.ok(), "a token is good for its question alone");
  }
}

REEVE_FUZZ_TARGET(feed_token) {
  const Result<feed::Token> token = feed::Token::Decode(input);
  if (!token.ok()) return;
  const Result<feed::Token> again = feed::Token::Decode(token->Encode());
  Require(again.ok() && *again == *token, "a feed's token reads back");
  for (const std::string& feed : token->Feeds()) {
    for (const auto& [partition, position] : token->Positions(feed)) {
      Require(partition >= 0 && position >= 0, "positions count from 0");
    }
    Require(token->Covers(*token, feed), "a token covers itself");
  }
}
