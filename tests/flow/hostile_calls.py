# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attacks of hostile.py by messages that are right: calls, what happens in them, credentials and
money. As those of hostile_bytes.py."""

import collections
import time

from forged import CALL_ID, PREMIUM, body_of, cancel, parse, response
from interposer import CLIENT, SERVER, frame

DIALLED = "12025550100"
MORE = "rcsrc {} num-calls=1 idle=none ! fakesink"


def duplicate_INVITEs(rig, call):
    """The same one again, by its own way and by others; and the running call's."""
    count = 1000 if rig.long else 100
    text = call.forger.call()
    rig.wire.send(text)
    rig.wire.wait_seen(CLIENT, "SIP/2.0 180")
    branch = parse(text).header("Via")
    others = [text.replace(branch, f"{branch}-{n}") for n in range(count // 2)]
    again = [text] * (count // 2) + others + [call.forger.invite.text] * 10
    rig.wire.send_bytes(b"".join(frame(t.encode()) for t in again))
    rig.wait_answer(others[-1], "SIP/2.0 482")
    rig.take_back([text])
    rang = [m for m in rig.player.told("message line rc-call", "state=(string)ringing")
            if PREMIUM in m]
    assert len(rang) == 1, rang
    return len(again), "one rang, the others 482"


def CANCEL_against_200(rig, call):
    """It crosses the 200 of another call on its way, and comes late for the running call."""
    late = call.forger.invite.text
    for _ in range(100):
        rig.wire.send(cancel(late))

    def cross(message):
        of = message.header("CSeq").partition(" ")[2]
        if message.sender == CLIENT and message.start.startswith("SIP/2.0 200") and of == "INVITE":
            rig.wire.send(cancel(rig.wire.seen(SERVER, "INVITE")[-1].text))
        return not (message.sender == CLIENT and of == "CANCEL")

    rig.hook = cross
    rig.player.play("two", MORE.format(""))
    second = rig.standin.call(media={"codec": "opus"})
    assert rig.standin.wait_call(second, "answered")["state"] == "answered"
    rig.player.wait("sound two")
    rig.standin.hang_up(second)
    rig.player.wait("eos two")
    rig.player.stop("two")
    return 101, "both calls go on"


def BYE_that_nobody_answers(rig, call):
    """Of a second call, which its pipeline ends; the answer never comes (timer F: 32 s)."""
    rig.player.play("two", MORE.format(""))
    second = rig.standin.call(media={"codec": "opus"})
    rig.player.wait("sound two")
    rig.standin.control("POST", "/faults", {"no_bye_answer": 1})
    since, begin = len(rig.wire.log), time.monotonic()
    rig.player.stop("two")
    took = time.monotonic() - begin
    rig.wire.wait_seen(CLIENT, "BYE", since)
    rig.player.wait("message line rc-call", 2, "state=(string)ended")
    assert took < 1.5, f"the state change took {took:.1f} s"
    if rig.long:
        call.listen(35 * 50)
    byes = rig.wire.seen(CLIENT, "BYE", since)
    assert len(byes) == 1, byes
    rig.standin.control("POST", "/faults", {"no_bye_answer": 0})
    rig.standin.hang_up(second)
    return 1, f"over for its pipeline after {took:.1f} s"


def INVITE_flood(rig, call):
    """Each another call, at 1 000 a second; none is acknowledged."""
    count = 10_000 if rig.long else 1_000
    since, begin = len(rig.wire.log), time.monotonic()
    sent = []
    for number in range(count // 50):
        batch = [call.forger.call() for _ in range(50)]
        sent += batch
        rig.wire.send_bytes(b"".join(frame(text.encode()) for text in batch))
        time.sleep(max(0.0, begin + (number + 1) * 0.05 - time.monotonic()))
    took = time.monotonic() - begin
    rig.wait_answer(sent[-1], seconds=30)
    rang = rig.take_back(sent)
    busy = len(rig.wire.seen(CLIENT, "SIP/2.0 486", since))
    assert 0 < rang <= 8 and rang + busy == count, f"{rang} rang, {busy} got 486"
    return count, f"in {took:.1f} s; {rang} rang, {busy} x 486"


def _reinvites(rig, call, sdp_of):
    """Each as soon as the one before has its final answer; every 200 is acknowledged. Returns how
    often each status came."""
    count = 1_000 if rig.long else 100
    call.forged_bye = True
    answers = collections.Counter()
    for number in range(count):
        text = call.forger.reinvite(sdp_of(number))
        rig.wire.send(text)
        answer = rig.wait_answer(text)
        answers[answer.start.split()[1]] += 1
        if answer.start.startswith("SIP/2.0 200"):
            rig.wire.send(call.forger.ack(answer))
    return answers


def _told(answers):
    return ", ".join(f"{n} x {status}" for status, n in sorted(answers.items()))


def reINVITEs(rig, call):
    sdp = body_of(call.forger.invite)
    answers = _reinvites(rig, call, lambda _: sdp)
    assert answers.keys() == {"200"}, answers
    return answers.total(), _told(answers)


def reINVITEs_with_other_ICE(rig, call):
    """Each names another peer, who is never there: four at once, then one each 2 s is tried."""
    lines = body_of(call.forger.invite).split("\r\n")

    def sdp_of(number):
        new = {"a=ice-ufrag:": f"uf{number:06}", "a=ice-pwd:": f"{number:024}"}
        return "\r\n".join(next((k + v for k, v in new.items() if line.startswith(k)), line)
                           for line in lines if not line.startswith("a=candidate"))

    begin = time.monotonic()
    answers = _reinvites(rig, call, sdp_of)
    assert answers.keys() == {"200", "500"}, answers
    assert answers["200"] <= 5 + (time.monotonic() - begin) / 2, answers
    return answers.total(), _told(answers)


def reINVITEs_at_once(rig, call):
    """Nobody waits for an answer, or sends an ACK before the last one has come. While one has no
    answer yet, others get 500 (RFC 3261 14.2)."""
    count = 1_000 if rig.long else 100
    call.forged_bye = True
    answers = collections.Counter()
    texts = [call.forger.reinvite(body_of(call.forger.invite)) for _ in range(count)]
    rig.wire.send_bytes(b"".join(frame(text.encode()) for text in texts))
    for text in texts:
        answer = rig.wait_answer(text)
        answers[answer.start.split()[1]] += 1
        if answer.start.startswith("SIP/2.0 200"):
            rig.wire.send(call.forger.ack(answer))
    assert answers["200"] and answers.keys() <= {"200", "500"}, answers
    return count, _told(answers)


# --- credentials and money ---


def challenge_from_another_realm(rig, call):
    """To REGISTER on a new connection, and to the repair of the call on the next one."""
    foreign = 'Digest realm="forged.invalid", nonce="S3CR3T-none"'
    to_come = {"REGISTER": ("SIP/2.0 401 Unauthorized", ("WWW-Authenticate", foreign)),
               "INVITE": ("SIP/2.0 407 Proxy Authentication Required",
                          ("Proxy-Authenticate", foreign))}

    def challenge(message):
        method = message.start.split()[0]
        if message.sender != CLIENT or method not in to_come:
            return True
        if method == "REGISTER" or "REGISTER" not in to_come:
            rig.wire.send(response(message, *to_come.pop(method)))
            return False
        return True

    rig.hook = challenge
    since, flows = len(rig.wire.log), rig.wire.flows()
    rig.wire.cut("rst")
    rig.wire.wait_repaired(flows + 1)
    assert not to_come, to_come
    told = [m.start for m in rig.wire.log[since:] if m.sender == CLIENT and "forged.invalid" in
            m.header("Authorization") + m.header("Proxy-Authorization")]
    assert told == [], told
    return 2, "no credentials for it, call kept"


def automatic_answer_asked_for(rig, call):
    """As intercoms do, while no source is free: nobody has said that it may be answered."""
    texts = [call.forger.call(header) for header in (
        ("Alert-Info", "Auto Answer"), ("Alert-Info", "<http://127.0.0.1/x>;info=alert-autoanswer"),
        ("Call-Info", "<sip:forged.invalid>;answer-after=0"), ("Answer-Mode", "Auto"),
        ("P-Auto-Answer", "normal"))]
    since = len(rig.wire.log)
    for text in texts:
        rig.wire.send(text)
    rig.check_line(call.forger)
    call.listen(100)
    answered = [m for m in rig.wire.seen(CLIENT, "SIP/2.0 200", since)
                if m.header("CSeq").endswith("INVITE") and CALL_ID in m.header("Call-ID")]
    assert answered == [], answered
    assert rig.take_back(texts) == len(texts), "not all rang"
    return len(texts), "ring, and no more"


def redirect_to_a_premium_number(rig, call):
    def redirect(message):
        if message.sender != CLIENT or DIALLED not in message.start:
            return True
        if message.start.startswith("INVITE"):
            rig.wire.send(response(message, "SIP/2.0 302 Moved Temporarily",
                                   ("Contact", f"<sip:+{PREMIUM}@sip.ringcentral.com>")))
        return False

    rig.hook = redirect
    rig.may_dial.append(DIALLED)
    rig.player.play("two", MORE.format(f"dial=+{DIALLED}"))
    rig.player.wait("warning two", 10, "302")
    rig.player.wait("eos two")
    rig.player.stop("two")
    return 1, "the call failed, told once"


def orders_to_dial(rig, call):
    """REFER outside calls and inside."""
    refer = (("Refer-To", f"<sip:+{PREMIUM}@sip.ringcentral.com>"),)
    call.forged_bye = True
    for _ in range(20):
        for text in (call.forger.outside("REFER", *refer), call.forger.inside("REFER", *refer)):
            rig.wire.send(text)
            rig.wait_answer(text, "SIP/2.0 603")
    return 40, "603 each"


def orders_to_provision(rig, call):
    """NOTIFY check-sync: the first costs a login and a connection, the others wait for a minute (and
    this attack is the last one). The account is the same as before, so the call goes on."""
    count = 1_000
    flows = rig.wire.flows()
    for _ in range(count // 100):
        batch = (call.forger.outside("NOTIFY", ("Event", "check-sync;reboot=true"))
                 for _ in range(100))
        rig.wire.send_bytes(b"".join(frame(text.encode()) for text in batch))
    rig.wire.wait_repaired(flows)
    call.listen(150)
    assert rig.wire.flows() == flows + 1, rig.wire.flows() - flows
    return count, "provisioned once, call repaired"


ALL = (duplicate_INVITEs, CANCEL_against_200, BYE_that_nobody_answers, INVITE_flood, reINVITEs,
       reINVITEs_with_other_ICE, reINVITEs_at_once, challenge_from_another_realm,
       automatic_answer_asked_for, redirect_to_a_premium_number, orders_to_dial,
       orders_to_provision)
