"""``qtydash sandbox`` as a process, and the configuration that fits it."""

import signal
import socket
import subprocess
import sys
import tomllib

import httpx
import pytest
from click.testing import CliRunner

from qtydash.cli.sandbox import sandbox
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.profile import config_toml

COMMAND = [sys.executable, "-W", "error", "-c", "from qtydash.cli.sandbox import sandbox; sandbox()"]


def test_it_says_where_it_listens_and_ends_quietly_on_ctrl_c() -> None:
    with subprocess.Popen(
        [*COMMAND, "--fault", "gifts:status=503", "--seed", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(4)]
        url = next(word for word in told[0].split() if word.startswith("http://127.0.0.1:"))
        assert httpx.get(f"{url}/v1/gifts", trust_env=False, verify=False).status_code == 503
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=10)
    assert told[2:] == [f"  qtydash config init --sandbox {url}\n", "  qtydash\n"]
    assert (process.returncode, out, rest) == (0, "", "")


def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(sandbox, ["--port", str(port)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"The sandbox cannot listen on port {port}: ")
    assert "--port 0" in result.stderr
    assert result.stdout == ""


def test_a_wrong_fault_is_told_with_the_grammar() -> None:
    result = CliRunner().invoke(sandbox, ["--fault", "gifts:nonsense"])

    assert result.exit_code == 2
    assert "'nonsense' is not something that can go wrong" in result.stderr
    assert "close=after-apply" in result.stderr


def test_help_shows_the_grammar() -> None:
    result = CliRunner().invoke(sandbox, ["--help"])

    assert result.exit_code == 0
    assert "  WHAT  status=503           answer with this status" in result.stdout
    assert "Examples: gifts:status=503,times=2" in result.stdout


@pytest.mark.parametrize("write", [True, False])
def test_the_configuration_points_every_vendor_at_it(write: bool) -> None:
    config = tomllib.loads(config_toml("http://127.0.0.1:8765", write))

    profile = config["profiles"][config["profile"]]
    assert (profile["label"], profile["write"]) == ("Sandbox", write)
    vendors = ("tickets", "gifts", "cart", "order_qty")
    assert {profile[vendor]["base_url"] for vendor in vendors} == {"http://127.0.0.1:8765"}
    assert profile["tickets"]["products"][0]["code"] == PARK
    assert [session["name"] for session in profile["cart"]["sessions"]] == ["support", "guest", "empty", "odd"]
    assert [product["id"] for product in profile["order_qty"]["products"]] == [f"prod-{n}" for n in range(1, 7)]
