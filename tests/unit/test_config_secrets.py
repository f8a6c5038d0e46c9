"""Credentials: where they may be, how they are fetched, and that nothing ever shows one."""

import fcntl
import os
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType

import pytest

from qtydash.config import secrets
from qtydash.config.errors import SecretError
from qtydash.config.models import Secret
from qtydash.config.secrets import describe, resolve

FAKE = "fake-hunter2"
PYTHON = sys.executable


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    return path


def command(script: str) -> Secret:
    return Secret("command", (PYTHON, "-c", script))


def put(folder: Path, content: bytes, mode: int = 0o600, name: str = "key") -> Path:
    path = folder / name
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refusal(secret: Secret, config_file: Path) -> str:
    """The sentence; and it carries the secret nowhere."""
    with pytest.raises(SecretError) as raised:
        resolve(secret, config_file)
    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert FAKE not in "".join(traceback.format_exception(error))
    return str(error)


# plain text in the configuration


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_plain_text_is_taken_from_a_private_file(config_file: Path, mode: int) -> None:
    config_file.chmod(mode)
    secret = Secret("plain", (FAKE,))
    assert resolve(secret, config_file).get_secret_value() == FAKE
    assert describe(secret, config_file) == "plain text (file is private)"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o602, 0o601])
def test_plain_text_is_refused_from_a_file_that_others_can_use(config_file: Path, mode: int) -> None:
    config_file.chmod(mode)
    secret = Secret("plain", (FAKE,))
    assert refusal(secret, config_file) == (
        f"A secret stands in plain text in {config_file}, which can be used by others (mode {mode:04o}). "
        f"Run `chmod 600 {config_file}`."
    )
    assert describe(secret, config_file) == f"plain text (refused: can be used by others (mode {mode:04o}))"


def test_plain_text_is_refused_from_another_users_file(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: config_file.stat().st_uid + 1)
    assert "which belongs to another user. Run `chmod 600" in refusal(Secret("plain", (FAKE,)), config_file)


def test_a_resolved_secret_does_not_show_itself(config_file: Path) -> None:
    secret = resolve(Secret("plain", (FAKE,)), config_file)
    assert FAKE not in f"{secret} {secret!r}"


# the environment


