"""A configuration that is known to be good is read without checking it again, and comes out the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.config import known_good
from qtydash.config.load import load
from qtydash.config.paths import locate
from qtydash.config.validation import validated
from qtydash.sandbox.profile import config_toml

TICKETS = """
[profiles.{name}.tickets]
api_key = {{ env = "AX" }}
channel_code = {{ command = ["pass", "show", "ax"] }}
page_size = {pages}
low = {{ left = {left}, ratio = {ratio} }}
products = [{{ code = "p-1", name = "Day" }}, {{ code = "p-2" }}]
option_names = {{ "o-1" = "Adult", "o-2" = "小人" }}
"""
CART = """
[profiles.{name}.cart]
base_url = "HTTPS://Shop.Example.com/"
token_lifetime = "{lifetime}"
[[profiles.{name}.cart.sessions]]
name = "support"
username = "a"
password = {{ keyring = "qtydash/oracle" }}
[[profiles.{name}.cart.sessions]]
name = "guest"
visitor_id = {{ file = "~/visitor" }}
"""
QTY = """
[profiles.{name}.order_qty]
partner_key = {{ env = "P" }}
developer_key = {{ env = "D" }}
stale_after = "{lifetime}"
products = [{{ id = "prod-1", name = "Gummies" }}]
"""


SETTINGS = ('label = "Shop"\n', "write = true\n", "max_bulk = 7\n", 'refresh = "off"\n', 'glyphs = "ascii"\n')


@st.composite
def files(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(["prod", "test-2", "x"]), min_size=1, max_size=3, unique=True))
    text = [f'profile = "{draw(st.sampled_from(names))}"\n']
    for name in names:
        text.append(f"[profiles.{name}]\n")
        text += draw(
            st.lists(
                st.sampled_from(
                    [
                        'label = "Shop"\n',
                        "write = true\n",
                        "max_bulk = 7\n",
                        'refresh = "off"\n',
                        'glyphs = "ascii"\n',
                    ]
                ),
                unique=True,
            )
        )
        told = {
            "name": name,
            "pages": draw(st.integers(1, 500)),
            "left": draw(st.integers(0, 99)),
            "ratio": draw(st.sampled_from(["0", "1", "0.25"])),
            "lifetime": draw(st.sampled_from(["90s", "1h30m", "3d"])),
        }
        text += [
            part.format(**told) for part in draw(st.lists(st.sampled_from([TICKETS, CART, QTY]), unique=True))
        ]
    return "".join(text)


@settings(max_examples=60, deadline=None)
@given(files(), st.sampled_from([{}, {"QTYDASH_WRITE": "true"}, {"QTYDASH_TICKETS__PAGE_SIZE": "9"}]))
def test_what_is_known_comes_out_as_what_was_checked(
    tmp_path_factory: pytest.TempPathFactory, text: str, said: dict[str, str]
) -> None:
    home = tmp_path_factory.mktemp("home")
    if "PAGE_SIZE" in str(said) and ".tickets]" not in text:
        said = {}
    (home / "config.toml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTYDASH_HOME", str(home))
        for name, value in said.items():
            patch.setenv(name, value)
        paths = locate()
        try:
            checked = validated(paths, None)
        except ValueError:
            raise
        except Exception:  # noqa: BLE001 - what is refused is not remembered
            assert known_good.recalled(paths, os.environ, None) is None
            return
        assert known_good.recalled(paths, os.environ, None) is None
        assert load() == checked
        known = known_good.recalled(paths, os.environ, None)
        assert known == checked
        assert known is not None
        assert repr(known.profile) == repr(checked.profile)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text(config_toml("http://127.0.0.1:9"))
    (tmp_path / "config.toml").chmod(0o600)
    monkeypatch.setenv("QTYDASH_HOME", str(tmp_path))
    return tmp_path


def test_nothing_of_the_configuration_is_kept_but_hashes(home: Path) -> None:
    load()
    kept = home / "config.good"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert all(len(line) == 64 and int(line, 16) for line in kept.read_text().split())


@pytest.mark.parametrize("what", ["file", "environment", "option"])
def test_whatever_changes_makes_it_unknown(home: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    load()
    option = None
    if what == "file":
        with (home / "config.toml").open("a") as file:
            file.write("\n# a word\n")
    elif what == "environment":
        monkeypatch.setenv("QTYDASH_WRITE", "false")
    else:
        option = "sandbox"
    assert known_good.recalled(locate(), os.environ, option) is None


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"x" * 70_000, b"\0\n"])
def test_a_broken_list_of_marks_is_as_none(home: Path, junk: bytes) -> None:
    first = load()
    (home / "config.good").write_bytes(junk)
    assert load() == first


def test_a_known_one_loads_no_validation_library(home: Path) -> None:
    load()
    code = "import sys; from qtydash.config.load import load; load(); print('pydantic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert told.stdout == "False\n"
