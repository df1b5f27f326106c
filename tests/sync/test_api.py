"""The station's HTTP session in a hostile world: every lie of a network ends in a sentence, never in data."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from itertools import chain, repeat
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble
from sync import answers
from sync import api as module
from sync.addresses import address
from sync.api import Api

LINES = "application/x-ndjson"


@pytest.fixture
def api(liar):
    with contextlib.closing(Api(liar.url, "Bearer secret", connect=60, read=60)) as api:
        yield api


def trouble_of(job):
    with pytest.raises(ServerTrouble) as trouble:
        job()
    assert trouble.value.title
    assert str(trouble.value).endswith((".", "!", "?"))
    return trouble.value


def test_an_answer_is_handed_back_with_its_status_and_headers(api, liar):
    liar.answers(b'{"a":1}', X_Thing="7")
    reply = api.get("/v1/x", {"q": "a b"})
    assert (reply.status, reply.body, reply.headers["x-thing"]) == (200, b'{"a":1}', "7")
    assert liar.heard[0].startswith(b"GET /v1/x?q=a+b HTTP/1.1\r\n")
    assert b"Authorization: Bearer secret\r\n" in liar.heard[0]


def test_what_is_told_goes_out_as_json(api, liar):
    liar.answers(b"{}")
    api.post("/v1/x", b'{"b":2}')
    assert b"Content-Type: application/json\r\n" in liar.heard[0]
    assert liar.heard[0].endswith(b'{"b":2}')


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_a_busy_server_means_later(api, liar, status):
    liar.answers(b"<h1>Bad Gateway</h1>", status=f"{status} X", media="text/html")
    trouble = trouble_of(lambda: api.get("/x"))
    assert (trouble.title, trouble.status, trouble.retry_after) == ("The server is busy", status, None)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("soon", None), ("-5", None), (formatdate(0, usegmt=True), 0.0)]
)
def test_the_server_may_say_how_long_to_wait(api, liar, header, seconds):
    liar.answers(b"{}", status="429 Slow down", Retry_After=header)
    assert trouble_of(lambda: api.get("/x")).retry_after == seconds


@pytest.fixture
def clock_shows(monkeypatch):
    """`clock_shows(10.0, 14.0)`: what the station reads off its clock, the last of them from then on."""

    def show(*moments):
        left = chain(moments, repeat(moments[-1]))
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: next(left), monotonic=time.monotonic))

    return show


def test_the_server_may_say_until_when_to_wait(api, liar, clock_shows):
    clock_shows(1_000.0)
    liar.answers(b"{}", status="503 Later", Retry_After=formatdate(1_060, usegmt=True))
    assert trouble_of(lambda: api.get("/x")).retry_after == 60.5  # a date is cut to whole seconds


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_a_no_carries_the_servers_own_words(api, liar, status):
    liar.answers(b'{"message":"The gate is closed."}', status=f"{status} No")
    trouble = trouble_of(lambda: api.get("/x"))
    assert (trouble.status, type(trouble)) == (status, ServerTrouble)
    assert "The gate is closed." in trouble.what


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"message":7}', b'{"detail":' + b"[" * 100_000])
def test_a_no_without_words_is_told_by_its_number(api, liar, body):
    liar.answers(body, status="404 No", media="text/html")
    assert "It answered 404" in trouble_of(lambda: api.get("/x")).what


def test_a_status_that_is_welcome_is_handed_back(api, liar):
    liar.answers(b'{"reason":"unpaid"}', status="400 No")
    assert api.get("/x", welcome=(400,)).status == 400


def test_a_station_that_was_sent_away_is_told_so(liar):
    api = Api(liar.url, revoked=lambda reply: b"revoked" in reply.body)
    liar.answers(b'{"error":"revoked"}', status="401 No")
    with pytest.raises(DeviceRevoked):
        api.get("/x")
    liar.answers(b"<h1>Log in to the network</h1>", status="401 No", media="text/html")
    assert type(trouble_of(lambda: api.get("/x"))) is ServerTrouble
    api.close()


@pytest.mark.parametrize("media", ["text/html", "text/html; charset=utf-8", "text/plain", "application/jsonx"])
def test_a_login_page_is_no_data(api, liar, media):
    liar.answers(b"<h1>Welcome to the free network</h1>", media=media)
    assert "Something else answers" in trouble_of(lambda: api.get("/x")).title
    assert "Something else answers" in trouble_of(lambda: api.stream("/x", media=LINES)).title


def test_an_answer_without_a_type_is_no_data(api, liar):
    liar.says = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"]
    assert "something without a name" in trouble_of(lambda: api.get("/x")).what


def test_the_token_goes_to_no_other_server(api, liar):
    other = type(liar)()
    liar.answers(b"", status="302 Found", Location=f"{other.url}/login")
    assert str(other.port) in trouble_of(lambda: api.get("/x")).what
    assert str(other.port) in trouble_of(lambda: api.get(f"{other.url}/x")).what
    other.close()
    assert other.heard == []


def test_a_way_round_on_the_same_server_is_gone(api, liar):
    liar.answers(b"", status="307 Elsewhere", Location="/y")
    assert "circles" in trouble_of(lambda: api.get("/x")).what
    assert [heard.split()[1] for heard in liar.heard] == [b"/x", b"/y", b"/y"]


def test_what_is_told_is_told_to_the_address_it_was_meant_for(api, liar):
    liar.answers(b"", status="307 Elsewhere", Location="/y")
    trouble_of(lambda: api.post("/x"))
    assert len(liar.heard) == 1


def test_cookies_are_not_kept(api, liar):
    liar.answers(b"{}", Set_Cookie="portal=1")
    api.get("/x")
    api.get("/x")
    assert b"cookie" not in liar.heard[1].lower()


def test_a_server_that_nobody_is(unused_port):
    api = Api(f"http://127.0.0.1:{unused_port}")
    assert trouble_of(lambda: api.get("/x")).title == "The server is not reached"
    api.close()


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_name_that_nobody_knows(monkeypatch):
    def nobody(*_arguments, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    api = Api("http://hub.invalid")
    assert trouble_of(lambda: api.get("/x")).title == "The server's name is not found"
    api.close()


def test_a_server_that_says_nothing(api, liar):
    liar.stays_open = True
    api._timeout = (60, 0.05)
    assert trouble_of(lambda: api.get("/x")).title == "The server does not answer"


def test_a_server_that_hangs_up(api, liar):
    assert trouble_of(lambda: api.get("/x")).title == "The server is not reached"


def test_a_server_that_speaks_no_http(api, liar):
    liar.says = [b"220 smtp.example.org ESMTP\r\n"]
    assert trouble_of(lambda: api.get("/x")).title == "The server is not reached"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for the name `localhost`, and for no address, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + made.public_bytes(serialization.Encoding.PEM)
    )
    return str(file)


@pytest.fixture
def secure_liar(liar, certificate):
    liar.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    liar.context.load_cert_chain(certificate)
    liar.answers(b"{}")
    return liar


def test_a_certificate_that_is_trusted_and_for_this_name_is_good(secure_liar, certificate):
    with contextlib.closing(Api(f"https://localhost:{secure_liar.port}", authority=certificate)) as api:
        assert api.get("/x").status == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_of_a_stranger_or_for_another_name_gets_no_token(secure_liar, certificate, host):
    authority = True if host == "localhost" else certificate
    with contextlib.closing(Api(f"https://{host}:{secure_liar.port}", "Bearer secret", authority=authority)) as api:
        assert trouble_of(lambda: api.get("/x")).title == "The server cannot prove who it is"
    assert secure_liar.heard == []


@pytest.fixture
def no_authorities(monkeypatch):
    """An environment that names no certificates."""
    for name in module.AUTHORITIES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_of_the_network_is_trusted_where_the_environment_names_it(
    secure_liar, certificate, no_authorities, monkeypatch, variable
):
    monkeypatch.setenv(variable, certificate)
    with contextlib.closing(Api(f"https://localhost:{secure_liar.port}")) as api:
        assert api.get("/x").status == 200


def test_an_authority_that_is_not_there_is_told_by_its_name(secure_liar, no_authorities, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ours.pem")
    with contextlib.closing(Api(f"https://localhost:{secure_liar.port}", "Bearer secret")) as api:
        trouble = trouble_of(lambda: api.get("/x"))
    assert trouble.title == "The certificates to trust are not there"
    assert "/nowhere/ours.pem" in trouble.what
    assert secure_liar.heard == []


@pytest.fixture
def proxied(liar, monkeypatch):
    """A network that lets nothing out but through a proxy that wants a password."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://guest:word@127.0.0.1:{liar.port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    liar.answers(b"{}")
    return liar


