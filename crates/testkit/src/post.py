# A mail server of a test's own (aiosmtpd). It keeps what it is sent in its directory and does what the files there say.
import argparse
import asyncio
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

wanted = argparse.ArgumentParser()
wanted.add_argument("--directory", required=True)
wanted.add_argument("--port", type=int, default=0)
wanted.add_argument("--certificate")
wanted.add_argument("--key")
wanted.add_argument("--implicit", action="store_true")
wanted.add_argument("--user")
wanted.add_argument("--password")
wanted = wanted.parse_args()


def told(name):
    return os.path.exists(os.path.join(wanted.directory, name))


class Desk:
    taken = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if told("busy"):
            return "451 4.3.0 Come again later"
        if told("stranger"):
            return "553 5.7.1 Not from there"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("full"):
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while told("hang"):
            open(os.path.join(wanted.directory, "hanging"), "w").close()
            await asyncio.sleep(0.02)
        if told("broken"):
            return "554 5.6.0 Not a message"
        Desk.taken += 1
        user = session.auth_data.decode() if session.auth_data else ""
        head = f"{envelope.mail_from}\n{','.join(envelope.rcpt_tos)}\n{'tls' if session.ssl or wanted.implicit else 'plain'}\n{user}\n"
        name = os.path.join(wanted.directory, f"{os.getpid()}-{Desk.taken:06}")
        with open(name + ".new", "wb") as file:
            file.write(head.encode() + envelope.content)
        os.rename(name + ".new", name + ".eml")
        return "250 OK"


def known(server, session, envelope, mechanism, data):
    right = data.login == wanted.user.encode() and data.password == wanted.password.encode()
    return AuthResult(success=right, handled=False, auth_data=data.login)


async def serve():
    context = None
    if wanted.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(wanted.certificate, wanted.key)
    loop = asyncio.get_running_loop()
    manner = dict(loop=loop, hostname="post.test")
    if context and not wanted.implicit:
        manner.update(tls_context=context, require_starttls=True)
    if wanted.user:
        manner.update(auth_required=True, auth_require_tls=context is not None and not wanted.implicit, authenticator=known)
    server = await loop.create_server(
        lambda: SMTP(Desk(), **manner), "127.0.0.1", wanted.port, ssl=context if wanted.implicit else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
