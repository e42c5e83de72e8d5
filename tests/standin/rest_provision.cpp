// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The document of sip-provision, in the shape of sip-provision.response.json in the protocol
// samples.
#include "rest.h"

namespace standin {
namespace {

constexpr auto kPlatform = "https://platform.ringcentral.com/restapi/v1.0/account/809646016";

void write_phone_line(JsonOut& out, const Account& account) {
  out.key("phoneLines").begin_list().begin().add("lineType", "Standalone");
  out.key("emergencyAddress").begin().add("required", true).add("localOnly", false).end();
  out.key("phoneInfo").begin().add("id", std::int64_t{121116105016});
  out.add("phoneNumber", account.number).add("paymentType", "Local").add("type", "VoiceFax");
  out.add("usageType", "DirectNumber").key("country").begin();
  out.add("uri", "https://platform.ringcentral.com/restapi/v1.0/dictionary/country/1");
  out.add("id", "1").add("name", "United States").end().end().end().end_list();
}

void write_emergency_address(JsonOut& out, const Account& account) {
  out.key("emergencyServiceAddress").begin().add("street", "1 EXAMPLE ST").add("street2", "");
  out.add("city", "ANYTOWN").add("state", "CA").add("stateId", "16").add("stateIsoCode", "CA");
  out.add("stateName", "California").add("country", "US").add("countryId", "1");
  out.add("countryIsoCode", "US").add("countryName", "United States").add("zip", "00000");
  out.add("customerName", account.name).add("outOfCountry", false).end();
}

void write_device(JsonOut& out, const Account& account, const Device& device) {
  out.key("device").begin().add("uri", std::string(kPlatform) + "/device/" + device.id);
  out.add("id", device.id).add("type", "WebPhone").add("status", "Online");
  out.key("extension").begin();
  out.add("uri", std::string(kPlatform) + "/extension/" + account.extension_id);
  out.add("id", g_ascii_strtoll(account.extension_id.c_str(), nullptr, 10));
  out.add("extensionNumber", account.extension).end();
  write_phone_line(out, account);
  write_emergency_address(out, account);
  out.add("linePooling", "Guest").end();
}

// No STUN servers: a test machine has no network.
void write_sip_info(JsonOut& out, const Account& account, const Device& device,
                    const std::string& proxy, const std::string& backup) {
  out.key("sipInfo").begin_list().begin().add("transport", "WSS");
  out.add("username", account.username()).add("password", device.password);
  out.add("authorizationId", device.id).add("domain", std::string(kDomain));
  out.add("outboundProxy", proxy).add("outboundProxyBackup", backup);
  out.key("authorizationTypes").begin_list().value(std::string("SipDigest")).end_list();
  out.key("stunServers").begin_list().end_list();
  out.add("switchBackInterval", std::int64_t{600}).end().end_list();
}

void write_flags(JsonOut& out) {
  out.key("sipFlags").begin().add("voipFeatureEnabled", true).add("voipCountryBlocked", false);
  out.add("outboundCallsEnabled", true).add("dscpEnabled", false);
  out.add("dscpSignaling", std::int64_t{26}).add("dscpVoice", std::int64_t{46});
  out.add("dscpVideo", std::int64_t{34}).end();
}

}  // namespace

std::string Rest::provision_body(const Account& account, const Device& device) {
  JsonOut out;
  out.begin();
  write_device(out, account, device);
  const auto or_own = [this](const std::string& proxy) {
    return proxy.empty() ? box_.wss() : proxy;
  };
  write_sip_info(out, account, device, or_own(box_.outbound_proxy),
                 or_own(box_.outbound_proxy_backup));
  out.key("sipInfoPstn").begin_list().end_list();
  write_flags(out);
  out.key("sipErrorCodes").begin_list().value(std::string("408")).end_list();
  out.add("pollingInterval", std::int64_t{86400});
  return out.end().text();
}

}  // namespace standin
