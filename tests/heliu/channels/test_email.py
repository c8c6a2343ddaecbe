"""E-mail against a real SMTP server on this machine, with every fault we know how to make."""

import base64
import hashlib
import hmac
import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from heliu.channels import Accepted, Outgoing, open_channel
from heliu.channels.letter import letter
from heliu.channels.smtp import Refused
from heliu.errors import OutcomeUnknown, PermanentError, RecipientRejected, TransientError

SENDER = "合流学堂 <hello@example.com>"


class Sink:
    """Takes mail and answers as it is told to."""

    def __init__(self):
        self.mails = []
        self.answers = {}  # stage: answers to give instead, one after the other
        self.connections = 0

    def answer(self, stage):
        waiting = self.answers.get(stage, [])
        return waiting.pop(0) if waiting else None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self.answer("mail"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answer("rcpt")
        if answer == "hang up":
            server.transport.abort()
            return "421 gone"
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.answer("data")
        if answer is None or answer == "hang up":
            self.mails.append((envelope.rcpt_tos[0], envelope.content))
        if answer == "hang up":
            server.transport.abort()
        return answer or "250 2.0.0 queued as 42"


def start(sink, **options):
    controller = Controller(sink, hostname="127.0.0.1", port=0, **options)
    # Port 0 lets the system choose; aiosmtpd asks for the number only to poke itself.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    return controller


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def server(sink):
    controller = start(sink)
    yield controller
    controller.stop(no_assert=True)


@pytest.fixture
def open_email(tmp_path):
    def open_(port, **options):
        usual = {"host": "127.0.0.1", "port": port, "sender": SENDER, "security": "none"}
        secrets = {"password": "right", "key": "signing key"}
        usual |= {"timeout_seconds": 2, **options}
        return open_channel("email", usual, tmp_path, secrets.__getitem__)

    return open_


def a_message(number=1, **said):
    usual = {
        "campaign": "hello", "occurrence": "2025-10-01", "profile_id": number,
        "address": f"p{number}@example.com", "subject": "好久不见",
        "body": "<p>【合流学堂】你好</p>", "plain": "【合流学堂】你好\n.\n.end",
    }  # fmt: skip
    return Outgoing(**{**usual, **said})


def send(channel, *messages):
    with channel:
        return [channel.send([message])[0] for message in messages or [a_message()]]


def test_a_mail_arrives_whole_with_text_beside_html(server, sink, open_email):
    (result,) = send(open_email(server.port))
    assert result == Accepted("2.0.0 queued as 42")
    recipient, content = sink.mails[0]
    mail = message_from_bytes(content, policy=default)
    assert recipient == "p1@example.com"
    assert mail["To"] == "p1@example.com"
    assert mail["Subject"] == "好久不见"
    assert mail["From"].addresses[0].display_name == "合流学堂"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content_type() == "multipart/alternative"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text.rstrip("\n") == a_message().plain
    assert mail.get_body(("html",)).get_content().strip() == a_message().body
    assert content.isascii()


def test_one_connection_serves_a_whole_batch(server, sink, open_email):
    results = send(open_email(server.port), *(a_message(n) for n in range(20)))
    assert {type(result) for result in results} == {Accepted}
    assert sink.connections == 1
    assert len(sink.mails) == 20


def test_the_message_id_is_the_messages_own_and_always_the_same(server, sink, open_email):
    send(open_email(server.port), a_message(1), a_message(1), a_message(2))
    ids = [message_from_bytes(content)["Message-ID"] for _, content in sink.mails]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@example.com>")


def test_one_click_unsubscribe_carries_a_signed_key(server, sink, open_email):
    options = {"unsubscribe_url": "https://example.com/u/", "unsubscribe_secret": "key"}
    send(open_email(server.port, **options))
    mail = message_from_bytes(sink.mails[0][1], policy=default)
    token = mail["List-Unsubscribe"].split(">")[0].removeprefix("<https://example.com/u/")
    name, mark = token.split(".")
    key = base64.urlsafe_b64decode(name + "==")
    assert key == b"hello/2025-10-01/1"
    assert hmac.new(b"signing key", key, hashlib.sha256).hexdigest().startswith(mark)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_a_web_address_unsubscribing_is_by_mail(server, sink, open_email):
    send(open_email(server.port))
    mail = message_from_bytes(sink.mails[0][1], policy=default)
    assert mail["List-Unsubscribe"] == "<mailto:hello@example.com?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] is None


def test_a_subject_cannot_smuggle_a_header_in(server, sink, open_email):
    send(open_email(server.port), a_message(subject="题\r\nBcc: other@example.com"))
    _, content = sink.mails[0]
    mail = message_from_bytes(content, policy=default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "题 Bcc: other@example.com"


@pytest.mark.parametrize(
    "address",
    ["a@b.com\r\nRCPT TO:<c@d.com>", "a@b.com, c@d.com", "张@例子.cn", "nobody", "", "a..b@c.com"],
)
def test_what_is_no_address_never_reaches_the_server(server, sink, open_email, address):
    (result,) = send(open_email(server.port), a_message(address=address))
    assert isinstance(result, RecipientRejected)
    assert address not in str(result) or not address
    assert sink.mails == []


@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("rcpt", "550 5.1.1 no such user", RecipientRejected),
        ("rcpt", "450 4.2.0 greylisted", TransientError),
        ("data", "554 5.7.1 spam", Refused),
        ("data", "452 4.3.1 disk full", TransientError),
        ("mail", "451 4.3.0 later", TransientError),
        ("data", "hang up", OutcomeUnknown),
    ],
)
def test_an_answer_concerns_one_message_and_the_next_goes_through(
    server, sink, open_email, stage, answer, kind
):
    sink.answers = {stage: [answer]}
    first, second = send(open_email(server.port), a_message(1), a_message(2))
    assert type(first) is kind
    assert isinstance(second, Accepted)
    assert "example.com" not in str(first)


