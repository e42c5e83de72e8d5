#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""scripts/check-account says in words what is right and what is missing: each line, both ways."""

import socket
import subprocess
import threading
import unittest

from interposer import make_certificate
from rest_proxy import RestProxy
from standin import BUILD, TOP, Standin

PROGRAM = BUILD / "scripts/rc-check-account"
GOOD = ("server", "clock", "logged in", "permission", "digital line +12025550101",
        "outgoing calls", "emergency address", "STUN", "SIP server", "registered", "un-registered")


class StunServer:
    """Tells who asks how it sees them (RFC 8489)."""

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _run(self):
        while request := self._socket.recvfrom(1500):
            data, (_, port) = request
            if not data:
                return
            mask = data[4:20]
            value = bytes((0, 1)) + (port ^ 0x2112).to_bytes(2, "big")
            value += bytes(a ^ b for a, b in zip((127, 0, 0, 1), mask))
            answer = b"\x01\x01\x00\x0c" + mask + b"\x00\x20\x00\x08" + value
            self._socket.sendto(answer, request[1])


def closed_port(kind):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % one.getsockname()[1]


class CheckAccount(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.rest = self.enterContext(RestProxy(self.standin))

    def check(self, *arguments, **changes):
        """(exit status, lines that are ok, lines of what is missing)"""
        changes = {"RINGCENTRAL_SERVER_URL": self.rest.url, **changes}
        run = subprocess.run([PROGRAM, *arguments], env=self.standin.environment(**changes),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=50)
        self.assertNotIn("S3CR3T", run.stdout)
        lines = [line.split(None, 1) for line in run.stdout.splitlines()]
        kinds = lambda kind: [line[1] for line in lines if line[0] == kind]
        return run.returncode, kinds("ok"), kinds("MISSING")

    def assert_missing(self, start, *words, after=None, **how):
        """One thing is missing, and the line says so; all up to `after` is right."""
        arguments = how.pop("arguments", ())
        status, good, missing = self.check(*arguments, **how)
        self.assertEqual(1, status, (good, missing))
        self.assertEqual(1, len(missing), missing)
        self.assertTrue(missing[0].startswith(start), missing)
        for word in words:
            self.assertIn(word, missing[0])
        if after is not None:
            self.assertTrue(good and good[-1].startswith(after), good)
        return good

    def test_a_good_account(self):
        with StunServer() as stun:
            status, good, missing = self.check("--stun-server", stun.address)
        self.assertEqual((0, []), (status, missing))
        self.assertEqual(len(GOOD), len(good), good)
        for start, line in zip(GOOD, good):
            self.assertTrue(line.startswith(start), line)
        self.assertIn("sees this machine as 127.0.0.1:", good[7])
        self.assertTrue(self.standin.unregistered())
        self.assertEqual([], self.standin.violations())

    def test_a_second_run_takes_no_second_slot(self):
        self.standin.control("POST", "/faults", {"max_contacts": 1})
        self.assertEqual([0, 0], [self.check()[0] for _ in range(2)])

    def test_the_script_runs_the_program(self):
        run = subprocess.run([TOP / "scripts/check-account", "--help"], stdout=subprocess.PIPE,
                             env=self.standin.environment(RC_BUILD=str(BUILD)), text=True,
                             timeout=20)
        self.assertEqual(0, run.returncode)
        self.assertIn("Exit status 0: calls can work", run.stdout)

    def test_settings_missing(self):
        self.assert_missing("settings", "RINGCENTRAL_JWT_TOKEN", RINGCENTRAL_JWT_TOKEN="")

    def test_server_not_there(self):
        there = closed_port(socket.SOCK_STREAM)
        self.assert_missing("server", "Cannot reach", "check the network",
                            RINGCENTRAL_SERVER_URL=f"http://{there}")

    def test_clock_wrong(self):
        self.rest.date = "Sat, 01 Jan 2022 00:00:00 GMT"
        good = self.assert_missing("clock", "ahead of the server's", "NTP")
        self.assertTrue(good[-1].startswith("un-registered"))

    def test_wrong_secret(self):
        self.assert_missing("login", "OAU-123", "client secret", after="clock",
                            RINGCENTRAL_CLIENT_SECRET="S3CR3T-wrong")

    def test_bad_jwt(self):
        self.assert_missing("login", "OAU-140", "make a new one", after="clock",
                            RINGCENTRAL_JWT_TOKEN="S3CR3T-expired")

    def test_no_permission(self):
        self.rest.change["token"] = lambda answer: answer.update(scope="ReadAccounts CallControl")
        self.assert_missing('permission "VoIP Calling"', "ReadAccounts CallControl", "add it",
                            after="logged in")

    def test_no_permission_and_the_token_says_nothing(self):
        self.rest.change["token"] = lambda answer: answer.pop("scope")
        self.standin.control("POST", "/faults", {"cmn401": 1})
        self.assert_missing("digital line", "CMN-401", "VoipCalling", after="logged in")

    def test_no_digital_line(self):
        self.rest.status["sip-provision"] = (403, {"errorCode": "SPR-131", "message": "No line"})
        self.assert_missing("digital line", "SPR-131", "assign it one", after="permission")

    def test_server_in_trouble(self):
        self.rest.status["sip-provision"] = (503, {"errorCode": "CMN-201", "message": "Busy"})
        self.assert_missing("digital line", "503", "try again later", after="permission")

    def test_no_outgoing_calls(self):
        def forbid(answer):
            answer["sipFlags"]["outboundCallsEnabled"] = False
        self.rest.change["sip-provision"] = forbid
        self.assert_missing("outgoing calls", "administrator", after="un-registered")

    def test_no_emergency_address(self):
        self.rest.change["sip-provision"] = lambda a: a["device"].pop("emergencyServiceAddress")
        self.assert_missing("emergency address", "486", "admin portal", after="un-registered")

    def test_no_answer_to_stun(self):
        self.assert_missing("STUN server", "no answer", "allow outgoing UDP", after="un-registered",
                            arguments=("--stun-server", closed_port(socket.SOCK_DGRAM)))

    def test_each_stun_server_that_is_named(self):
        with StunServer() as stun:
            servers = [stun.address, closed_port(socket.SOCK_DGRAM)]
            self.rest.change["sip-provision"] = (
                lambda answer: answer["sipInfo"][0].update(stunServers=servers))
            good = self.assert_missing("STUN server " + servers[1], "no answer")
        self.assertIn("STUN server " + servers[0], " ".join(good))

    def test_certificate_of_another(self):
        ca, key = self.standin.path("other.pem"), self.standin.path("other.key")
        make_certificate(ca, key)
        self.assert_missing("SIP server", "certificate", after="STUN",
                            RINGCENTRAL_CA_FILE=str(ca))

    def test_sip_server_takes_no_websocket(self):
        self.standin.control("POST", "/faults", {"refuse_websocket": 1})
        self.assert_missing("SIP server", "503", after="STUN")

    def test_too_many_contacts(self):
        self.standin.control("POST", "/faults", {"too_many_contacts": 1})
        self.assert_missing("a free device slot", "603", "close other phones", after="SIP server")

    def test_registration_refused(self):
        self.standin.control("POST", "/faults", {"refuse_403": 1})
        self.assert_missing("registration", "403", after="SIP server")

    def test_wrong_usage(self):
        self.assertEqual(2, self.check("--no-such-thing")[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
