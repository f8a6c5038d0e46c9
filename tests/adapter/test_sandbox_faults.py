"""Scripted faults: their grammar, and what a client on a real socket meets."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx
import pytest

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.gifts import DOCUMENTED
from qtydash.sandbox.faults import FaultSpecError, parse_fault
from qtydash.sandbox.server import SandboxServer

GIFTS = {"Authorization": "Bearer sandbox-shopline-token", "User-Agent": "sandbox-shop"}
UPDATE = f"/v1/gifts/{DOCUMENTED.id}/update_quantity"


@contextmanager
def sandbox(*faults: str, latency_ms: int = 0) -> Iterator[httpx.Client]:
    app = create_app(today=date(2026, 3, 2), faults=faults, latency_ms=latency_ms)
    with (
        SandboxServer(app) as server,
        httpx.Client(base_url=server.url, headers=GIFTS, trust_env=False, verify=False) as client,
    ):
        yield client


def ledger(api: httpx.Client) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = api.get("/_sandbox/ledger").json()["entries"]
    return entries


def quantity(api: httpx.Client) -> int:
    found: int = api.get("/v1/gifts/search", params={"id": DOCUMENTED.id}).json()["items"][0]["quantity"]
    return found


def add_three(api: httpx.Client) -> httpx.Response:
    return api.put(UPDATE, json={"quantity": 3, "replace": False})


def test_a_status_is_answered_and_nothing_done() -> None:
    with sandbox("gifts.write:status=503,times=2") as api:
        assert [add_three(api).status_code for _ in range(3)] == [503, 503, 200]
        assert quantity(api) == 13
        assert [(e["applied"], e["fault"]) for e in ledger(api)[:3]] == [
            (False, "gifts.write:status=503,times=2"),
            (False, "gifts.write:status=503,times=2"),
            (True, None),
        ]


def test_a_status_may_hide_that_it_was_done() -> None:
    with sandbox("gifts.write:status=502,apply,times=1") as api:
        assert add_three(api).status_code == 502
        assert quantity(api) == 13


def test_retry_after() -> None:
    with sandbox("gifts:status=429,retry_after=3") as api:
        answer = api.get("/v1/gifts")
        assert answer.headers["retry-after"] == "3"
        assert answer.json()["code"] == "RateLimitExceeded"


@pytest.mark.parametrize(
    ("status", "location"), [(302, "/_sandbox/elsewhere"), (304, "/_sandbox/elsewhere"), (200, None), (204, None)]
)
def test_other_statuses(status: int, location: str | None) -> None:
    with sandbox(f"gifts.write:status={status}") as api:
        answer = add_three(api)
        assert (answer.status_code, answer.headers.get("location")) == (status, location)
        assert quantity(api) == 10


def test_closed_before_it_was_done() -> None:
    with sandbox("gifts.write:close=before-apply,times=1") as api:
        with pytest.raises(httpx.RemoteProtocolError):
            add_three(api)
        assert quantity(api) == 10
        assert (ledger(api)[0]["applied"], ledger(api)[0]["status"]) == (False, None)


def test_closed_after_it_was_done() -> None:
    with sandbox("gifts.write:close=after-apply,times=1") as api:
        with pytest.raises(httpx.RemoteProtocolError):
            add_three(api)
        assert quantity(api) == 13
        assert ledger(api)[0]["change"] == {"gifts": [{"id": DOCUMENTED.id, "before": 10, "after": 13}]}
        assert ledger(api)[0]["status"] is None


@pytest.mark.parametrize("spec", ["gifts:close=before-apply", "gifts:close=after-apply"])
def test_a_closed_connection_sends_no_byte(spec: str) -> None:
    with sandbox(spec) as api:
        address = (api.base_url.host, api.base_url.port or 0)
        with socket.create_connection(address, timeout=5) as raw:
            head = "".join(f"{name}: {value}\r\n" for name, value in GIFTS.items())
            raw.sendall(f"GET /v1/gifts HTTP/1.1\r\nHost: sandbox\r\n{head}\r\n".encode())
            assert raw.recv(1) == b""


def test_a_body_shorter_than_announced() -> None:
    with sandbox("gifts.read:cut,times=1") as api:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            api.get("/v1/gifts")
        assert api.get("/v1/gifts").status_code == 200


def test_chunks_that_never_end() -> None:
    with (
        sandbox("gifts.read:cut=chunked") as api,
        pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"),
    ):
        api.get("/v1/gifts")


def test_a_cut_that_http_cannot_see() -> None:
    with sandbox("gifts.read:cut=eof") as api:
        answer = api.get("/v1/gifts")
        assert answer.status_code == 200
        assert "content-length" not in answer.headers
        assert answer.text.startswith('{"items":[')
        assert not answer.text.endswith("}")


def test_a_cut_write_was_done() -> None:
    with sandbox("gifts.write:cut") as api:
        with pytest.raises(httpx.RemoteProtocolError):
            add_three(api)
        assert quantity(api) == 13


@pytest.mark.parametrize(("spec", "after"), [("gifts.write:html", 13), ("gifts.write:html,no-apply", 10)])
def test_a_page_instead_of_an_answer(spec: str, after: int) -> None:
    with sandbox(spec) as api:
        answer = add_three(api)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.text.startswith("<!doctype html>")
        assert quantity(api) == after


def test_another_content_type() -> None:
    with sandbox("gifts.read:type=text/plain") as api:
        answer = api.get("/v1/gifts")
        assert answer.headers.get_list("content-type") == ["text/plain"]
        assert len(answer.json()["items"]) == 24


@pytest.mark.parametrize("spec", ["gifts.write:delay=50ms", "gifts.write:answer_delay=50ms"])
def test_a_late_answer(spec: str) -> None:
    with sandbox(spec) as api:
        started = time.monotonic()
        assert add_three(api).status_code == 200
        assert time.monotonic() - started >= 0.05


def test_a_client_that_leaves_early_does_not_undo() -> None:
    with sandbox("gifts.write:answer_delay=1m") as api:
        with pytest.raises(httpx.ReadTimeout):
            api.put(UPDATE, json={"quantity": 3, "replace": False}, timeout=1.0)
        assert quantity(api) == 13


def test_a_delayed_write_is_done_although_the_client_has_left() -> None:
    with sandbox("gifts.write:delay=3s") as api:
        with pytest.raises(httpx.ReadTimeout):
            api.put(UPDATE, json={"quantity": 3, "replace": False}, timeout=1.0)
        assert quantity(api) == 10
        deadline = time.monotonic() + 30
        while quantity(api) == 10 and time.monotonic() < deadline:
            pass
        assert quantity(api) == 13


def test_latency_delays_every_vendor_answer() -> None:
    with sandbox(latency_ms=40) as api:
        started = time.monotonic()
        api.get("/v1/gifts")
        assert time.monotonic() - started >= 0.04


def test_who_and_when() -> None:
    with sandbox("gifts.read:status=503,after=1,times=1,path=/search") as api:
        statuses = [
            api.get(path).status_code for path in ("/v1/gifts", *["/v1/gifts/search"] * 3, "/v1/token/info")
        ]
        assert statuses == [200, 200, 503, 200, 200]


def test_a_login_is_no_write() -> None:
    form = {"grant_type": "password", "username": "agent@sandbox.example", "password": "sandbox-password"}
    with sandbox("cart.write:status=503", "all.read:status=500,after=1") as api:
        assert api.post("/ccstore/v1/login", data=form).status_code == 200
        assert api.post("/ccstore/v1/orders/current/items/removeAllSelectableQuantity").status_code == 503
        assert api.get("/ccstore/v1/orders/current").status_code == 500


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/v1/channel/products/day-ticket", {"detail"}),
        ("/v1/gifts", {"error", "code"}),
        (
            "/ccstore/v1/orders/current",
            {"message", "errorCode", "devMessage", "moreInfo", "o:errorPath", "status"},
        ),
        ("/api/v1/partner/store", {"error", "message", "status"}),
    ],
)
def test_each_vendor_fails_in_its_own_words(path: str, keys: set[str]) -> None:
    with sandbox("all:status=500") as api:
        assert set(api.get(path).json()) == keys


def test_faults_are_scripted_while_it_runs() -> None:
    with sandbox("gifts:status=500,times=1") as api:
        added = api.post("/_sandbox/faults", json={"specs": ["gifts:status=503"]}).json()["faults"]
        assert [fault["spec"] for fault in added] == ["gifts:status=500,times=1", "gifts:status=503"]
        assert [api.get("/v1/gifts").status_code for _ in range(3)] == [500, 503, 503]
        assert [fault["fired"] for fault in api.get("/_sandbox/faults").json()["faults"]] == [1, 2]
        assert api.delete("/_sandbox/faults").status_code == 204
        assert api.get("/v1/gifts").status_code == 200
        api.post("/_sandbox/reset")
        assert [api.get("/v1/gifts").status_code for _ in range(2)] == [500, 200]


def test_of_several_faults_one_wrong_adds_none() -> None:
    with sandbox() as api:
        answer = api.post("/_sandbox/faults", json={"specs": ["gifts:html", "gifts:nonsense"]})
        assert answer.status_code == 400
        assert "nonsense" in answer.json()["error"]
        assert api.get("/_sandbox/faults").json() == {"faults": []}
        assert api.post("/_sandbox/faults", json={"specs": "gifts:html"}).status_code == 400


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("gifts", ["':'"]),
        ("gifts:", ["':'"]),
        ("gift:html", ["'gift'", "order_qty"]),
        ("gifts.all:html", ["read or write"]),
        ("gifts:status=99", ["status", "200 to 599"]),
        ("gifts:status=x", ["status"]),
        ("gifts:status", ["status"]),
        ("gifts:html,times=0", ["times"]),
        ("gifts:delay=2", ["500ms"]),
        ("gifts:close=now", ["close=now"]),
        ("gifts:cut=half", ["cut=half"]),
        ("gifts:type=plain", ["type=plain"]),
        ("gifts:times=2", ["does not say"]),
        ("gifts:html,cut", ["html and cut"]),
        ("gifts:retry_after=3,html", ["retry_after"]),
        ("gifts:html,apply", ["apply"]),
        ("gifts:cut,no-apply", ["no-apply"]),
        ("gifts:html=yes", ["html=yes"]),
    ],
)
def test_a_fault_that_cannot_be_understood_is_explained(spec: str, words: Sequence[str]) -> None:
    with pytest.raises(FaultSpecError) as told:
        parse_fault(spec)
    assert all(word in str(told.value) for word in words)


@pytest.mark.parametrize(
    ("spec", "applies"),
    [
        ("gifts:status=503", False),
        ("gifts:status=503,apply", True),
        ("gifts:html", True),
        ("gifts:html,no-apply", False),
        ("gifts:close=before-apply", False),
        ("gifts:close=after-apply", True),
        ("gifts:cut", True),
        ("gifts:delay=1.5s", True),
    ],
)
def test_whether_the_request_is_still_done(spec: str, applies: bool) -> None:
    assert parse_fault(spec).applies is applies
