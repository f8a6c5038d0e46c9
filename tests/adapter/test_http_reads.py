"""The HTTP client's reads over real sockets: every way an answer can fail to come, in words, and retries."""

import asyncio
import gzip
import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from tests.adapter.clients import client, mocked, reply
from tests.adapter.raw_server import Behaviour, Exchange, raw_server

from qtydash.adapters.backoff import Backoff
from qtydash.adapters.http import VendorClient
from qtydash.domain.errors import (
    InvalidId,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    VendorError,
)
from qtydash.domain.vendors import TICKETS

SECRET = "s3cr3t"
CUT = "AX Cloud's answer was cut short: the connection broke while it was read."


async def failing(*behaviours: Behaviour, path: str = "/v1/x", **kwargs: Any) -> tuple[VendorError, int]:
    """The error of a read from a server that behaves so, and how many requests it saw."""
    async with raw_server(*behaviours) as server:
        http = client(server.url, **kwargs)
        with pytest.raises(VendorError) as caught:
            await http.get(path)
        await http.aclose()
        assert SECRET not in repr(caught.value) + str(caught.value)
        return caught.value, len(server.exchanges)


async def ok(exchange: Exchange) -> None:
    await exchange.answer(b'{"ok":true}')


async def cut(exchange: Exchange) -> None:
    await exchange.answer(b'{"ok":tr', length=500)


async def cut_chunk(exchange: Exchange) -> None:
    await exchange.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"
    )


async def cut_in_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Ty")


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def reset_in_body(exchange: Exchange) -> None:
    await exchange.answer(b'{"ok":tr', length=500)
    exchange.reset()


async def close(exchange: Exchange) -> None:
    pass