def test_the_environment_is_asked_when_the_secret_is_needed(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = Secret("env", ("FAKE_KEY",))
    monkeypatch.delenv("FAKE_KEY", raising=False)
    assert refusal(secret, config_file) == (
        "The environment variable FAKE_KEY is not set. Set it, then start qtydash again."
    )
    assert describe(secret, config_file) == "env FAKE_KEY (missing)"
    monkeypatch.setenv("FAKE_KEY", FAKE)
    assert resolve(secret, config_file).get_secret_value() == FAKE
    assert describe(secret, config_file) == "env FAKE_KEY (set)"
    monkeypatch.setenv("FAKE_KEY", "")
    assert refusal(secret, config_file) == "The environment variable FAKE_KEY is empty. Put the secret there."
    assert describe(secret, config_file) == "env FAKE_KEY (missing)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{FAKE}\n", "gives more than one line. A secret is one line."),
        (f"{FAKE}\r\nX-Evil: 1", "gives more than one line. A secret is one line."),
        (f"{FAKE}\x1b", "gives characters that cannot be sent (control characters or beyond Latin-1)."),
        (f"{FAKE}\x85", "gives characters that cannot be sent (control characters or beyond Latin-1)."),
        (f"{FAKE}€", "gives characters that cannot be sent (control characters or beyond Latin-1)."),
        (f"{FAKE}\udcff", "gives characters that cannot be sent (control characters or beyond Latin-1)."),
    ],
)
def test_what_no_header_can_carry_is_refused(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.setenv("FAKE_KEY", text)
    assert refusal(Secret("env", ("FAKE_KEY",)), config_file) == f"The environment variable FAKE_KEY {words}"


def test_latin_1_and_spaces_are_kept(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", " clé ÿ ")
    assert resolve(Secret("env", ("FAKE_KEY",)), config_file).get_secret_value() == " clé ÿ "


# a file


@pytest.mark.parametrize("content", [b"fake-hunter2", b"fake-hunter2\n", b"fake-hunter2\r\n"])
def test_a_file_beside_the_configuration(config_file: Path, content: bytes) -> None:
    put(config_file.parent, content)
    secret = Secret("file", ("key",))
    assert resolve(secret, config_file).get_secret_value() == FAKE
    assert describe(secret, config_file) == "file key (private)"


def test_a_file_in_the_home_folder(config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "me"
    home.mkdir()
    put(home, FAKE.encode())
    monkeypatch.setenv("HOME", str(home))
    assert resolve(Secret("file", ("~/key",)), config_file).get_secret_value() == FAKE
    assert resolve(Secret("file", (str(home / "key"),)), config_file).get_secret_value() == FAKE


def test_only_one_newline_is_taken_away(config_file: Path) -> None:
    path = put(config_file.parent, b"fake-hunter2\n\n")
    told = refusal(Secret("file", ("key",)), config_file)
    assert told == f"The secret file {path} gives more than one line. A secret is one line."


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_use_is_refused(config_file: Path, mode: int) -> None:
    path = put(config_file.parent, FAKE.encode(), mode)
    secret = Secret("file", ("key",))
    assert refusal(secret, config_file) == (
        f"The secret file {path} can be used by others (mode {mode:04o}). Run `chmod 600 {path}`."
    )
    assert describe(secret, config_file) == f"file key (can be used by others (mode {mode:04o}))"


def test_the_remedy_is_quoted_for_the_shell(config_file: Path) -> None:
    put(config_file.parent, FAKE.encode(), 0o644, "a key")
    assert f"Run `chmod 600 '{config_file.parent}/a key'`." in refusal(Secret("file", ("a key",)), config_file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty. Put the secret there."),
        (b"\n", "is empty. Put the secret there."),
        (b"\xff\xfe", "gives bytes that are not UTF-8 text."),
        (b"x" * (secrets.LONGEST + 1), "gives more than 64 KiB, which is no secret."),
    ],
)
def test_a_file_without_a_usable_secret_is_told(config_file: Path, content: bytes, words: str) -> None:
    path = put(config_file.parent, content)
    assert refusal(Secret("file", ("key",)), config_file) == f"The secret file {path} {words}"


def test_a_missing_file_a_folder_a_pipe_and_an_unknown_home(config_file: Path) -> None:
    folder = config_file.parent
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe", 0o600)
    (folder / "loop").symlink_to("loop")
    assert refusal(Secret("file", ("none",)), config_file) == f"The secret file {folder}/none is missing."
    assert refusal(Secret("file", ("folder",)), config_file).endswith("is not a regular file.")
    assert refusal(Secret("file", ("pipe",)), config_file).endswith("is not a regular file.")
    assert "cannot be read" in refusal(Secret("file", ("loop",)), config_file)
    assert refusal(Secret("file", ("~nobody-here/key",)), config_file).endswith("~nobody-here/key is missing.")
    assert describe(Secret("file", ("none",)), config_file) == "file none (is missing)"


# a command


def test_a_command_gives_its_output_less_one_newline(config_file: Path) -> None:
    secret = command(f"print('{FAKE}')")
    assert resolve(secret, config_file).get_secret_value() == FAKE
    assert describe(secret, config_file) == f"command {PYTHON} (not run)"


def test_a_command_is_run_by_no_shell_and_beside_the_configuration(config_file: Path) -> None:
    script = "import os, sys; print(sys.argv[1], os.path.realpath(os.getcwd()), end='')"
    secret = Secret("command", (PYTHON, "-c", script, "$HOME; *"))
    assert resolve(secret, config_file).get_secret_value() == f"$HOME; * {config_file.parent.resolve()}"


def test_a_command_has_no_input_and_its_words_are_not_shown(
    config_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = f"import sys; sys.stderr.write('{FAKE}'); print(repr(sys.stdin.read()))"
    assert resolve(command(script), config_file).get_secret_value() == "''"
    assert capfd.readouterr() == ("", "")


def test_a_command_that_fails_is_told_without_its_words(config_file: Path) -> None:
    script = f"import sys; print('{FAKE}'); sys.stderr.write('{FAKE}'); sys.exit(3)"
    assert refusal(Secret("command", (PYTHON, "-c", script)), config_file) == (
        f"The secret's command `{PYTHON}` ended with exit status 3. Run it yourself to see why: "
        "its words are not shown here, as they may hold the secret."
    )


def test_a_command_that_is_killed_is_told(config_file: Path) -> None:
    told = refusal(command("import os; os.kill(os.getpid(), 9)"), config_file)
    assert "ended with signal 9." in told


def test_a_command_that_is_not_there_or_cannot_run(config_file: Path) -> None:
    put(config_file.parent, b"#!/bin/sh\n", 0o600, "no-program")
    assert refusal(Secret("command", ("no-such-program-here", FAKE)), config_file) == (
        "The secret's command `no-such-program-here` was not found. Install it, or write its full path."
    )
    told = refusal(Secret("command", (str(config_file.parent / "no-program"), FAKE)), config_file)
    assert told.endswith("cannot be started: Permission denied.")
    told = refusal(Secret("command", (PYTHON, "\0")), config_file)
    assert told.endswith("cannot be started: its arguments are not usable.")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("pass", "is empty. Put the secret there."),
        ("print('fake-hunter2\\nsecond')", "gives more than one line. A secret is one line."),
        ("import os; os.write(1, b'\\xff')", "gives bytes that are not UTF-8 text."),
    ],
)
def test_a_command_without_a_usable_secret_is_told(config_file: Path, script: str, words: str) -> None:
    assert refusal(command(script), config_file) == f"The secret's command `{PYTHON}` {words}"


def test_a_command_that_never_stops_writing_is_cut(config_file: Path) -> None:
    script = "import os\nwhile True: os.write(1, b'x' * 65536)"
    assert refusal(command(script), config_file).endswith("gives more than 64 KiB, which is no secret.")


@pytest.mark.parametrize(
    "script",
    [
        "import time; time.sleep(3600)",
        f"import os, time; os.write(1, b'{FAKE}'); os.close(1); time.sleep(3600)",
        f"import subprocess, sys; print('{FAKE}'); "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])",
    ],
    ids=["silent", "closes its output and stays", "leaves a child that holds the pipe"],
)
def test_a_command_that_does_not_end_is_ended(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(secrets, "COMMAND_LIMIT", 0.5)
    assert refusal(command(script), config_file) == (
        f"The secret's command `{PYTHON}` did not end within 0.5 s. Run it yourself to see what it waits for."
    )


def test_what_a_command_leaves_behind_is_ended(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "COMMAND_LIMIT", 0.5)
    held = tmp_path / "held"
    script = (
        "import fcntl, subprocess, sys\n"
        f"file = open({str(held)!r}, 'w')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'], pass_fds=[file.fileno()])"
    )
    refusal(command(script), config_file)
    with held.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # granted when the last process that holds it is gone


# the keyring


class FakeKeyring(ModuleType):
    """A keyring with one entry."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.asked: list[tuple[str, str]] = []
        self.failure: Exception | None = None
        self.released = threading.Event()
        self.released.set()

    def get_password(self, service: str, user: str) -> str | None:
        self.released.wait(10)
        self.asked.append((service, user))
        if self.failure:
            raise self.failure
        return FAKE if (service, user) == ("qtydash/shop", "oracle") else None


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    fake = FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", fake)
    return fake


def test_the_keyring_gives_its_entry(config_file: Path, keyring: FakeKeyring) -> None:
    secret = Secret("keyring", ("qtydash/shop/oracle",))
    assert describe(secret, config_file) == "keyring qtydash/shop/oracle (not asked)"
    assert keyring.asked == []
    assert resolve(secret, config_file).get_secret_value() == FAKE


def test_a_keyring_without_the_entry_says_how_to_add_it(config_file: Path, keyring: FakeKeyring) -> None:
    assert refusal(Secret("keyring", ("a b/c",)), config_file) == (
        "The keyring has no entry for a b, user c. Add it with `keyring set 'a b' c`."
    )


def test_a_keyring_that_fails_is_told_without_its_words(config_file: Path, keyring: FakeKeyring) -> None:
    keyring.failure = RuntimeError(FAKE)
    assert refusal(Secret("keyring", ("a/b",)), config_file) == (
        "The keyring could not be asked for a, user b (RuntimeError). Unlock it, then try again."
    )


def test_a_keyring_that_waits_for_somebody_is_not_waited_for(
    config_file: Path, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "KEYRING_LIMIT", 0.1)
    keyring.released.clear()
    try:
        assert refusal(Secret("keyring", ("a/b",)), config_file) == (
            "The keyring could not be asked for a, user b (no answer within 0.1 s). Unlock it, then try again."
        )
    finally:
        keyring.released.set()


def test_the_keyring_library_is_an_extra(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refusal(Secret("keyring", ("a/b",)), config_file) == (
        "A secret is in the keyring, and the keyring library is not installed. "
        "Install it with `pip install 'qtydash[keyring]'`, or keep the secret elsewhere."
    )
