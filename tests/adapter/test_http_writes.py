"""The HTTP client's writes: one attempt, every fact about how far it came, and nothing without `write`."""

import asyncio
import logging

import httpx
import pytest
from pydantic import SecretStr
from tests.adapter.clients import OP, client, mocked, reply
from tests.adapter.raw_server import Behaviour, Exchange, raw_server

from qtydash.adapters.http import VendorClient, _OriginAuth
from qtydash.adapters.origin import Origin
from qtydash.adapters.requests import canonical_json, checked_id
from qtydash.domain.errors import (
    InvalidId,
    NotFound,
    RateLimited,
    ReadOnlyProfile,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    VendorError,
)
from qtydash.domain.vendors import CART, TICKETS


async def ok(exchange: Exchange) -> None:
    await exchange.answer(b'{"ok":true}')


async def close(exchange: Exchange) -> None:
    pass


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def hang(exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def cut(exchange: Exchange) -> None:
    await exchange.answer(b'{"ok":tr', length=500)


async def html(exchange: Exchange) -> None:
    await exchange.answer(b"<html>", content_type="text/html")


def status(line: str, headers: str = "") -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.answer(b"{}", status=line, headers=headers)

    return behave


async def test_a_write_is_one_canonical_request_on_a_connection_of_its_own() -> None:
    async with raw_server(ok, hang_up=False) as server:
        http = client(server.url, write=True)
        await http.get("/v1/x")
        for _ in range(2):
            answer = await http.send("PUT", "/v1/x", json={"replace": False, "quantity": -4, "n": "贈"}, op_id=OP)
        await http.aclose()
    assert (answer.status, answer.body) == (200, b'{"ok":true}')
    assert server.connections == 3
    seen = server.exchanges[1]
    assert seen.head.startswith("PUT /v1/x HTTP/1.1")
    assert seen.body == '{"n":"贈","quantity":-4,"replace":false}'.encode()
    assert seen.header("X-Request-Id") == OP
    assert seen.header("Content-Type") == "application/json"
    assert seen.header("Authorization") == "Token s3cr3t"


async def test_a_write_without_a_body_sends_none() -> None:
    async with raw_server(ok) as server:
        await client(server.url, write=True).send("POST", "/v1/x", op_id=OP)
    assert server.exchanges[0].header("Content-Length") == "0"
    assert server.exchanges[0].header("Content-Type") is None


@pytest.mark.parametrize(
    ("behaviour", "kind", "told", "fault"),
    [
        (close, Unreachable, None, "RemoteProtocolError"),
        (reset, Unreachable, None, "ReadError"),
        (hang, Unreachable, None, "TimeoutError"),
        (cut, UnexpectedAnswer, 200, "RemoteProtocolError"),
        (html, UnexpectedAnswer, 200, ""),
        (status("302 Found", "Location: /x\r\n"), UnexpectedAnswer, 302, ""),
        (status("307 Temporary Redirect", "Location: /x\r\n"), UnexpectedAnswer, 307, ""),
        (status("401 Unauthorized"), Unauthorized, 401, ""),
        (status("404 Not Found"), NotFound, 404, ""),
        (status("408 Request Timeout"), UnexpectedAnswer, 408, ""),
        (status("409 Conflict"), Refused, 409, ""),
        (status("429 Too Many Requests", "Retry-After: 7\r\n"), RateLimited, 429, ""),
        (status("500 Internal Server Error"), UnexpectedAnswer, 500, ""),
        (status("503 Service Unavailable"), UnexpectedAnswer, 503, ""),
    ],
)
async def test_a_write_is_never_tried_twice(
    behaviour: Behaviour, kind: type[VendorError], told: int | None, fault: str
) -> None:
    async with raw_server(behaviour) as server:
        # Whoever answers may take its time on a busy machine; who hangs is waited for to the end.
        http = client(server.url, write=True, deadline=1.0 if behaviour is hang else 30.0)
        with pytest.raises(VendorError) as caught:
            await http.send("PUT", "/v1/x", json={}, op_id=OP)
    error = caught.value
    assert (type(error), error.status, error.fault, len(server.exchanges)) == (kind, told, fault, 1)
    assert error.request_started


async def test_it_is_certain_when_nothing_left() -> None:
    """No connection: the one case in which nothing can have been applied."""
    async with raw_server(ok) as server:
        url = server.url
    with pytest.raises(Unreachable) as caught:
        await client(url, write=True).send("PUT", "/v1/x", json={}, op_id=OP)
    assert (caught.value.request_started, caught.value.fault) == (False, "ConnectError")


async def test_a_proxy_that_refuses_leaves_nothing_sent() -> None:
    """Its CONNECT is a request, but not ours."""
    async with raw_server(status("403 Forbidden")) as proxy:
        http = client("https://127.0.0.1:1", write=True, proxy=proxy.url)
        with pytest.raises(Unreachable) as caught:
            await http.send("PUT", "/v1/x", json={}, op_id=OP)
    assert proxy.exchanges[0].head.startswith("CONNECT ")
    assert proxy.exchanges[0].header("Authorization") is None
    assert (caught.value.request_started, caught.value.fault) == (False, "ProxyError")


async def test_cancelling_a_write_goes_through() -> None:
    async with raw_server(hang) as server:
        http = client(server.url, write=True)
        task = asyncio.ensure_future(http.send("PUT", "/v1/x", json={}, op_id=OP))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
async def test_a_read_only_profile_sends_no_write(method: str) -> None:
    async with raw_server(ok) as server:
        with pytest.raises(ReadOnlyProfile, match="'test' is read-only"):
            await client(server.url).send(method, "/v1/x", op_id=OP)
    assert not server.exchanges


async def test_a_login_is_no_write_and_goes_to_two_paths_only() -> None:
    async with raw_server(ok) as server:
        http = client(server.url, CART, headers={})
        form: dict[str, SecretStr | str] = {
            "grant_type": "password",
            "username": "a&b",
            "password": SecretStr("p w=1"),
        }
        await http.authenticate("/ccstore/v1/login", form, headers={"X-CCSite": "siteUS"})
        await http.authenticate("/ccstore/v1/refresh", {})
        for path in (
            "/ccstore/v1/orders/current/items/removeAllSelectableQuantity",
            "/ccstore/v1/login/../x",
            "/",
        ):
            with pytest.raises(ValueError, match="not a login path"):
                await http.authenticate(path, {})
        await http.aclose()
    login, refresh = server.exchanges
    assert login.head.startswith("POST /ccstore/v1/login ")
    assert login.body == b"grant_type=password&username=a%26b&password=p+w%3D1"
    assert login.header("Content-Type") == "application/x-www-form-urlencoded"
    assert login.header("X-CCSite") == "siteUS"
    assert refresh.head.startswith("POST /ccstore/v1/refresh ")


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://vendor.example/x", True),
        ("https://vendor.example:443/x", True),
        ("http://vendor.example/x", False),
        ("https://vendor.example:8443/x", False),
        ("https://vendor.example.evil.example/x", False),
        ("https://evil.example/https://vendor.example/", False),
    ],
)
def test_credentials_reach_one_origin_only(url: str, sent: bool) -> None:
    auth = _OriginAuth(Origin.of(TICKETS, "https://vendor.example"), [("Authorization", SecretStr("s3cr3t"))])
    request = httpx.Request("GET", url)
    next(auth.auth_flow(request))
    assert ("Authorization" in request.headers) is sent


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "consumerCart", "CONSUMERCART", "a/b", "a%2fb", "a?b", "a#b", "a b", "ä", "a\n", "x" * 129],
)
def test_an_id_that_is_not_one_plain_segment_is_refused(value: str) -> None:
    with pytest.raises(InvalidId, match="is not a usable gift id"):
        checked_id("gift id", value)


