"""The registry of commands: bindings, footer, help and palette are all made from it."""

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding

Scope = Literal["everywhere", "tickets", "gifts", "cart", "order_qty", "changes"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a key does. ``label`` is its word in the footer, ``help`` the sentence in help and palette.

    ``action`` is a Textual action of the app or of the pane the command belongs to. ``footer`` orders it in the
    footer, 0 keeps it out.
    """

    id: str
    key: str
    shown: str
    label: str
    help: str
    action: str
    scope: Scope = "everywhere"
    footer: int = 0


COMMANDS: tuple[Command, ...] = (
    Command("pane.tickets", "1", "1", "tickets", "Go to ticket availability.", "app.pane('tickets')"),
    Command("pane.gifts", "2", "2", "gifts", "Go to gift stock.", "app.pane('gifts')"),
    Command("pane.cart", "3", "3", "cart", "Go to a cart's gift selections.", "app.pane('cart')"),
    Command("pane.order_qty", "4", "4", "order qty", "Go to stock held by carts.", "app.pane('order_qty')"),
    Command("pane.changes", "5", "5", "changes", "Go to the changes made from here.", "app.pane('changes')"),
    Command("refresh", "r", "r", "refresh", "Read again what is on the screen.", "app.refresh_now", footer=30),
    Command("pause", "p", "p", "pause", "Stop or resume the automatic refresh.", "app.pause", footer=80),
    Command("filter", "slash", "/", "filter", "Show only rows with these words.", "app.filter", footer=20),
    Command("sort", "s", "s", "sort", "Sort by the next column.", "app.sort", footer=40),
    Command("copy", "c", "c", "copy", "Copy what the cursor is on.", "app.copy", footer=70),
    Command("export", "e", "e", "export", "Write the rows shown to a CSV or JSON file.", "app.export", footer=60),
    Command("stop", "x", "x", "stop", "Stop the read that is under way.", "app.stop"),
    Command("zoom", "z", "z", "zoom", "Give one pane the whole screen, or give it back.", "app.zoom", footer=90),
    Command("help", "question_mark", "?", "keys", "What every key does here.", "app.help", footer=1),
    Command("quit", "q", "q", "quit", "Leave.", "app.quit", footer=2),
    Command(
        "tickets.product", "P", "P", "product", "Choose the product.", "choose_query", scope="tickets", footer=10
    ),
    Command(
        "tickets.metric",
        "m",
        "m",
        "metric",
        "Show left, sold, percent left, or the maximum.",
        "metric",
        scope="tickets",
        footer=11,
    ),
    Command(
        "tickets.low",
        "l",
        "l",
        "low",
        "Show only days that are low, sold out or oversold.",
        "low",
        scope="tickets",
        footer=12,
    ),
    Command(
        "tickets.calendar",
        "v",
        "v",
        "calendar",
        "Month calendar of this option, then of the sum of options, then the matrix again.",
        "calendar",
        scope="tickets",
        footer=13,
    ),
    Command(
        "tickets.next_problem",
        "n",
        "n",
        "problem",
        "Go to the next day that is low or worse or does not add up.",
        "problem(1)",
        scope="tickets",
        footer=16,
    ),
    Command(
        "tickets.previous_problem",
        "N",
        "N",
        "problem",
        "Go to the problem day before.",
        "problem(-1)",
        scope="tickets",
    ),
    Command("tickets.today", "t", "t", "today", "Go to today.", "today", scope="tickets", footer=15),
    Command(
        "tickets.goto",
        "g",
        "g",
        "go to",
        "Go to a date: 2026-12-24, 12-24, 24, +7 or fri.",
        "go_to",
        scope="tickets",
        footer=14,
    ),
    Command(
        "tickets.earlier", "left_square_bracket", "[", "month", "One month back.", "month(-1)", scope="tickets"
    ),
    Command("tickets.later", "right_square_bracket", "]", "month", "One month on.", "month(1)", scope="tickets"),
    Command("gifts.low", "l", "l", "low", "Show only gifts that are low.", "low", scope="gifts", footer=10),
    Command("cart.session", "S", "S", "session", "Choose whose cart.", "choose_query", scope="cart", footer=10),
    Command(
        "cart.open",
        "O",
        "O",
        "open file",
        "Open a saved order (JSON) instead of a live cart.",
        "open_file",
        scope="cart",
        footer=11,
    ),
    Command(
        "cart.switch",
        "tab",
        "tab",
        "lines",
        "Go from the gift selections to the cart lines, and back.",
        "switch",
        scope="cart",
        footer=12,
    ),
    Command(
        "order_qty.product",
        "P",
        "P",
        "product",
        "Choose the product.",
        "choose_query",
        scope="order_qty",
        footer=10,
    ),
    Command(
        "order_qty.stale",
        "l",
        "l",
        "stale",
        "Show only stale holds.",
        "low",
        scope="order_qty",
        footer=11,
    ),
)

SCOPE_TITLES: dict[Scope, str] = {
    "everywhere": "Everywhere",
    "tickets": "Tickets",
    "gifts": "Gifts",
    "cart": "Cart",
    "order_qty": "Order qty",
    "changes": "Changes",
}


def of_scope(scope: Scope) -> tuple[Command, ...]:
    """The commands of one scope, in registry order."""
    return tuple(c for c in COMMANDS if c.scope == scope)


def bindings(scope: Scope) -> list[Binding]:
    """Textual bindings of one scope, each with its id, so that a keymap can change the key."""
    return [Binding(c.key, c.action, c.label, show=False, id=c.id, tooltip=c.help) for c in of_scope(scope)]


def footer(scope: Scope) -> list[Command]:
    """The commands that the footer shows in a pane, the most useful first."""
    here = [c for c in COMMANDS if c.footer and c.scope in (scope, "everywhere")]
    return sorted(here, key=lambda c: c.footer)