async def hang(exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def drip(exchange: Exchange) -> None:
    """A byte now and then: each arrives in time, the whole never does."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        await exchange.send(b" ")
        await asyncio.sleep(0.01)


async def endless_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send(b"X-More: " + b"a" * 1_000 + b"\r\n")


async def endless_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        await exchange.send(b" " * 65_536)


async def gzip_bomb(exchange: Exchange) -> None:
    await exchange.answer(gzip.compress(b" " * 50_000_000), headers="Content-Encoding: gzip\r\n")


async def html(exchange: Exchange) -> None:
    await exchange.answer(b"<html>maintenance</html>", content_type="text/html; charset=utf-8")


async def smtp(exchange: Exchange) -> None:
    await exchange.send(b"220 mail ready\r\n\r\n")


async def redirect(exchange: Exchange) -> None:
    await exchange.answer(
        b"", status="302 Found", headers=f"Location: https://elsewhere.example/login?t={SECRET}\r\n"
    )


@pytest.mark.parametrize(
    ("behaviour", "kind", "sentence", "tries"),
    [
        (cut, UnexpectedAnswer, CUT, 1),
        (
            cut_chunk,
            UnexpectedAnswer,
            CUT,
            1,
        ),
        (
            reset_in_body,
            UnexpectedAnswer,
            CUT,
            1,
        ),
        (cut_in_headers, Unreachable, "AX Cloud closed the connection before it answered.", 3),
        (reset, Unreachable, "AX Cloud closed the connection before it answered.", 3),
        (close, Unreachable, "AX Cloud closed the connection before it answered.", 3),
        (endless_headers, UnexpectedAnswer, "AX Cloud sent something that is not an HTTP answer.", 1),
        (gzip_bomb, UnexpectedAnswer, "AX Cloud sent an answer encoded as 'gzip', which was not asked for.", 1),
        (html, UnexpectedAnswer, "AX Cloud answered with text/html where JSON is due.", 1),
        (smtp, UnexpectedAnswer, "AX Cloud sent something that is not an HTTP answer.", 1),
        (
            redirect,
            UnexpectedAnswer,
            "AX Cloud redirected to https://elsewhere.example/login instead of answering (302).",
            1,
        ),
    ],
)
async def test_a_broken_answer_is_told_in_its_own_words(
    behaviour: Behaviour, kind: type[VendorError], sentence: str, tries: int
) -> None:
    error, seen = await failing(behaviour)
    assert (type(error), error.sentence, seen) == (kind, sentence, tries)


@pytest.mark.parametrize(
    ("behaviour", "sentence", "status"),
    [
        (hang, "AX Cloud did not answer within 1 s.", None),
        (drip, "AX Cloud did not finish its answer within 1 s.", 200),
    ],
)
async def test_the_deadline_is_for_the_whole_request(
    behaviour: Behaviour, sentence: str, status: int | None
) -> None:
    error, seen = await failing(behaviour, deadline=1.0)
    assert (type(error), error.sentence, error.status, seen) == (Unreachable, sentence, status, 1)


async def test_an_endless_body_is_left_at_the_cap() -> None:
    error, _ = await failing(endless_body, max_bytes=1_000_000)
    assert error.sentence == "AX Cloud sent an answer larger than 0.953674 MiB; it was not read."


@pytest.mark.parametrize("body", [b"{},", b"[", b"[[],{}],", b"1,", b'{"a":'])
async def test_few_bytes_of_more_values_than_memory_is_for_are_not_read(body: bytes) -> None:
    async def many(exchange: Exchange) -> None:
        await exchange.answer(b"[" + body * 101)

    error, _ = await failing(many, max_values=100)
    assert error.sentence == "AX Cloud sent an answer of more than 100 values; it was not read."


async def test_as_many_values_as_allowed_are_read() -> None:
    document = [{"a": 1, "b": [2, 3]}] * 20
    http = mocked(lambda _: reply(document), max_values=7 * 20)
    assert json.loads((await http.get("/x")).body) == document


async def test_a_length_beyond_the_cap_is_not_read_at_all() -> None:
    async def huge(exchange: Exchange) -> None:
        await exchange.answer(b"{", length=10**15)

    error, _ = await failing(huge)
    assert error.sentence == "AX Cloud sent an answer larger than 8 MiB; it was not read."


async def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    http = client(f"http://127.0.0.1:{port}")
    with pytest.raises(Unreachable) as caught:
        await http.get("/x")
    await http.aclose()
    assert caught.value.sentence.startswith("AX Cloud refused the connection: nothing listens at 127.0.0.1:")
    assert (caught.value.fault, caught.value.request_started) == ("ConnectError", False)


def failed_by(cause: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Token s3cr3t is not for you") from cause

    return handler


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (
            socket.gaierror(-2, "unknown"),
            "The name vendor.example of AX Cloud could not be resolved.",
        ),
        (OSError(101, "Network is unreachable"), "There is no network path to vendor.example (AX Cloud)."),
        (ssl.SSLError(1, "alert"), "No secure connection to vendor.example (AX Cloud) could be made: TLS failed."),
        (ValueError("anything"), "No connection to AX Cloud at vendor.example could be made."),
    ],
)
async def test_connection_errors_are_told_apart_by_what_lies_beneath(cause: Exception, sentence: str) -> None:
    http = mocked(failed_by(cause))
    with pytest.raises(Unreachable) as caught:
        await http.get("/x")
    assert caught.value.sentence == sentence
    assert SECRET not in str(caught.value)


async def test_a_certificate_that_nobody_signed() -> None:
    untrusted = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    untrusted.verify_message = "self-signed certificate"
    with pytest.raises(Unreachable) as caught:
        await mocked(failed_by(untrusted)).get("/x")
    assert caught.value.sentence == ("The certificate of vendor.example is not trusted: self-signed certificate.")


async def test_a_server_that_speaks_no_tls() -> None:
    """A real handshake that fails: nothing of the request is sent."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(100))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    http = client(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(Unreachable) as caught:
        await http.get("/x")
    await http.aclose()
    server.close()
    await server.wait_closed()
    assert (
        caught.value.sentence
        == f"No secure connection to {http.origin.place} (AX Cloud) could be made: TLS failed."
    )
    assert not caught.value.request_started
    assert all(SECRET.encode() not in data for data in seen)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words", "tries"),
    [
        ("400 Bad Request", b'{"detail":"page_size must be a number"}', Refused, "page_size must be a number", 1),
        ("401 Unauthorized", b'{"message":"no"}', Unauthorized, "no", 1),
        (
            "403 Forbidden",
            '{"detail":"이 작업을 수행할 권한(permission)이 없습니다."}'.encode(),
            Unauthorized,
            "이 작업을 수행할 권한(permission)이 없습니다.",
            1,
        ),
        ("404 Not Found", '{"message":"찾을 수 없습니다."}'.encode(), NotFound, "찾을 수 없습니다.", 1),
        ("410 Gone", b"", NotFound, "", 1),
        ("422 Unprocessable Entity", b'{"message":"bad","code":"E1","extras":{}}', Refused, "bad", 1),
        ("429 Too Many Requests", b'{"error":"slow","code":"RateLimitExceeded"}', RateLimited, "slow", 3),
        ("500 Internal Server Error", b"<html>", UnexpectedAnswer, "", 1),
        ("500 Kaputt \x1b[31m", b"<html>", UnexpectedAnswer, "Kaputt ^[[31m", 1),
        ("502 Bad Gateway", b"", UnexpectedAnswer, "", 3),
        (
            "503 Service Unavailable",
            b'{"error":"Busy","message":"come back","status":503}',
            UnexpectedAnswer,
            "come back",
            3,
        ),
        ("504 Gateway Timeout", b"", UnexpectedAnswer, "", 3),
        ("408 Request Timeout", b"", UnexpectedAnswer, "", 1),
        ("418 Teapot", b'{"message":["a","b"]}', Refused, "a; b", 1),
    ],
)
async def test_each_status_is_one_of_the_family_with_the_vendors_words(
    status: str, body: bytes, kind: type[VendorError], words: str, tries: int
) -> None:
    async def behave(exchange: Exchange) -> None:
        await exchange.answer(body, status=status)

    error, seen = await failing(behave)
    assert (type(error), error.words, error.status, seen) == (kind, words, int(status[:3]), tries)
    assert error.sentence.startswith("AX Cloud ")
    assert error.sentence.endswith(".")
    assert error.hint
    assert error.body == body


