"""Completion in shells: the scripts that are generated, and what they are answered."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def ask(instruction: str, words: str = "") -> str:
    """What the program answers a shell, which shows nothing else of it."""
    position = len(words.split(" ")) - 1
    told = {"_QTYDASH_COMPLETE": instruction, "COMP_WORDS": words, "COMP_CWORD": str(position)}
    code = "import sys; sys.argv = ['qtydash']; from qtydash.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **told}, check=True
    )
    assert done.stderr == ""
    return done.stdout


def choices(words: str) -> list[str]:
    return [line.partition(",")[2] for line in ask("bash_complete", words).split()]


@pytest.mark.parametrize(
    ("shell", "binds"),
    [
        ("bash", "complete -o nosort -F _qtydash_completion qtydash"),
        ("zsh", "#compdef qtydash"),
        ("fish", "complete --no-files --command qtydash"),
    ],
)
def test_the_script_of_each_shell_is_generated(shell: str, binds: str) -> None:
    script = ask(f"{shell}_source")
    assert binds in script
    assert f"_QTYDASH_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("qtydash gi", ["gifts"]),
        ("qtydash order-qty ", ["clean", "list"]),
        ("qtydash tickets show --la", ["--layout"]),
        ("qtydash tickets show --layout ", ["long", "matrix"]),
        ("qtydash gifst ", None),
    ],
)
def test_commands_and_options_are_completed(words: str, found: list[str] | None) -> None:
    if found is None:  # after a word that is no command, any will do, as long as no words tear the line
        choices(words)
    else:
        assert choices(words) == found


def test_profiles_are_completed_from_the_file(home: Path) -> None:
    (home / "config.toml").write_text("[profiles.prod]\n[profiles.test]\n[profiles.preview]\n")
    assert choices("qtydash --profile p") == ["prod", "preview"]
    assert choices("qtydash tickets show --profile ") == ["prod", "test", "preview"]


@pytest.mark.parametrize("text", ["", "profiles = 3", "[profiles", None])
def test_a_file_that_cannot_be_read_completes_nothing(home: Path, text: str | None) -> None:
    if text is not None:
        (home / "config.toml").write_text(text)
    assert choices("qtydash --profile ") == []