def test_a_proxy_of_the_network_is_asked_for_the_server(proxied):
    with contextlib.closing(Api("http://hub.example:8470", "Bearer secret")) as api:
        assert api.get("/v1/x").status == 200
    assert proxied.heard[0].startswith(b"GET http://hub.example:8470/v1/x HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic Z3Vlc3Q6d29yZA==\r\n" in proxied.heard[0]


def test_a_proxy_in_front_of_a_secure_server_hears_its_name_and_no_token(proxied):
    proxied.answers(b"not here", status="502 Bad Gateway")
    with contextlib.closing(Api("https://hub.example", "Bearer secret")) as api:
        assert trouble_of(lambda: api.get("/v1/x")).title == "The proxy does not let us through"
    assert proxied.heard[0].startswith(b"CONNECT hub.example:443 ")
    assert all(b"secret" not in heard for heard in proxied.heard)


@pytest.mark.parametrize("near", ["127.0.0.1", "localhost"])
def test_no_proxy_leads_to_this_machine(liar, monkeypatch, unused_port, near):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port}")
    liar.answers(b"{}")
    with contextlib.closing(Api(f"http://{near}:{liar.port}")) as api:
        assert api.get("/x").status == 200


def test_a_server_that_the_network_reaches_without_its_proxy(proxied, monkeypatch):
    def nobody(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("NO_PROXY", "hub.example")
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with contextlib.closing(Api("http://hub.example")) as api:
        assert trouble_of(lambda: api.get("/x")).title == "The server's name is not found"
    assert proxied.heard == []


@pytest.mark.parametrize("proxy", ["foo:bar:baz", "socks5://127.0.0.1:1", "http://"])
def test_a_proxy_that_is_none_means_later(proxied, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    with contextlib.closing(Api("http://hub.example")) as api:
        assert trouble_of(lambda: api.get("/x")).status is None


WHOLE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"key":"0123456789"}'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'a\r\n{"key":"01\r\na\r\n23456789"}\r\n0\r\n\r\n'
)


