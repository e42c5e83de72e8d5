#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plain form of the card: a gst-launch line with a webrtcbin of its own, `rcsignal webrtc=w`."""

import unittest

import goodcall
import messages
import sound
from standin import Standin, interrupt, tones

SAID = 700  # Hz, of what the pipeline says
SECONDS = 5
SAY = {
    "opus": f"audiotestsrc is-live=true freq={SAID} volume=0.4 ! opusenc ! rtpopuspay ! w.",
    "pcmu": f"audiotestsrc is-live=true freq={SAID} volume=0.4 ! audio/x-raw,rate=8000 ! mulawenc "
            "! rtppcmupay ! w.",
}
HEAR = {
    "opus": "w. ! rtpopusdepay ! opusdec ! wavenc ! filesink location=call.wav",
    "pcmu": "w. ! rtppcmudepay ! mulawdec ! wavenc ! filesink location=call.wav",
}

# Dials, waits for the end, and dials again.
DIALLER = """
import sys, gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch(sys.argv[1])
line, bus = pipeline.get_by_name("line"), pipeline.get_bus()
pipeline.set_state(Gst.State.PLAYING)
while line.get_property("state") != "registered":
    bus.timed_pop(20 * Gst.MSECOND)
for attempt in (1, 2):
    promise = Gst.Promise.new()
    line.emit("dial", "+12025550100", promise)
    promise.wait()
    print("refused" if promise.get_reply() else "dialled", flush=True)
    if attempt == 1:
        bus.timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
"""


