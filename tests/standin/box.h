// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "accounts.h"
#include "digest.h"
#include "faults.h"
#include "flows.h"
#include "loop.h"
#include "wire_log.h"

namespace standin {

class Registrar;
class Exchange;

// The parts of one stand-in, handed to each other. Owned by Server; used on the loop's thread.
struct Box {
  Loop loop;
  Faults faults;
  Directory directory;
  WireLog log;
  Challenger challenger;
  Flows flows{faults, log};
  Registrar* registrar = nullptr;
  Exchange* exchange = nullptr;

  std::chrono::milliseconds pause() const { return std::chrono::milliseconds(faults.pause_ms); }
  // How requests are challenged now.
  Challenges challenges() const {
    return {static_cast<int>(faults.challenges), faults.qop != 0, faults.foreign_realm != 0};
  }
  std::string wss() const { return "127.0.0.1:" + std::to_string(flows.port()); }

  // What sip-provision names as proxies; empty: wss(). Set by who puts itself in between.
  std::string outbound_proxy, outbound_proxy_backup;
};

}  // namespace standin
