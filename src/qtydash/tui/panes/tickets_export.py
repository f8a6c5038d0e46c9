"""What an export of the tickets pane writes: the days on the screen, as rows and as a page for browsers."""

from collections.abc import Sequence
from dataclasses import replace

from qtydash.domain.tickets import OptionNames, TicketDay
from qtydash.services.heatmap import Shown, heat_map
from qtydash.tui.models.tickets import Matrix


def days_shown(matrix: Matrix) -> list[TicketDay]:
    """The records of the cells that the matrix shows, in its order."""
    cells = (row.day(on) for row in matrix.rows for on in matrix.dates)
    return [
        record
        for day in cells
        if day is not None
        for record in day.records
        if not matrix.view.low_only or record.is_low(matrix.low)
    ]


def browser_page(matrix: Matrix, days: Sequence[TicketDay], product: str, shop: str, names: OptionNames) -> str:
    """The same as a page for browsers. Raises ``TooLarge``."""
    snapshot = replace(matrix.snapshot, data=replace(matrix.snapshot.data, days=tuple(days)))
    shown = Shown(
        product=product,
        shop=shop,
        codes=[row.code for row in matrix.rows],
        dates=matrix.dates,
        names=names,
        low=matrix.low,
        today=matrix.today,
        only="Only days that are low, sold out or oversold are shown." if matrix.view.low_only else "",
    )
    return heat_map(snapshot, shown)
