"""Fetches a credential from where the configuration says it is, when it is first needed.

What is fetched leaves as ``SecretStr`` only; no error, description or log line holds it. Errors are raised
outside the ``except`` that found them, so that no chained exception carries the bytes along.
"""

import atexit
import contextlib
import functools
import importlib
import os
import queue
import selectors
import shlex
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

from pydantic import SecretStr

from qtydash.config import children
from qtydash.config.errors import SecretError
from qtydash.config.models import Secret
from qtydash.domain.text import safe_text

COMMAND_LIMIT = 10.0
"""Seconds a command may take."""
KEYRING_LIMIT = 3.0
"""Seconds the keyring may take."""
LONGEST = 64 * 1024
"""Bytes of the longest credential."""


def resolve(secret: Secret, config_file: Path) -> SecretStr:
    """Fetch the credential. Blocks, for a command up to ten seconds: call it from a thread in the event loop.

    ``config_file`` is the file the secret was written in: a relative ``file`` is looked for beside it, and a
    credential in plain text is taken only when nobody else can read it. Raises ``SecretError``.
    """
    match secret.kind:
        case "plain":
            return _plain(secret.where[0], config_file)
        case "env":
            return _env(secret.where[0])
        case "command":
            return _command(secret.where, config_file)
        case "keyring":
            return _keyring(secret.where[0])
        case "file":
            return _file(secret.where[0], config_file)


def describe(secret: Secret, config_file: Path) -> str:
    """Say where the credential is and whether it seems to be there. Runs no command and asks no keyring."""
    match secret.kind:
        case "plain":
            return f"plain text ({'refused: ' + why if (why := _exposed(config_file)) else 'file is private'})"
        case "env":
            name = secret.where[0]
            return f"env {name} ({'set' if os.environ.get(name) else 'missing'})"
        case "command":
            return f"command {safe_text(secret.where[0])} (not run)"
        case "keyring":
            return f"keyring {safe_text(secret.where[0])} (not asked)"
        case "file":
            path = _beside(secret.where[0], config_file)
            return f"file {safe_text(secret.where[0])} ({_exposed(path) or 'private'})"


def _plain(text: str, config_file: Path) -> SecretStr:
    if why := _exposed(config_file):
        raise SecretError(
            f"A secret stands in plain text in {config_file}, which {why}. "
            f"Run `chmod 600 {shlex.quote(str(config_file))}`."
        )
    return _usable(text, "The secret in the configuration")


def _env(name: str) -> SecretStr:
    text = os.environ.get(name)
    if text is None:
        raise SecretError(f"The environment variable {name} is not set. Set it, then start qtydash again.")
    return _usable(text, f"The environment variable {name}")


def _file(where: str, config_file: Path) -> SecretStr:
    path = _beside(where, config_file)
    if why := _exposed(path):
        remedy = f" Run `chmod 600 {shlex.quote(str(path))}`." if "others" in why else ""
        raise SecretError(f"The secret file {path} {why}.{remedy}")
    raw, problem = b"", ""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        problem = f"The secret file {path} cannot be read: {error.strerror}."
    if problem:
        raise SecretError(problem)
    return _decoded(raw, f"The secret file {path}")


def _command(arguments: tuple[str, ...], config_file: Path) -> SecretStr:
    name = safe_text(arguments[0], 100)
    raw, status, problem = b"", 0, ""
    try:
        process = subprocess.Popen(  # noqa: S603  the operator's own command, as a list: no shell reads it
            arguments,
            cwd=config_file.parent,
            env=children.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may hold the secret, and it would tear the screen
            start_new_session=True,
        )
    except FileNotFoundError:
        problem = f"The secret's command `{name}` was not found. Install it, or write its full path."
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "its arguments are not usable"
        problem = f"The secret's command `{name}` cannot be started: {words}."
    else:
        finished, raw, status = _output(process)
        if not finished:
            problem = (
                f"The secret's command `{name}` did not end within {COMMAND_LIMIT:g} s. "
                "Run it yourself to see what it waits for."
            )
        elif status:
            how = f"exit status {status}" if status > 0 else f"signal {-status}"
            problem = (
                f"The secret's command `{name}` ended with {how}. Run it yourself to see why: "
                "its words are not shown here, as they may hold the secret."
            )
    if problem:
        raise SecretError(problem)
    return _decoded(raw, f"The secret's command `{name}`")