@pytest.mark.parametrize("whole", [WHOLE, CHUNKED], ids=["length", "chunks"])
def test_an_answer_cut_at_any_byte_is_no_answer(api, liar, whole):
    needed = len(whole) - (5 if whole is CHUNKED else 0)
    for length in range(needed):
        liar.says = [whole[:length]]
        trouble_of(lambda: api.get("/x"))
    liar.says = [whole]
    assert api.get("/x").body == b'{"key":"0123456789"}'


def test_an_answer_that_falls_silent_half_way(api, liar, monkeypatch):
    liar.says = [WHOLE[:-5]]
    liar.stays_open = True
    reply = api._reply

    def soon_loses_patience(response):  # Its head is there; as long as it takes, it is waited for.
        response.raw.connection.sock.settimeout(0.05)
        return reply(response)

    monkeypatch.setattr(api, "_reply", soon_loses_patience)
    assert "fell silent" in trouble_of(lambda: api.get("/x")).what


def test_an_answer_that_cannot_be_unpacked(api, liar):
    liar.answers(b"this is not gzip", Content_Encoding="gzip")
    assert "cannot be unpacked" in trouble_of(lambda: api.get("/x")).what


def test_an_answer_without_end(api, liar, monkeypatch):
    monkeypatch.setattr(answers, "LARGEST", 1000)
    liar.answers(b"x" * 1001)
    assert "no end" in trouble_of(lambda: api.get("/x")).title


def test_a_little_that_unpacks_to_very_much(api, liar):
    bomb = gzip.compress(bytes(100 * 1024 * 1024))
    liar.answers(bomb, Content_Encoding="gzip")
    assert "no end" in trouble_of(lambda: api.get("/x")).title