class OwnWebrtcbin(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def launch(self, codec, say=True):
        parts = ["rcsignal webrtc=w webrtcbin name=w bundle-policy=max-bundle",
                 SAY[codec] if say else "", HEAR[codec]]
        self.pipeline = self.standin.launch(" ".join(parts))
        self.assertTrue(self.standin.registered(), self.standin.tail())

    def call(self, **media):
        return self.standin.call(media={"record": str(self.standin.path("heard.wav")), **media})

    def finished(self, call):
        """The far end hangs up, and the pipeline ends by itself."""
        self.standin.hang_up(call)
        ended = self.standin.wait_call(call, "finished")
        self.assertEqual(0, self.pipeline.wait(10), self.standin.tail())
        self.assertEqual([], self.standin.violations())
        return ended

    def both_ways(self, codec):
        expected = sound.sequence()
        self.launch(codec)
        call = self.call(codec=codec, **tones(*expected))
        self.standin.sent_more(call, SECONDS * 50)
        ended = self.finished(call)
        verdict = sound.hear(self.standin.path("call.wav"), expected)
        print(f"\n  {codec}: worst frequency error {verdict.worst_error:.3%}, foreign frequencies "
              f"{verdict.purity_db:.1f} dB down, quiet {verdict.quiet:.1%}")
        self.assertTrue(verdict.ok, verdict)
        goodcall.check_tone(self, self.standin.path("heard.wav"), SAID)
        self.assertEqual(1, ended["media"]["ssrcs_received"])
        last = messages.calls(self.standin.text())[-1]
        ours = (last["ended-at"] - last["answered-at"]) / 1e6
        self.assertAlmostEqual(ours, sound.seconds(self.standin.path("call.wav")), delta=0.3)

    def test_opus_both_ways(self):
        self.both_ways("opus")

    def test_pcmu_both_ways(self):
        self.both_ways("pcmu")

    def test_one_call_that_we_dial(self):
        media = {"record": str(self.standin.path("heard.wav")),
                 **tones(goodcall.FREQUENCY, ms=60000)}
        self.standin.control("POST", "/numbers", {
            "number": "12025550100", "hangup_after_ms": 3000, "media": media})
        line = f"rcsignal name=line webrtc=w webrtcbin name=w {SAY['opus']} {HEAR['opus']}"
        program = self.standin.spawn(["/usr/bin/python3", "-c", DIALLER, line], "gst.log")
        self.assertEqual(0, program.wait(40), self.standin.tail())
        self.assertEqual("dialled\nrefused\n", self.standin.text())
        goodcall.check_tone(self, self.standin.path("call.wav"))
        goodcall.check_tone(self, self.standin.path("heard.wav"), SAID)

    def test_a_recording_alone(self):
        self.launch("opus", say=False)
        call = self.call(codec="opus", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(call, 100)
        self.assertEqual(0, self.finished(call)["media"]["packets_received"])
        goodcall.check_tone(self, self.standin.path("call.wav"))

    def test_another_ones_certificate(self):
        self.launch("opus")
        call = self.call(codec="opus", fingerprint="wrong", **tones(goodcall.FREQUENCY, ms=60000))
        ended = self.standin.wait_call(call, "finished")
        self.assertEqual("client_bye", ended["end_reason"])
        self.assertEqual(0, ended["media"]["packets_received"], "we sent audio")
        self.assertEqual(0, self.pipeline.wait(10), self.standin.tail())
        self.assertIn("certificate", self.standin.text())
        self.assertLess(self.standin.path("call.wav").stat().st_size, 100, "a sample was heard")

    def test_changes_of_the_ssrc(self):
        self.launch("opus")
        call = self.call(codec="opus", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(call, 100)
        for _ in range(5):
            self.standin.control("POST", f"/calls/{call}/media", {"action": "change_ssrc"})
            self.standin.sent_more(call, 50)
        self.finished(call)
        longest = sound.longest_pause(self.standin.path("call.wav"), skip=0.5)
        print(f"\n  longest silence at 5 changes of SSRC: {1000 * longest:.0f} ms")
        self.assertLessEqual(longest, 0.1)
        goodcall.check_tone(self, self.standin.path("call.wav"))

    def reinvite(self, call, kind):
        self.standin.control("POST", f"/calls/{call}/reinvite", {"kind": kind})

    def received(self, call):
        return self.standin.control("GET", f"/calls/{call}")["media"]["packets_received"]

    def test_hold_and_resume_by_the_far_end(self):
        self.launch("pcmu")
        call = self.call(codec="pcmu", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(call, 50)
        self.reinvite(call, "same")
        self.standin.sent_more(call, 50)
        self.reinvite(call, "hold")
        self.standin.sent_more(call, 20)
        before = self.received(call)
        self.standin.sent_more(call, 50)
        self.assertLessEqual(self.received(call), before + 2, "we speak into a held call")
        self.reinvite(call, "resume")
        self.standin.sent_more(call, 150)
        self.assertGreater(self.received(call), before + 40)
        self.finished(call)
        goodcall.check_tone(self, self.standin.path("heard.wav"), SAID)

    def test_another_transport_is_refused_and_the_call_goes_on(self):
        self.launch("opus")
        call = self.call(codec="opus", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(call, 50)
        self.reinvite(call, "new_ice")
        self.standin.sent_more(call, 75)
        self.finished(call)
        goodcall.check_tone(self, self.standin.path("call.wav"))

    def test_the_second_call_rings_on(self):
        self.launch("opus")
        first = self.call(codec="opus", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(first, 25)
        second = self.standin.call()
        self.standin.wait_call(second, "ringing")
        self.standin.sent_more(first, 25)
        self.assertEqual("ringing", self.standin.control("GET", f"/calls/{second}")["state"])
        self.finished(first)

    def test_ctrl_c_before_any_call(self):
        self.launch("opus")
        self.standin.wait_text("Setting pipeline to PLAYING")
        interrupt(self.pipeline)
        self.assertEqual(0, self.pipeline.wait(10), self.standin.tail())
        self.assertTrue(self.standin.unregistered())

    def test_ctrl_c_hangs_up_and_finishes_the_file(self):
        self.launch("opus")
        call = self.call(codec="opus", **tones(goodcall.FREQUENCY, ms=60000))
        self.standin.sent_more(call, 100)
        interrupt(self.pipeline)
        self.assertEqual("client_bye", self.standin.wait_call(call, "finished")["end_reason"])
        self.assertEqual(0, self.pipeline.wait(10), self.standin.tail())
        goodcall.check_tone(self, self.standin.path("call.wav"))

    def test_no_such_webrtcbin(self):
        pipeline = self.standin.launch("rcsignal webrtc=x webrtcbin name=w")
        self.assertNotEqual(0, pipeline.wait(10), self.standin.tail())
        self.assertIn("webrtc=x: there is no webrtcbin of that name", self.standin.text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
