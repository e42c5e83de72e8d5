// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace rc::rest {

// Self-signed for DNS:localhost, valid for a hundred years; made by
//   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500
//     -subj /CN=test -addext subjectAltName=DNS:localhost
// Its key protects nothing.
inline constexpr const char* kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUJsyqogw5XEEh6tue7uYjdyyHElgwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMwMjUyMjVaGA8yMTI2MTAzMDAyNTIy
NVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLZr
yIhpgQzNeMVqczy9tquP0SmSX2U5tHdTBoSUKvs3HEN2WRjLhE7VKmdRSnyPgFzd
So8xUAE7wyt9dO12CkSjaTBnMB0GA1UdDgQWBBTr25MQJewkxkBUgZc1b7oPAzE1
DzAfBgNVHSMEGDAWgBTr25MQJewkxkBUgZc1b7oPAzE1DzAPBgNVHRMBAf8EBTAD
AQH/MBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNIADBFAiAMuF1q
+7/tA+nsGDaK9oZeddF87Hq5GoVIKiU3EPrwCwIhAMlfvIYFk9q21P+24afhKLn0
XtUEITSG3Ndu1BLMPr/X
-----END CERTIFICATE-----
)";
inline constexpr const char* kKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghzuY0XnLWFT3idpw
/rnTBdqJjsZ3Q1jgUXAr7/PRC+KhRANCAAS2a8iIaYEMzXjFanM8vbarj9Epkl9l
ObR3UwaElCr7NxxDdlkYy4RO1SpnUUp8j4Bc3UqPMVABO8MrfXTtdgpE
-----END PRIVATE KEY-----
)";

}  // namespace rc::rest
