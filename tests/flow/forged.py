# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIP messages that a hostile server or peer makes up. Each request carries MARK in its branch."""

import itertools

from interposer import SERVER, Message

MARK = "z9hG4bK-forged-"
CALL_ID = "forged-"
PREMIUM = "19005550100"  # who dials it pays

_numbers = itertools.count(1)


def compose(start, headers, body=""):
    lines = [start] + [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body])


def parse(text):
    return Message(0, 0, SERVER, text)


def body_of(message):
    return message.text.split("\r\n\r\n", 1)[1]


def via():
    return f"SIP/2.0/WSS forged.invalid;branch={MARK}{next(_numbers)}"


class Forger:
    """Knows the line by an INVITE that the stand-in sent it, and that call's dialog by its 200."""

    def __init__(self, invite, answer):
        self.invite, self.answer = invite, answer
        self.target = invite.start.split(" ")[1]
        self._cseq = int(invite.header("CSeq").split()[0])

    def outside(self, method, *more, body=""):
        """A request outside dialogs; an INVITE rings as a call of its own."""
        number = next(_numbers)
        return compose(f"{method} {self.target} SIP/2.0", [
            ("Via", via()), ("Max-Forwards", "70"),
            ("From", f"<sip:+{PREMIUM}@forged.invalid>;tag=f{number}"),
            ("To", self.invite.header("To")), ("Call-ID", f"{CALL_ID}{number}"),
            ("CSeq", f"1 {method}"), ("Contact", "<sip:forged@forged.invalid;transport=ws>"),
            *more], body)

    def call(self, *more):
        """An INVITE with an offer that can be answered."""
        return self.outside("INVITE", *more, ("Content-Type", "application/sdp"),
                            body=body_of(self.invite))

    def inside(self, method, *more, body="", cseq=None):
        """A request in the running call, of whoever called; else with the next number."""
        if cseq is None:
            self._cseq += 1
            cseq = self._cseq
        return compose(f"{method} {self.target} SIP/2.0", [
            ("Via", via()), ("Max-Forwards", "70"), ("From", self.invite.header("From")),
            ("To", self.answer.header("To")), ("Call-ID", self.invite.header("Call-ID")),
            ("CSeq", f"{cseq} {method}"), ("Contact", self.invite.header("Contact")), *more], body)

    def reinvite(self, sdp):
        return self.inside("INVITE", ("Content-Type", "application/sdp"), body=sdp)

    def ack(self, answer):
        """To a 200 of the line's."""
        return self.inside("ACK", cseq=answer.header("CSeq").split()[0])


def cancel(text):
    """Takes an INVITE back."""
    invite = parse(text)
    return compose(invite.start.replace("INVITE", "CANCEL", 1), [
        *((name, invite.header(name)) for name in ("Via", "Max-Forwards", "From", "To", "Call-ID")),
        ("CSeq", invite.header("CSeq").replace("INVITE", "CANCEL"))])


def response(request, start, *more):
    """To a request of the client's."""
    tag = "" if ";tag=" in request.header("To") else ";tag=forged"
    return compose(start, [
        ("Via", request.header("Via")), ("From", request.header("From")),
        ("To", request.header("To") + tag), ("Call-ID", request.header("Call-ID")),
        ("CSeq", request.header("CSeq")), *more])
