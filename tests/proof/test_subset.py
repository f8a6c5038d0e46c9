"""A part of every figure of the proof, as ``make proof`` runs it; and the page names the figures there are."""

import faulthandler
import re

import pytest

from tests.proof import NAMES, page
from tests.proof.figure import module
from tests.proof.piece import outcome


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_the_figure_holds(name: str) -> None:
    faulthandler.cancel_dump_traceback_later()  # on a busy machine it takes what it takes
    figure = module(name).FIGURE
    told = outcome(name, figure.subset, 0, within=600)
    seeds = "\n".join(f"{page.again(name, each.seed)}: {each.told}" for each in told.failures)
    assert not page.unmet(figure, told), f"{page.unmet(figure, told)}\n{seeds}"
    assert told.ran == figure.subset


def test_the_page_names_the_figures_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)`: ([^|]*) \| [\d,]+ of ([\d,]+) ([^|]*) \|", page.PAGE.read_text("utf-8"), re.M)
    figures = {name: module(name).FIGURE for name in NAMES}
    assert rows == [(name, each.title, f"{each.full:,}", each.unit) for name, each in figures.items()], (
        "docs/proof.md is stale: run `make proof`"
    )