async def test_the_code_of_a_refusal_is_kept() -> None:
    http = mocked(lambda _: reply({"message": "bad", "code": "E1"}, 422))
    with pytest.raises(Refused) as caught:
        await http.get("/x")
    assert caught.value.code == "E1"


async def test_a_404_names_what_was_asked_for() -> None:
    http = mocked(lambda _: reply({}, 404))
    with pytest.raises(NotFound, match=r"AX Cloud does not know product p-1 \(404\)\."):
        await http.get("/x", what="product p-1")


async def test_a_read_succeeds_at_the_third_try() -> None:
    async def busy(exchange: Exchange) -> None:
        await exchange.answer(b"", status="503 Service Unavailable")

    async with raw_server(busy, close, ok) as server:
        http = client(server.url)
        answer = await http.get("/x")
        await http.aclose()
    assert answer.body == b'{"ok":true}'
    assert len(server.exchanges) == 3


async def test_a_connection_that_went_stale_between_two_reads_is_no_error() -> None:
    async with raw_server(ok) as server:
        http = client(server.url)
        assert (await http.get("/x")).status == 200
        assert (await http.get("/x")).status == 200
        await http.aclose()


@pytest.mark.parametrize(("asked", "waited"), [("2", 2.0), ("30", 30.0), ("0", 0.0)])
def test_a_retry_after_within_the_cap_is_waited_for(asked: str, waited: float) -> None:
    assert Backoff(jitter=0).wait(RateLimited("x", retry_after=float(asked))) == waited


def test_without_a_retry_after_a_limited_read_waits_a_second_or_more() -> None:
    waits = {Backoff().wait(RateLimited("x")) for _ in range(50)}
    assert all(1.0 <= wait <= 1.5 for wait in waits)
    assert len(waits) > 1


async def test_a_longer_retry_after_is_told_instead_of_waited_for() -> None:
    async def behave(exchange: Exchange) -> None:
        await exchange.answer(b"{}", status="429 Too Many Requests", headers="Retry-After: 31\r\n")

    error, seen = await failing(behave)
    assert error.sentence == "AX Cloud asks to slow down and to wait 31 s (429)."
    assert (error.retry_after, seen) == (31.0, 1)


async def test_a_retry_after_may_be_a_date_in_the_past() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return reply({}, 503, headers={"Retry-After": "Mon, 02 Mar 2020 09:30:00 GMT"})

    with pytest.raises(UnexpectedAnswer) as caught:
        await mocked(handler).get("/x")
    assert caught.value.retry_after == 0.0


