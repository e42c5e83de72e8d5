// SPDX-License-Identifier: LGPL-2.1-or-later
// The call flows of RFC 3665 as our user agent sees them: it is Alice, or it is Bob. What lies
// between proxies is not ours; where we do otherwise on purpose, it says why.
#include "call_flow.h"

namespace rc::sip {
namespace {

// --- 2: registration ---

TEST_F(CallFlow, NewRegistration) {  // 2.1
  play(R"(
    register
    -> REGISTER
    <- 401 REGISTER | WWW-Authenticate: Digest realm="sip.example.com", nonce="ea9c8e88"
    -> REGISTER | Authorization
    <- 200 REGISTER | Expires: 60
    told registered 60
  )");
}

TEST_F(CallFlow, RegistrationIsUpdatedBeforeItExpires) {  // 2.2
  play(R"(
    register
    -> REGISTER
    <- 200 REGISTER | Expires: 60
    told registered 60
    wait 57
    -> REGISTER
    <- 200 REGISTER | Expires: 47
    told registered 47
  )");
}

// 2.3 asks for the list by a REGISTER without Contact; ours gets it with each 200 and needs itself.
TEST_F(CallFlow, ListOfContactsOfOthersIsNotOurs) {
  play(R"(
    register
    -> REGISTER
    <- 200 REGISTER | Contact: <sip:bob@client.biloxi.example.com>;expires=7
    told registered 60
  )");
}

TEST_F(CallFlow, RegistrationIsCancelled) {  // 2.4
  play(R"(
    register
    -> REGISTER
    <- 200 REGISTER | Expires: 60
    told registered 60
    unregister
    -> REGISTER
    <- 200 REGISTER
    told unregistered
    wait 600
  )");
  EXPECT_EQ(last("REGISTER").contact()->params.get("expires"), "0");
}

TEST_F(CallFlow, RegistrationWithAWrongPasswordIsNotRepeated) {  // 2.5
  play(R"(
    register
    -> REGISTER
    <- 401 REGISTER | WWW-Authenticate: Digest realm="sip.example.com", nonce="f1cec434"
    -> REGISTER | Authorization
    <- 401 REGISTER | WWW-Authenticate: Digest realm="sip.example.com", nonce="84f1c1ae"
    told not registered 401
    wait 600
  )");
}

// --- 3.1: Alice calls Bob ---

TEST_F(CallFlow, SessionOfAlice) {
  play(R"(
    dial
    -> INVITE offer
    <- 180 INVITE
    told progress 180
    <- 200 INVITE answer
    -> ACK
    told answered v=0 answer
    <- BYE
    -> 200 BYE
    told ended remote 200
  )");
}

TEST_F(CallFlow, SessionOfBob) {
  play(R"(
    <- INVITE offer
    -> 100 INVITE
    ring
    -> 180 INVITE
    accept
    -> 200 INVITE answer
    <- ACK
    told ack
    hang-up
    -> BYE
    <- 200 BYE
    told ended local 200
  )");
}

// --- 3.2: through two proxies, which stay on the way ---

TEST_F(CallFlow, SessionOfAliceThroughTwoProxies) {
  play(R"(
    dial
    -> INVITE offer
    <- 407 INVITE | Proxy-Authenticate: Digest realm="sip.example.com", nonce="wf84f1ce"
    -> ACK
    -> INVITE offer | Proxy-Authorization
    <- 100 INVITE
    <- 180 INVITE | Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    <- 200 INVITE answer | Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    -> ACK | Route: <sip:ss1.atlanta.example.com;lr>, <sip:ss2.biloxi.example.com;lr>
    <- BYE
    -> 200 BYE
  )");
  EXPECT_TRUE(last("ACK").has("Proxy-Authorization"));
}

TEST_F(CallFlow, SessionOfBobThroughTwoProxies) {
  play(R"(
    <- INVITE offer | Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    -> 100 INVITE
    ring
    -> 180 INVITE | Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    accept
    -> 200 INVITE answer | Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    <- ACK
    hang-up
    -> BYE | Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>
    <- 200 BYE
  )");
}

// 3.3 has a second proxy with a realm of its own: our password is for one realm only.
TEST_F(CallFlow, SecondProxyOfAForeignRealmGetsNothing) {
  play(R"(
    dial
    -> INVITE offer
    <- 407 INVITE | Proxy-Authenticate: Digest realm="sip.example.com", nonce="wf84f1ce"
    -> ACK
    -> INVITE offer | Proxy-Authorization
    <- 407 INVITE | Proxy-Authenticate: Digest realm="biloxi.example.com", nonce="c1e22c41"
    -> ACK
    told ended failure 407
  )");
}

// 3.4: the first proxy is silent; the next call goes over the socket to the other one.
TEST_F(CallFlow, SilentProxyEndsTheCallAndTheNextServes) {
  play(R"(
    dial
    -> INVITE offer
    wait 32
    told ended failure 408
    reconnect
    dial
    -> INVITE offer
    <- 100 INVITE
    <- 180 INVITE
    <- 200 INVITE answer
    -> ACK
    hang-up
    -> BYE
    <- 200 BYE
  )");
}

// 3.5: an ALG stays on the way, with its own SDP: nothing is different for us.
TEST_F(CallFlow, SessionThroughAnAlg) {
  play(R"(
    dial
    -> INVITE offer
    <- 100 INVITE
    <- 180 INVITE | Record-Route: <sip:alg1.atlanta.example.com;lr>
    <- 200 INVITE answer | Record-Route: <sip:alg1.atlanta.example.com;lr>
    -> ACK | Route: <sip:alg1.atlanta.example.com;lr>
    hang-up
    -> BYE | Route: <sip:alg1.atlanta.example.com;lr>
    <- 200 BYE
  )");
}

// 3.6: where a response says to call instead is not called (toll fraud) ...
TEST_F(CallFlow, RedirectIsNotFollowed) {
  play(R"(
    dial
    -> INVITE offer
    <- 302 INVITE | Contact: <sip:bob@chicago.example.com>
    -> ACK
    told ended remote 302
    wait 60
  )");
}

TEST_F(CallFlow, SdpInTheAck) {  // ... and SDP in the ACK
  play(R"(
    dial without offer
    -> INVITE
    <- 180 INVITE
    <- 200 INVITE offer
    acknowledge
    -> ACK answer
    <- BYE
    -> 200 BYE
  )");
}

// --- 3.7: an address changes within the call ---

TEST_F(CallFlow, BobMoves) {
  play(R"(
    dial
    -> INVITE offer
    <- 200 INVITE answer
    -> ACK
    told answered v=0 answer
    <- INVITE moved | Contact: <sip:bob@192.0.2.5>
    -> 100 INVITE
    accept
    -> 200 INVITE answer
    <- ACK
    hang-up
    -> BYE
    <- 200 BYE
  )");
  EXPECT_EQ(last("BYE").request_uri(), "sip:bob@192.0.2.5");
}

TEST_F(CallFlow, WeMove) {
  play(R"(
    <- INVITE offer
    -> 100 INVITE
    accept
    -> 200 INVITE answer
    <- ACK
    move
    -> INVITE moved | Contact
    <- 200 INVITE answer
    -> ACK
    <- BYE
    -> 200 BYE
  )");
}

// --- 3.8 to 3.11: no call comes of it ---

TEST_F(CallFlow, AliceGivesUp) {  // 3.8
  play(R"(
    dial
    -> INVITE offer
    <- 100 INVITE
    <- 180 INVITE
    told progress 180
    hang-up
    -> CANCEL
    <- 200 CANCEL
    <- 487 INVITE
    -> ACK
    told ended local 487
  )");
}

TEST_F(CallFlow, BobIsGivenUp) {  // 3.8
  play(R"(
    <- INVITE offer
    -> 100 INVITE
    ring
    -> 180 INVITE
    <- CANCEL
    -> 200 CANCEL
    -> 487 INVITE
    <- ACK
    told ended remote 487
  )");
}

TEST_F(CallFlow, BobIsBusyForAlice) {  // 3.9
  play(R"(
    dial
    -> INVITE offer
    <- 100 INVITE
    <- 486 INVITE
    -> ACK
    told ended remote 486
  )");
}

TEST_F(CallFlow, BobIsBusy) {  // 3.9
  play(R"(
    <- INVITE offer
    -> 100 INVITE
    reject 486
    -> 486 INVITE
    <- ACK
    told ended local 486
  )");
}

TEST_F(CallFlow, BobsTelephoneIsSilent) {  // 3.10: his proxy gives up
  play(R"(
    dial
    -> INVITE offer
    <- 100 INVITE
    wait 32
    <- 480 INVITE
    -> ACK
    told ended remote 480
  )");
}

TEST_F(CallFlow, BobIsUnavailableForAlice) {  // 3.11
  play(R"(
    dial
    -> INVITE offer
    <- 100 INVITE
    <- 180 INVITE
    told progress 180
    <- 480 INVITE
    -> ACK
    told ended remote 480
  )");
}

TEST_F(CallFlow, BobIsUnavailable) {  // 3.11
  play(R"(
    <- INVITE offer
    -> 100 INVITE
    ring
    -> 180 INVITE
    reject 480
    -> 480 INVITE
    <- ACK
    told ended local 480
  )");
}

}  // namespace
}  // namespace rc::sip