@pytest.mark.parametrize("answer", ["421 too many messages", "hang up"])
def test_a_connection_ended_before_the_message_is_opened_again(server, sink, open_email, answer):
    sink.answers = {"rcpt": [answer]}
    (result,) = send(open_email(server.port))
    assert isinstance(result, Accepted)
    assert sink.connections == 2


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("mail", "550 5.1.8 sender refused"),
        ("mail", "530 5.7.0 authentication required"),
        ("rcpt", "554 5.7.1 Relay access denied"),
        ("rcpt", "530 5.7.0 authentication required"),
    ],
)
def test_a_refusal_of_us_is_not_laid_at_the_recipients_door(
    server, sink, open_email, stage, answer
):
    sink.answers = {stage: [answer]}
    with pytest.raises(PermanentError) as caught:
        send(open_email(server.port))
    assert not isinstance(caught.value, RecipientRejected)


def test_nobody_listening_is_a_matter_of_time(open_email):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TransientError, match="out of reach; nothing was sent"):
        send(open_email(port))


def test_a_server_that_says_nothing_is_given_up_in_time(open_email):
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(TransientError, match="out of reach"),
    ):
        send(open_email(silent.getsockname()[1], timeout_seconds=0.2))


def test_a_server_that_vanishes_between_messages_is_the_channels_trouble(sink, open_email):
    controller = start(sink)
    with open_email(controller.port) as channel:
        assert isinstance(channel.send([a_message(1)])[0], Accepted)
        controller.stop(no_assert=True)
        with pytest.raises(TransientError, match="out of reach"):
            channel.send([a_message(2)])


def test_a_name_nobody_has_is_permanent(open_email):
    options = {"host": "no-such-host.invalid", "live": True, "security": "tls"}
    with pytest.raises((PermanentError, TransientError), match="name"):
        send(open_email(465, **options))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_login_is_permanent_and_a_right_one_works(sink, open_email):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    controller = start(sink, authenticator=check, auth_require_tls=False, auth_required=True)
    login = {"user": "u", "password_secret": "password"}
    try:
        assert isinstance(send(open_email(controller.port, **login))[0], Accepted)
        with pytest.raises(PermanentError, match="refused our login"):
            send(open_email(controller.port, user="u", password_secret="key"))
        with pytest.raises(PermanentError):
            send(open_email(controller.port))
    finally:
        controller.stop(no_assert=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody but the test trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *files, *subject], check=True, capture_output=True)
    return folder


def tls_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def test_starttls_is_used_and_the_certificate_checked(sink, open_email, certificate):
    controller = start(sink, tls_context=tls_context(certificate), require_starttls=True)
    trusted = {"security": "starttls", "ca_file": str(certificate / "cert.pem")}
    try:
        assert isinstance(send(open_email(controller.port, **trusted))[0], Accepted)
        with pytest.raises(PermanentError, match="certificate is not trusted"):
            send(open_email(controller.port, security="starttls"))
        with pytest.raises(PermanentError):
            send(open_email(controller.port))
    finally:
        controller.stop(no_assert=True)


def test_starttls_that_is_not_offered_is_never_done_without(server, sink, open_email):
    with pytest.raises(PermanentError, match="offers no STARTTLS"):
        send(open_email(server.port, security="starttls"))
    assert sink.mails == []


def test_tls_from_the_first_byte(sink, open_email, certificate):
    mails = serve_tls(sink, certificate)
    trusted = {"security": "tls", "ca_file": str(certificate / "cert.pem")}
    assert isinstance(send(open_email(mails, **trusted))[0], Accepted)


def serve_tls(sink, certificate):
    """aiosmtpd's controller can't poke itself over TLS, so the server is run bare."""
    import asyncio

    ready, port = threading.Event(), []

    def run():
        async def main():
            server = await asyncio.get_running_loop().create_server(
                lambda: SMTP(sink), "127.0.0.1", 0, ssl=tls_context(certificate)
            )
            port.append(server.sockets[0].getsockname()[1])
            ready.set()
            await asyncio.sleep(5)

        asyncio.run(main())

    threading.Thread(target=run, daemon=True).start()
    ready.wait(5)
    return port[0]


def test_tls_where_the_server_speaks_none_is_permanent(server, open_email):
    with pytest.raises((PermanentError, TransientError)):
        send(open_email(server.port, security="tls"))


def test_a_server_full_up_is_asked_again_later(open_email):
    with socket.create_server(("127.0.0.1", 0)) as busy:

        def answer():
            connection, _ = busy.accept()
            connection.sendall(b"421 too busy\r\n")
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(TransientError, match="421"):
            send(open_email(busy.getsockname()[1]))


def test_lines_that_are_a_single_dot_survive_the_wire(server, sink):
    from datetime import UTC, datetime

    from heliu.channels.smtp import hand_over

    text = letter(a_message(), SENDER, datetime.now(UTC)) + b".\r\n..two\r\n"
    with smtplib.SMTP("127.0.0.1", server.port) as smtp:
        smtp.ehlo()
        hand_over(smtp, "a@example.com", "b@example.com", text)
    assert sink.mails[0][1] == text
