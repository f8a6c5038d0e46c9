"""The sandbox as a server: start, stop, start again; the same bytes for the same seed; its ledger."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import httpx
import pytest
from starlette.applications import Starlette

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.gifts import DOCUMENTED, TWIN
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.server import SandboxServer

TODAY = date(2026, 3, 2)
TICKETS = {"Authorization": "Token sandbox-ax-key", "Channel": "Code sandbox-channel"}
GIFTS = {"Authorization": "Bearer sandbox-shopline-token", "User-Agent": "sandbox-shop"}
BLAZE = {"x-api-key": "sandbox-partner-key", "Authorization": "sandbox-developer-key"}
UPDATE = f"/v1/gifts/{DOCUMENTED.id}/update_quantity"


def client(server: SandboxServer) -> httpx.Client:
    return httpx.Client(base_url=server.url, trust_env=False, verify=False)


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with SandboxServer(create_app(today=TODAY)) as server, client(server) as connected:
        yield connected


def everything(app: Starlette) -> list[bytes]:
    with SandboxServer(app) as server, client(server) as api:
        login = {"grant_type": "password", "username": "agent@sandbox.example", "password": "sandbox-password"}
        token = api.post("/ccstore/v1/login", data=login)
        session = {"Authorization": f"Bearer {token.json()['access_token']}"}
        return [
            token.content,
            api.get("/v1/channel/products/day-ticket", headers=TICKETS).content,
            *(
                api.get(
                    f"/v1/channel/inventory/day-ticket/{PARK}?page_size=500&page={page}", headers=TICKETS
                ).content
                for page in range(1, 13)
            ),
            api.get("/v1/gifts?per_page=999", headers=GIFTS).content,
            api.put(UPDATE, json={"quantity": 1}, headers=GIFTS).content,
            api.get("/ccstore/v1/orders/current", headers=session).content,
            *(
                api.get(f"/api/v1/partner/store/consumer-order-qty/prod-{n}/", headers=BLAZE).content
                for n in range(1, 7)
            ),
            api.get("/_sandbox/ledger").content,
        ]


def test_the_same_seed_and_day_give_the_same_bytes() -> None:
    assert everything(create_app(seed=7, today=TODAY)) == everything(create_app(seed=7, today=TODAY))


def test_another_seed_gives_other_numbers() -> None:
    one, other = everything(create_app(seed=1, today=TODAY)), everything(create_app(seed=2, today=TODAY))

    differing = [number for number, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    assert {2, 14, 17} <= set(differing)
    assert 1 not in differing


def test_the_clock_gives_the_day() -> None:
    app = create_app(now=lambda: datetime(2027, 1, 1, 0, 5, tzinfo=UTC))
    with SandboxServer(app) as server, client(server) as api:
        first = api.get(f"/v1/channel/inventory/day-ticket/{PARK}?page_size=1", headers=TICKETS).json()
    assert next(iter(first["option_codes"].values()))[0]["date"] == "2026-12-02"


def test_stop_then_start_keeps_port_and_state() -> None:
    server = SandboxServer(create_app(today=TODAY))
    server.start()
    url = server.url
    with client(server) as api:
        api.put(UPDATE, json={"quantity": 1}, headers=GIFTS)
        server.stop()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/_sandbox/ledger", trust_env=False)
        server.start()
        assert server.url == url
        assert api.get(f"/v1/gifts/search?id={DOCUMENTED.id}", headers=GIFTS).json()["items"][0]["quantity"] == 1
    server.stop()
    server.stop()


def test_stop_is_prompt_with_a_request_in_work() -> None:
    failed: list[Exception] = []

    def wait_for_answer(api: httpx.Client) -> None:
        try:
            api.get("/v1/gifts", headers=GIFTS)
        except httpx.TransportError as error:
            failed.append(error)

    server = SandboxServer(create_app(today=TODAY, faults=["gifts:delay=1m"])).start()
    with client(server) as api, client(server) as watcher:
        waiting = threading.Thread(target=wait_for_answer, args=(api,))
        waiting.start()
        while not watcher.get("/_sandbox/ledger").json()["entries"]:
            pass
        server.stop()
        waiting.join(5)
    assert len(failed) == 1


async def test_it_serves_inside_a_running_loop() -> None:
    async with (
        SandboxServer(create_app(today=TODAY)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False) as api,
    ):
        answers = await asyncio.gather(*(api.get(f"/v1/gifts?page={page}", headers=GIFTS) for page in range(1, 9)))
    assert [answer.json()["pagination"]["current_page"] for answer in answers] == list(range(1, 9))


def test_a_taken_port_is_an_error_at_once() -> None:
    with SandboxServer(create_app(today=TODAY)) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            SandboxServer(create_app(today=TODAY), port).start()


def test_the_ledger_tells_every_request(api: httpx.Client) -> None:
    api.put(f"{UPDATE}?dry=1", json={"quantity": 3, "replace": False}, headers=GIFTS | {"X-Request-Id": "op-1"})
    api.get("/v1/channel/products/day-ticket", headers=TICKETS)
    api.get("/v1/gifts/none", headers={"User-Agent": "other"})

    written, read, refused = api.get("/_sandbox/ledger").json()["entries"]
    assert written == {
        "number": 1,
        "time": "2026-03-02T12:00:00.000+00:00",
        "vendor": "gifts",
        "method": "PUT",
        "path": UPDATE,
        "query": "dry=1",
        "credentials": {"authorization": "Bearer ***"},
        "request_id": "op-1",
        "body": '{"quantity":3,"replace":false}',
        "status": 200,
        "applied": True,
        "change": {"gifts": [{"id": DOCUMENTED.id, "before": 10, "after": 13}]},
        "fault": None,
        "error": None,
    }
    assert read["credentials"] == {"authorization": "Token ***", "channel": "Code ***"}
    assert (read["applied"], read["request_id"], read["status"]) == (False, None, 200)
    assert (refused["applied"], refused["status"], refused["credentials"]) == (False, 404, {})


def test_the_ledger_keeps_no_credential(api: httpx.Client) -> None:
    login = {"grant_type": "password", "username": "agent@sandbox.example", "password": "sandbox-password"}
    token = api.post("/ccstore/v1/login", data=login).json()["access_token"]
    api.get("/ccstore/v1/orders/current", headers={"Authorization": f"Bearer {token}"})
    api.get("/ccstore/v1/orders/current", headers={"X-CCVisitorId": "sandbox-visitor"})
    api.get("/api/v1/partner/store", headers=BLAZE)

    told = api.get("/_sandbox/ledger").text
    assert json.loads(told)["entries"][3]["credentials"] == {"authorization": "***", "x-api-key": "***"}
    for secret in ("sandbox-password", token, "sandbox-visitor", "sandbox-partner-key", "sandbox-developer-key"):
        assert secret not in told


def test_a_refused_write_is_not_applied(api: httpx.Client) -> None:
    api.put(UPDATE, json={"quantity": 1.5}, headers=GIFTS)
    api.put("/v1/gifts/update_quantity", json={"sku": TWIN.sku, "quantity": 1}, headers=GIFTS)

    applied = api.get("/_sandbox/ledger?vendor=gifts&applied=true").json()["entries"]
    assert [len(entry["change"]["gifts"]) for entry in applied] == [2]
    assert len(api.get("/_sandbox/ledger?applied=false").json()["entries"]) == 1
    assert not api.get("/_sandbox/ledger?vendor=cart").json()["entries"]


def test_reset_starts_anew(api: httpx.Client) -> None:
    before = api.get("/v1/gifts?per_page=999", headers=GIFTS).content
    api.put(UPDATE, json={"quantity": 1}, headers=GIFTS)
    api.delete("/api/v1/partner/store/consumer-order-qty/65aa00000000000000000001", headers=BLAZE)

    assert api.post("/_sandbox/reset").status_code == 204
    assert not api.get("/_sandbox/ledger").json()["entries"]
    assert api.get("/v1/gifts?per_page=999", headers=GIFTS).content == before
    rows = api.get("/api/v1/partner/store/consumer-order-qty/prod-1/", headers=BLAZE).json()
    assert len(rows) == 1_100


def test_a_large_body_is_refused(api: httpx.Client) -> None:
    answer = api.put(UPDATE, content=b"x" * (1024 * 1024 + 1), headers=GIFTS)
    assert answer.status_code == 413


def test_profile_and_faults_load_no_server() -> None:
    code = (
        "import sys, qtydash.sandbox.profile, qtydash.sandbox.faults, qtydash.cli.sandbox;"
        "print(sorted({'starlette', 'uvicorn', 'httpx', 'textual', 'asyncio'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