def _output(process: "subprocess.Popen[bytes]") -> tuple[bool, bytes, int]:
    """Whether the command ended in time, what it wrote (one byte too many when too long), its exit status."""
    deadline = time.monotonic() + COMMAND_LIMIT
    raw, finished = b"", False
    assert process.stdout is not None
    end = functools.partial(_kill, process)
    atexit.register(end)  # whoever waited for it may be gone with the program
    with process, process.stdout as stdout, selectors.DefaultSelector() as selector:
        try:
            selector.register(stdout, selectors.EVENT_READ)
            while len(raw) <= LONGEST and selector.select(max(0.0, deadline - time.monotonic())):
                part = os.read(stdout.fileno(), LONGEST)
                if not part:
                    break
                raw += part
            if len(raw) <= LONGEST:
                process.wait(max(0.0, deadline - time.monotonic()))
            finished = time.monotonic() < deadline
        except subprocess.TimeoutExpired:
            finished = False
        finally:
            _kill(process)
            atexit.unregister(end)
    return finished, raw, 0 if len(raw) > LONGEST else process.returncode


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a command and its children: one of them may hold the pipe open."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _keyring(where: str) -> SecretStr:
    service, _, user = where.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        keyring = None
    if keyring is None:
        raise SecretError(
            "A secret is in the keyring, and the keyring library is not installed. "
            "Install it with `pip install 'qtydash[keyring]'`, or keep the secret elsewhere."
        )
    answers: queue.SimpleQueue[tuple[str | None, str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put((keyring.get_password(service, user), ""))
        except Exception as error:  # noqa: BLE001  back ends raise errors of their own making
            answers.put((None, type(error).__name__))

    # A daemon: a keyring that waits for a person must not keep the program from ending.
    threading.Thread(target=ask, name="keyring", daemon=True).start()
    entry = f"{safe_text(service)}, user {safe_text(user)}"
    try:
        text, failure = answers.get(timeout=KEYRING_LIMIT)
    except queue.Empty:
        text, failure = None, f"no answer within {KEYRING_LIMIT:g} s"
    if failure:
        raise SecretError(f"The keyring could not be asked for {entry} ({failure}). Unlock it, then try again.")
    if text is None:
        raise SecretError(
            f"The keyring has no entry for {entry}. Add it with "
            f"`keyring set {shlex.quote(service)} {shlex.quote(user)}`."
        )
    return _usable(text, f"The keyring's entry for {entry}")


def _decoded(raw: bytes, source: str) -> SecretStr:
    if len(raw) > LONGEST:
        raise SecretError(f"{source} gives more than {LONGEST // 1024} KiB, which is no secret.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise SecretError(f"{source} gives bytes that are not UTF-8 text.")
    return _usable(text.removesuffix("\n").removesuffix("\r"), source)


def _usable(text: str, source: str) -> SecretStr:
    """Refuse what could not be sent in a header: a library's own error would repeat it."""
    if not text:
        raise SecretError(f"{source} is empty. Put the secret there.")
    if "\n" in text or "\r" in text:
        raise SecretError(f"{source} gives more than one line. A secret is one line.")
    if not all(" " <= char < "\x7f" or "\xa0" <= char <= "\xff" for char in text):
        raise SecretError(f"{source} gives characters that cannot be sent (control characters or beyond Latin-1).")
    return SecretStr(text)


def _beside(where: str, config_file: Path) -> Path:
    try:
        return config_file.parent / Path(where).expanduser()
    except RuntimeError:
        return config_file.parent / where


def _exposed(path: Path) -> str | None:
    """Why a secret in this file is not safe; None when it is ours and only we can read it."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    if status.st_uid != os.geteuid():
        return "belongs to another user"
    mode = stat.S_IMODE(status.st_mode)
    return f"can be used by others (mode {mode:04o})" if mode & 0o077 else None
