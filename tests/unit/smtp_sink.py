"""A mail server for test_smtp: prints its port, then one line a message taken.

    smtp_sink.py plain | starttls CERT KEY | smtps CERT KEY | auth CERT KEY

Recipients choose their fate by their name: unknown@ 550, busy@ 450, spam@ 554 after
the message, greylist@ 451 after the message, slow@ no answer.  A line: "MAIL",
the client's port, sender, recipient, the message in hexadecimal.
"""
import asyncio
import logging
import ssl
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    print("missing", flush=True)
    sys.exit(0)

RCPT = {"unknown": "550 5.1.1 No such user", "busy": "450 4.2.1 Mailbox busy"}
DATA = {"spam": "554 5.7.1 We do not like it", "greylist": "451 4.7.1 Come back"}


def name_of(address):
    return address.partition("@")[0]


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = name_of(address)
        if name == "slow":
            await asyncio.sleep(30)
        if name in RCPT:
            return RCPT[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        if name_of(to) in DATA:
            return DATA[name_of(to)]
        print("MAIL", session.peer[1], envelope.mail_from, to, envelope.content.hex(), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"cabinet", b"secret")
    return AuthResult(success=good, handled=good)  # not handled: the library says 535


async def main(mode, *files):
    context = None
    if files:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)

    def connection():
        if mode in ("plain", "smtps"):
            return SMTP(Sink(), hostname="sink.example")
        auth = {"authenticator": authenticate, "auth_required": True} if mode == "auth" else {}
        return SMTP(Sink(), hostname="sink.example", tls_context=context, require_starttls=True, **auth)

    server = await asyncio.get_running_loop().create_server(
        connection, "127.0.0.1", 0, ssl=context if mode == "smtps" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


logging.disable(logging.CRITICAL)  # clients that hang up are what the tests are about
asyncio.run(main(*sys.argv[1:]))
