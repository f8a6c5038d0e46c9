"""The measures' own tools, without a clock: a program on a pty is drawn, typed to, waited for and ended."""

import os
import sys
from collections.abc import Iterator

import pytest
from benchmarks import figures
from benchmarks.figures import Effort
from benchmarks.terminal import NotShown, Terminal

ECHO = """
import sys
sys.stdout.write("\\x1b[2J\\x1b[3;5Hsay \\x1b[31msome\\x1b[0mthing: ")
sys.stdout.flush()
for line in sys.stdin:
    size = __import__("os").get_terminal_size()
    print(f"you said {line.strip()} on {size.columns} by {size.lines}", flush=True)
"""


@pytest.fixture
def echo() -> Iterator[Terminal]:
    with Terminal([sys.executable, "-c", ECHO], columns=60, lines=10, environment=dict(os.environ)) as terminal:
        yield terminal


def test_a_screen_is_drawn_as_a_terminal_would(echo: Terminal) -> None:
    echo.wait_for("say something:")

    assert echo.lines[2].startswith("    say something:")
    assert len(echo.lines) == 10
    assert {len(line) for line in echo.lines} == {60}


def test_a_key_is_answered_after_it_is_pressed(echo: Terminal) -> None:
    shown = echo.wait_for("say something:")
    answered = echo.answer("hello\n", "you said hello on 60 by 10")

    assert 0 < shown < echo.now
    assert answered > 0
    assert echo.bytes_written > len("say something: you said hello")


def test_what_never_comes_is_told_with_the_screen(echo: Terminal) -> None:
    echo.wait_for("say something:")
    echo.press("\x04")  # the end of what it reads

    with pytest.raises(NotShown, match=r"ended: a word that never comes(.|\n)*say something:"):
        echo.wait_for("a word that never comes")


def test_leaving_ends_the_program() -> None:
    with Terminal([sys.executable, "-c", ECHO], columns=60, lines=10, environment=dict(os.environ)) as terminal:
        terminal.wait_for("say something:")

    with pytest.raises(ProcessLookupError):
        os.kill(terminal.pid, 0)


def test_a_program_may_ask_what_the_terminal_can_do() -> None:
    asks = "import sys, tty; tty.setraw(0); print('\\x1b[?2026$p', flush=True); print(repr(sys.stdin.read(11)))"
    with Terminal([sys.executable, "-c", asks], columns=60, lines=10, environment=dict(os.environ)) as terminal:
        terminal.wait_for(r"'\x1b[?2026;2$y'")


def test_a_ratio_is_of_medians_and_says_whether_its_target_is_met() -> None:
    row = figures.times("ours", [3.0, 1.0, 2.0], [10.0, 1.0, 1.0], "floor", 2)

    assert (row.result, row.target, row.verdict) == ("2.00 ×", "≤ 2 ×", "met")
    assert figures.times("ours", [3.0], [1.0], "floor", 2).verdict == "missed"
    assert figures.faster("ours", [2.0], [7.0], "floor", 3.5).verdict == "met"
    assert figures.within("ours", [51.0], 50).verdict == "missed"
    assert figures.told("ours", [1.0]).verdict == ""


def test_a_quick_run_is_small() -> None:
    assert Effort().pick(100_000, 5) == 100_000
    assert Effort(quick=True).pick(100_000, 5) == 5
