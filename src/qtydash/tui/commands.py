"""The registry of commands: bindings, footer, help, palette, keymap and the key tables are all made from it.

It is one table, which is why it is long.
"""

from collections.abc import Sequence
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
    Command("review", "w", "w", "review", "Review what is staged, then apply it.", "app.review", footer=50),
    Command("unstage", "u", "u", "unstage", "Unstage the last edit.", "app.unstage"),
    Command("unstage_all", "U", "U", "drop all", "Unstage every edit.", "app.unstage_all"),
    Command("take_up", "C", "C", "take up", "Take up a clean-up that stopped before its end.", "app.take_up"),
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
        "tickets.explain",
        "i",
        "i",
        "details",
        "Everything about the day: its codes, the vendor's row, its history; enter does the same.",
        "explain",
        scope="tickets",
        footer=17,
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
        "Go to a date: 2026-12-24, or counted from the day of the cursor 12-24, 24, +7, fri.",
        "go_to",
        scope="tickets",
        footer=14,
    ),
    Command(
        "tickets.earlier", "left_square_bracket", "[", "month", "One month back.", "month(-1)", scope="tickets"
    ),
    Command("tickets.later", "right_square_bracket", "]", "month", "One month on.", "month(1)", scope="tickets"),
    Command(
        "gifts.add",
        "plus",
        "+",
        "add",
        "Add pieces: type +3 on a row, enter stages it; marked rows are changed together.",
        "edit('+')",
        scope="gifts",
        footer=10,
    ),
    Command("gifts.take", "minus", "-", "take", "Take pieces away: -4.", "edit('-')", scope="gifts", footer=11),
    Command("gifts.set", "equals_sign", "=", "set", "Set the stock: =10.", "edit('=')", scope="gifts", footer=12),
    Command(
        "gifts.mark",
        "space",
        "space",
        "mark",
        "Mark the row for one edit of several; escape clears all marks.",
        "mark",
        scope="gifts",
        footer=13,
    ),
    Command("gifts.mark_all", "A", "A", "mark all", "Mark every row that is shown.", "mark_all", scope="gifts"),
    Command(
        "gifts.import",
        "i",
        "i",
        "import",
        "Stage the counts of a file, after a report on what fits.",
        "import",
        scope="gifts",
        footer=15,
    ),
    Command("gifts.low", "l", "l", "low", "Show only gifts that are low.", "low", scope="gifts", footer=14),
    Command("cart.session", "S", "S", "session", "Choose whose cart.", "choose_query", scope="cart", footer=10),
    Command(
        "cart.open",
        "O",
        "O",
        "open",
        "Open a saved order instead of a live cart: a file, or pasted JSON.",
        "open_file",
        scope="cart",
        footer=11,
    ),
    Command(
        "cart.remove",
        "d",
        "d",
        "remove",
        "Take open pieces of the gift selection away: asks how many, and stages it.",
        "remove",
        scope="cart",
        footer=12,
    ),
    Command(
        "cart.remove_all",
        "X",
        "X",
        "remove all",
        "Take everything away that is open in the cart: asks for the count of it, and stages it.",
        "remove_all",
        scope="cart",
        footer=18,
    ),
    Command(
        "cart.switch",
        "tab",
        "tab",
        "lines",
        "Go from the gift selections to the cart lines, and back.",
        "switch",
        scope="cart",
        footer=13,
    ),
    Command(
        "cart.explain",
        "i",
        "i",
        "details",
        "Everything about the selection or line: each number, each rule with its verdict; enter does the same.",
        "explain",
        scope="cart",
        footer=14,
    ),
    Command(
        "cart.next_problem",
        "n",
        "n",
        "problem",
        "Go to the next gift selection that does not fit.",
        "problem(1)",
        scope="cart",
        footer=15,
    ),
    Command(
        "cart.previous_problem",
        "N",
        "N",
        "problem",
        "Go to the one before that does not fit.",
        "problem(-1)",
        scope="cart",
    ),
    Command(
        "cart.difference",
        "D",
        "D",
        "changes",
        "What changed in the cart since it was read before.",
        "difference",
        scope="cart",
        footer=17,
    ),
    Command(
        "cart.raw",
        "J",
        "J",
        "json",
        "The vendor's own answer, to fold, search and copy.",
        "raw",
        scope="cart",
        footer=16,
    ),
    Command(
        "order_qty.product",
        "P",
        "P",
        "product",
        "Choose a product, several, or all.",
        "choose_query",
        scope="order_qty",
        footer=10,
    ),
    Command(
        "order_qty.mark",
        "space",
        "space",
        "mark",
        "Mark the row, or on a heading all rows of the cart; escape clears all marks.",
        "mark",
        scope="order_qty",
        footer=11,
    ),
    Command(
        "order_qty.mark_stale",
        "A",
        "A",
        "all stale",
        "Mark every stale row that is shown, and no other.",
        "mark_stale",
        scope="order_qty",
        footer=12,
    ),
    Command(
        "order_qty.delete",
        "d",
        "d",
        "delete",
        "Delete the marked rows, or what the cursor is on; shows them and asks first.",
        "delete",
        scope="order_qty",
        footer=16,
    ),
    Command(
        "order_qty.delete_cart",
        "D",
        "D",
        "whole cart",
        "Delete the whole cart of the row, rows of products not listed too; shows it and asks first.",
        "delete_cart",
        scope="order_qty",
        footer=17,
    ),
    Command(
        "order_qty.group",
        "G",
        "G",
        "by cart",
        "Group the rows by cart, or list them one by one; enter folds a cart.",
        "group",
        scope="order_qty",
        footer=13,
    ),
    Command(
        "order_qty.fold",
        "F",
        "F",
        "fold",
        "Fold all carts, or unfold them.",
        "fold_all",
        scope="order_qty",
    ),
    Command(
        "order_qty.threshold",
        "T",
        "T",
        "threshold",
        "Change after what time a hold is stale, until you leave.",
        "threshold",
        scope="order_qty",
        footer=14,
    ),
    Command(
        "order_qty.stale",
        "l",
        "l",
        "stale",
        "Show only stale holds.",
        "low",
        scope="order_qty",
        footer=15,
    ),
    Command(
        "changes.events",
        "i",
        "i",
        "events",
        "All about the change: its request, its quantities, each of its events; enter does the same.",
        "events",
        scope="changes",
        footer=10,
    ),
    Command(
        "changes.reconcile",
        "R",
        "R",
        "reconcile",
        "Read what became of a change whose outcome is not known, once that can be told.",
        "reconcile",
        scope="changes",
        footer=11,
    ),
    Command(
        "changes.verdict",
        "V",
        "V",
        "verdict",
        "Say yourself whether a change was applied, and why; it is written into the journal.",
        "verdict",
        scope="changes",
        footer=12,
    ),
    Command(
        "changes.take_back",
        "B",
        "B",
        "take back",
        "Stage the way back from an applied change, or again one that was not made; asks first.",
        "take_back",
        scope="changes",
        footer=13,
    ),
    Command(
        "changes.drop",
        "d",
        "d",
        "unstage",
        "Unstage the edit under the cursor.",
        "drop",
        scope="changes",
        footer=14,
    ),
    Command(
        "changes.older",
        "M",
        "M",
        "older",
        "Load a thousand older changes.",
        "older",
        scope="changes",
        footer=15,
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


def of_scope(scope: Scope, commands: Sequence[Command] = COMMANDS) -> tuple[Command, ...]:
    """The commands of one scope, in registry order. ``commands`` is the registry with the operator's own keys."""
    return tuple(c for c in commands if c.scope == scope)


def bindings(scope: Scope) -> list[Binding]:
    """Textual bindings of one scope, each with its id, so that a keymap can change the key."""
    return [Binding(c.key, c.action, c.label, show=False, id=c.id, tooltip=c.help) for c in of_scope(scope)]


def footer(scope: Scope, commands: Sequence[Command] = COMMANDS) -> list[Command]:
    """The commands that the footer shows in a pane, the most useful first."""
    here = [c for c in commands if c.footer and c.scope in (scope, "everywhere")]
    return sorted(here, key=lambda c: c.footer)