@pytest.mark.parametrize("value", ["5d8b0a6552910502640e8a76", "prod-1", "a.b_c:d", "...", "x" * 128])
def test_a_plain_id_is_taken_as_it_is(value: str) -> None:
    assert checked_id("gift id", value) == value


async def test_an_operation_id_cannot_carry_a_header() -> None:
    with pytest.raises(InvalidId):
        await mocked(lambda _: reply({}), write=True).send("PUT", "/x", op_id="a\r\nX: 1")


def test_one_body_has_one_spelling() -> None:
    assert canonical_json({"b": 1, "a": [True, None]}) == canonical_json({"a": [True, None], "b": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("inf")})


async def test_no_secret_reaches_an_error_a_repr_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    secret = "t0psecret-0123456789"

    async def echo(exchange: Exchange) -> None:
        words = f'{{"message":"Invalid key {secret} in Token {secret}","code":"{secret}"}}'
        await exchange.answer(words.encode(), status=f"422 Bad {secret}", headers=f"Location: /{secret}\r\n")

    caplog.set_level(logging.DEBUG)
    async with raw_server(ok, echo, close, html) as server:
        http = client(server.url, write=True, headers={"Authorization": SecretStr(f"Token {secret}")})
        texts = [repr(http), str(vars(http)), repr(await http.get("/x"))]
        for _ in range(3):
            with pytest.raises(VendorError) as caught:
                await http.send("PUT", "/x", json={}, op_id=OP)
            error = caught.value
            assert error.__context__ is None
            assert error.__cause__ is None
            texts += [repr(error), str(error), error.full, error.words, getattr(error, "code", "")]
        await http.aclose()
    texts += [record.getMessage() + repr(vars(record)) for record in caplog.records if record.name != "asyncio"]
    assert len(server.exchanges) == 4
    assert not [text for text in texts if secret in text]
    assert any("•••" in text for text in texts)


async def test_a_secret_learned_later_is_masked_too() -> None:
    http = mocked(lambda _: reply({"message": "bad token-abcdef"}, 400), CART)
    http.hide(SecretStr("token-abcdef"))
    with pytest.raises(Refused) as caught:
        await http.get("/x")
    assert caught.value.words == "bad •••"


async def test_a_read_only_client_is_what_a_profile_gets_unless_it_says_otherwise() -> None:
    http = VendorClient(TICKETS, "https://vendor.example", profile="prod", write=False)
    with pytest.raises(ReadOnlyProfile, match="'prod'"):
        await http.send("DELETE", "/x", op_id=OP)