def test_an_answer_that_drips(api, liar, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    liar.answers(b"{}")
    assert "after a minute" in trouble_of(lambda: api.get("/x")).what


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 7, 100])
def test_lines_arrive_however_they_were_cut(api, liar, cut):
    body = b"one\ntwo\n\nthree\nfour"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = [body[start : start + cut] for start in range(0, len(body), cut)]
    liar.says = [head, *(b"%x\r\n%s\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"]
    with api.stream("/x", media=LINES) as lines:
        assert list(lines) == [b"one", b"two", b"", b"three", b"four"]


def test_a_line_without_end(api, liar, monkeypatch):
    monkeypatch.setattr(answers, "LARGEST", 1000)
    monkeypatch.setattr(answers, "CHUNK", 100)
    liar.answers(b"short\n" + b"x" * 1001 + b"\n", media=LINES)
    with api.stream("/x", media=LINES) as lines:
        assert "no end" in trouble_of(lambda: list(lines)).title


def test_a_line_of_a_hundred_megabytes(liar):
    """Refused after 64, whatever comes behind; and without more memory than that."""
    api = Api(liar.url)
    million = b"x" * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000000\r\n\r\n"
    liar.says = [head, *[million] * 100]
    with api.stream("/x", media=LINES) as lines:
        assert "no end" in trouble_of(lambda: list(lines)).title
    api.close()


def test_a_stream_that_is_refused_is_told_like_any_answer(api, liar):
    liar.answers(b'{"message":"Not here."}', status="404 No")
    assert "Not here." in trouble_of(lambda: api.stream("/x", media=LINES)).what


def test_closing_ends_a_stream_that_another_thread_reads(api, liar):
    liar.says = [b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\nfirst\n"]
    liar.stays_open = True
    read, begun = [], threading.Event()

    def reads():
        with api.stream("/x", media=LINES, silence=10) as lines, contextlib.suppress(ServerTrouble):
            for line in lines:
                read.append(line)
                begun.set()

    reader = threading.Thread(target=reads)
    reader.start()
    assert begun.wait(60)
    api.close()
    reader.join(60)
    assert not reader.is_alive()
    assert read == [b"first"]


def test_the_clocks_difference_is_measured(liar, clock_shows):
    api = Api(liar.url, clock="Server-Time")
    assert api.skew is None
    clock_shows(1_000.0, 1_004.0)
    liar.answers(b"{}", Server_Time="1092.000000")
    api.get("/x")
    assert api.skew == 90
    clock_shows(1_000.0, 1_004.0)
    liar.answers(b"{}", Date=formatdate(912, usegmt=True))
    api.get("/x")
    assert api.skew == -89.5
    api.close()


@pytest.mark.parametrize("clock", ["nan", "inf", "yesterday", "1e400", ""])
def test_a_clock_that_shows_nothing_is_not_read(liar, clock):
    api = Api(liar.url, clock="Server-Time")
    liar.answers(b"{}", Server_Time=clock)
    api.get("/x")
    assert api.skew is None
    api.close()


def test_a_login_pages_clock_is_not_read(api, liar):
    liar.answers(b"<html>", media="text/html", Date=formatdate(0, usegmt=True))
    trouble_of(lambda: api.get("/x"))
    assert api.skew is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hub.example.org", "https://hub.example.org"),
        (" https://hub.example.org/ ", "https://hub.example.org"),
        ("http://10.0.0.5:8470/box/", "http://10.0.0.5:8470/box"),
        ("https://hub.example.org/?a=b#c", "https://hub.example.org"),
        ("http://[::1]:8470", "http://[::1]:8470"),
    ],
)
def test_an_address_is_kept_in_one_form(given, kept):
    assert address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "hub.example.org",
        "ftp://hub",
        "http://",
        "http://hub:port",
        "http://hub:99999",
        "http://u:p@hub",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_told(given):
    with pytest.raises(BadInput):
        address(given)


def test_a_picture_is_fetched_from_this_server_and_nothing_else_passes_for_one(api, liar):
    liar.answers(b"\x89PNG", media="image/png")
    assert api.picture(f"{liar.url}/media/shirt.png") == b"\x89PNG"
    liar.answers(b"<html>", media="text/html")
    with pytest.raises(ServerTrouble):
        api.picture("/media/shirt.png")
    with pytest.raises(ServerTrouble):
        api.picture("https://elsewhere.example/shirt.png")