async def test_what_a_request_carries() -> None:
    async with raw_server(ok) as server:
        http = client(
            server.url + "/base/", headers={"Authorization": SecretStr("Token s3cr3t"), "Channel": "Code c"}
        )
        await http.get("/v1/x", {"page": 2, "q": "a b&c"})
        await http.aclose()
    (seen,) = server.exchanges
    assert seen.target == "/base/v1/x?page=2&q=a+b%26c"
    assert seen.header("Authorization") == "Token s3cr3t"
    assert seen.header("Channel") == "Code c"
    assert seen.header("Accept-Encoding") == "identity"
    assert seen.header("Accept") == "application/json"


async def test_proxy_variables_and_netrc_are_not_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with raw_server(ok) as server:
        http = client(server.url)
        await http.get("/x")
        await http.aclose()
    assert server.exchanges[0].header("Authorization") == "Token s3cr3t"


async def test_an_explicit_proxy_is_used() -> None:
    async with raw_server(ok) as server:
        http = client("http://127.0.0.1:1", proxy=server.url)
        await http.get("/x")
        await http.aclose()
    assert server.exchanges[0].target == "http://127.0.0.1:1/x"


async def test_a_proxy_that_is_no_address_is_named() -> None:
    with pytest.raises(Unreachable, match="The `proxy` of the profile is not an address"):
        await client("http://127.0.0.1:1", proxy="not a proxy").get("/x")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://vendor.example", "is plain http"),
        ("http://127.0.0.1.vendor.example", "is plain http"),
        ("ftp://vendor.example", "is not a web address"),
        ("vendor.example", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://user:pw@vendor.example", "holds more than a host"),
        ("https://vendor.example/?a=1", "holds more than a host"),
        ("https://vendor.example#x", "holds more than a host"),
        ("https://vendor.example:99999", "is not an address"),
        ("https://[::1", "is not an address"),
        ("https://vendor.exam ple", "holds a letter"),
        ("https://상점.example", "holds a letter"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_at_once(url: str, why: str) -> None:
    with pytest.raises(Unreachable) as caught:
        client(url)
    assert why in caught.value.sentence
    assert "pw" not in caught.value.full
    assert not caught.value.request_started


@pytest.mark.parametrize(
    "url", ["http://localhost:8765", "http://127.0.0.1", "http://127.8.8.8:1", "http://[::1]:8765"]
)
def test_plain_http_is_for_loopback(url: str) -> None:
    assert str(client(url).origin).startswith("http://")


@pytest.mark.parametrize(
    "path", ["/a/../b", "/a/./b", "//other.example/x", "/a?b=c", "/a#b", "/a b", "/ä", "/\ud800", "x"]
)
async def test_a_path_must_come_out_as_it_went_in(path: str) -> None:
    http = mocked(lambda _: reply({}))
    with pytest.raises((InvalidId, Unreachable)):
        await http.get(path)


@pytest.mark.parametrize("value", ["abc\n", " abc", "abc ", "a\r\nX-Evil: 1", "비밀", "a\x00b"])
def test_a_credential_that_no_header_can_carry_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        client("https://vendor.example", headers={"Authorization": SecretStr(value)})
    assert value not in caught.value.full
    assert "'Authorization'" in caught.value.sentence


async def test_reads_keep_to_the_rate() -> None:
    """Five at once are let through, the sixth waits for its turn."""
    seen = 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal seen
        seen += 1
        return reply({})

    http = mocked(handler, per_second=5.0)
    tasks = [asyncio.create_task(http.get("/x")) for _ in range(6)]
    await asyncio.wait(tasks[:5])
    assert seen == 5
    assert not tasks[5].done()
    tasks[5].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await http.aclose()


async def test_a_client_can_be_used_again_after_it_was_closed() -> None:
    async with raw_server(ok) as server:
        http = client(server.url)
        await http.get("/x")
        await http.aclose()
        await http.get("/x")
        await http.aclose()


async def test_cancellation_goes_through() -> None:
    async with raw_server(hang) as server:
        http = client(server.url)
        task: asyncio.Task[object] = asyncio.ensure_future(http.get("/x"))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await http.aclose()


def test_default_settings_are_those_of_the_design() -> None:
    http = VendorClient(TICKETS, "https://vendor.example", profile="p", write=False)
    assert (http._deadline, http._max_bytes, http._backoff.attempts) == (30.0, 8 * 2**20, 3)
