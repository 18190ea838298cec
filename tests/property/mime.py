#!/usr/bin/python3
"""What we write as mail, Python's mail reader reads back (T18).

Every text of the corpus goes into every place that a person can write to; the
reader must find the same headers, the same words (control characters apart,
which become spaces) and no defect.
"""
import email
import email.header
import email.policy
import email.utils
import json
import subprocess
import sys

TEXTS = [
    "Rendez-vous", "", "Léa Dupont", "Œuvre — 12 €, à 8 h 45", "🦷" * 60, "é" * 300,
    "x" * 300, "mot " * 120, 'Dr "Zo" Martin', "back\\slash", "a, b <c@d.example>", "(comment)",
    "x\r\nBcc: evil@evil.example", "x\nBcc: evil@evil.example", "x\r\n\r\n<script>",
    "=?UTF-8?B?QmNj?=", "=?UTF-8?Q?=0D=0ABcc:_x?=", "semi;colon", "tab\there", "bell\x07 esc\x1b",
    "--=_serment_mixed", "--=_serment_alternative--", ".", "..\n.\n", "From me\nFrom you",
    "line \nwith spaces  \nand\ttab\t\n", "x=3D=\ny", "%s%n", "<b>html</b> & more",
]
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:é\r\nEND:VCALENDAR\r\n" * 40
DATE = 1795427100


def message(text, html, calendar):
    return {
        "from": "rdv@cabinet.example", "from_name": text, "to": "lea@mail.example",
        "to_name": text, "reply_to": "accueil@cabinet.example", "subject": text,
        "date": DATE * 1000000, "message_id": "7K3M.1@serment.example", "lang": "fr",
        "text": text, "html": html, "calendar": calendar,
        "calendar_method": "REQUEST" if calendar else "", "automatic": True,
    }


def one_line(text):
    """Controls are spaces; space within a folded header is not told apart by readers."""
    return " ".join("".join(" " if ord(c) < 32 or c == "\x7f" else c for c in text).split())


def lines(text):
    return text.replace("\r\n", "\n").rstrip("\n")


def defects(part):
    found = list(part.defects)
    for header in part.values():
        found += header.defects
    for child in part.iter_parts() if part.is_multipart() else ():
        found += defects(child)
    return found


def check(sent, raw):
    assert b"\0" not in raw and raw.isascii()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    m = email.message_from_bytes(raw, policy=email.policy.default)
    old = email.message_from_bytes(raw)
    assert not defects(m), defects(m)
    expected = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version",
                "Content-Language", "Auto-Submitted", "Content-Type"]
    single = not sent["html"] and not sent["calendar"]
    assert m.keys() == expected + (["Content-Transfer-Encoding"] if single else []), m.keys()
    for header, name, address in (("From", "from_name", "from"), ("To", "to_name", "to")):
        (mailbox,) = m[header].addresses
        assert mailbox.addr_spec == sent[address]
        # Python's display_name keeps the space between encoded words, against RFC 2047 6.2.
        phrase, _ = email.utils.parseaddr(str(old[header]))
        words = str(email.header.make_header(email.header.decode_header(phrase)))
        assert one_line(words) == one_line(sent[name]), words
    assert one_line(m["Subject"]) == one_line(sent["subject"]), m["Subject"]
    words = str(email.header.make_header(email.header.decode_header(old["Subject"])))
    assert words.isprintable(), words
    assert m["Date"].datetime.timestamp() == DATE
    parts = [p for p in m.walk() if not p.is_multipart()]
    types = ["text/plain"] + ["text/html"] * bool(sent["html"])
    types += ["text/calendar", "application/ics"] if sent["calendar"] else []
    assert [p.get_content_type() for p in parts] == types
    assert lines(parts[0].get_content()) == lines(sent["text"])
    if sent["html"]:
        assert lines(parts[1].get_content()) == lines(sent["html"])
    if sent["calendar"]:
        assert parts[-2].get_payload(decode=True).decode() == sent["calendar"]
        assert parts[-2].get_param("method") == "REQUEST"
        assert parts[-1].get_payload(decode=True).decode() == sent["calendar"]
        assert parts[-1].get_filename() == "invite.ics"
        assert parts[-1].get_content_disposition() == "attachment"
        assert m.get_content_type() == "multipart/mixed"


def main():
    sent = [message(text, html, calendar) for text in TEXTS
            for html in ("", "<p>é</p>" + text) for calendar in ("", CALENDAR)]
    run = subprocess.run([sys.argv[1]], input=json.dumps(sent).encode(), capture_output=True)
    rest, wrong = run.stdout, 0
    for m in sent:
        length, _, rest = rest.partition(b"\n")
        raw, rest = rest[:int(length)], rest[int(length):]
        try:
            check(m, raw)
        except Exception as why:
            wrong += 1
            print(f"{m['subject'][:40]!r}: {type(why).__name__} {why}")
    print(f"{len(sent)} messages, {wrong} wrong, status {run.returncode}")
    return 1 if wrong or rest or run.returncode else 0


sys.exit(main())
