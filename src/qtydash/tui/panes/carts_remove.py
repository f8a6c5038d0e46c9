"""Taking away what is still open of a cart's gift selections: asked for and staged here, sent from the review.

What only a key asks for is loaded when it does.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from textual import on

from qtydash.domain.cart_removal import closed_words, open_pieces
from qtydash.domain.carts import Cart, GiftSelection, SelectionKey, selections
from qtydash.domain.changes import Intent, Kind
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.vendors import CART
from qtydash.services.carts import removal_intent, removal_of_all_intent, removal_target
from qtydash.tui.batch_ended import BatchEnded
from qtydash.tui.freshness import Freshness
from qtydash.tui.models.carts_removal import (
    Desk,
    Removal,
    Removals,
    Weighed,
    look_there,
    removal_gate,
    removal_of_all_lines,
    weighed,
)
from qtydash.tui.models.change_states import offline_words
from qtydash.tui.panes.base import Pane
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

IN_DOUBT = (
    "A removal from this cart has no known outcome yet, so nobody can tell what another would come on top of."
)


class CartRemovals(Pane[str, Cart]):
    """What the cart pane changes: everything about it but how the cart is shown."""

    vendor = CART
    change_kinds = frozenset({Kind.CART_REMOVE, Kind.CART_REMOVE_ALL})

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.cart)
        self.removals = Removals()

    @property
    @abstractmethod
    def selection_here(self) -> GiftSelection | None:
        """The gift selection under the cursor."""

    @property
    @abstractmethod
    def session(self) -> str | None:
        """The session whose cart is shown, None for a saved order."""

    # What is being changed.

    @property
    def removal(self) -> Removal:
        """What is being removed from the cart that is shown."""
        if self.snapshot is None or self.session is None:
            return Removal()
        return self.removals.of(removal_target(self.snapshot.data.order_id))

    def changes_moved(self) -> None:
        """Show what is staged and under way; when a doubt ends, read the cart again."""
        before, self.removals = self.removals, Removals(*self.own_changes())
        if before == self.removals:
            return
        self.rebuild()
        if before.in_doubt - self.removals.unsettled.keys():
            self.refresh_live()

    @on(BatchEnded)
    def _show_answer(self, message: BatchEnded) -> None:
        """Show the order that the vendor answered. A read that began before it would bring back an older one."""
        ours = [r for r in message.result.results if r.change.intent.kind in self.change_kinds]
        for result in ours:
            if isinstance(result.data, Cart) and result.change.intent.ids["session"] == self.session:
                self.stop_reading()
                self.snapshot = Snapshot(result.data, self.workspace.now(), "live")
                self._took(replace(self.status, trouble="", answered=True))
            if result.words and not message.seen:
                self.notify(result.words, severity="warning", timeout=20, markup=False)
        if ours and not message.seen:
            self.refresh_live()

    def _notice(self, told: Freshness) -> Sequence[Line]:
        # Ours first: there is room for a few lines only, and the vendor's words may fill them.
        lines: list[Line] = []
        if self.removal.in_doubt:
            words = f"A removal from this cart has no known outcome: {look_there(self.keys)}"
            lines.append([Part(words, "$text-error")])
        if self.offline and self.removal.edit:
            lines.append([Part(offline_words(self.keys), "$text-warning")])
        return [*lines, *super()._notice(told)]

    # Removing.

    def why_not(self, id: str) -> str:
        match id:
            case "cart.remove":
                return self._refusal() or self._kept()
            case "cart.remove_all" if self.snapshot is not None:
                return self._refusal() or removal_gate(self.snapshot.data).refusal
            case "cart.remove_all":
                return self._refusal()
            case _:
                return super().why_not(id)

    def _kept(self) -> str:
        """Why nothing of what is under the cursor can be removed, "" when something can."""
        if (selection := self.selection_here) is not None:
            return closed_words(selection)
        what = "What can be removed is open in a gift selection, never a cart line"
        return f"{what}: {self.keys['cart.switch']} goes to them."

    def action_remove(self) -> None:
        """Ask how many open pieces of the selection under the cursor are to go."""
        from qtydash.tui.panes.carts_remove_prompts import QuantityScreen

        selection = self.selection_here
        if selection is None or self.why_not("cart.remove"):
            return
        key, value, count = selection.key, str(self.removal.taken(selection) or 1), open_pieces(selection)
        title = f"Remove {f'1 to {count}' if count > 1 else '1'} of {selection.label}"
        screen = QuantityScreen(title, value, lambda typed: self._weighed(key, typed))
        self.app.push_screen(screen, lambda typed: self._quantity_typed(key, typed))

    def _weighed(self, key: SelectionKey, typed: str) -> Weighed:
        """What is typed, weighed against the cart as it is shown now: it may have been read again meanwhile."""
        found = self._found(key)
        if found is None:
            told = self._refusal() or "This selection is not in the cart any more."
            return Weighed([[Part(told, "$text-error")]], fault=told)
        return weighed(typed, found[1], self._desk)

    def _found(self, key: SelectionKey) -> tuple[Cart, GiftSelection] | None:
        if self.snapshot is None or self._refusal():
            return None
        cart = self.snapshot.data
        return next(((cart, s) for s in selections(cart) if s.key == key), None)

    def _quantity_typed(self, key: SelectionKey, typed: str | None) -> None:
        found = self._found(key)
        if typed is None or found is None or self.snapshot is None or self.session is None:
            return
        told = self._weighed(key, typed)
        if told.takes_back:
            self.workspace.changes.unstage([removal_target(found[0].order_id)])
        elif not told.fault:
            now, seen_at = self.workspace.now(), self.snapshot.fetched_at
            self._stage(removal_intent(self.session, *found, told.quantity, now=now, seen_at=seen_at))

    def action_remove_all(self) -> None:
        """Ask for the count of all that is open in the cart; then all of it is to go."""
        from qtydash.tui.panes.carts_remove_prompts import CountScreen

        if self.snapshot is None or self.why_not("cart.remove_all"):
            return
        snapshot, gate = self.snapshot, removal_gate(self.snapshot.data)
        screen = CountScreen("Remove everything open", gate, removal_of_all_lines(snapshot.data, gate, self._desk))
        self.app.push_screen(screen, lambda typed: self._counted(snapshot) if typed is not None else None)

    def _counted(self, snapshot: Snapshot[Cart]) -> None:
        """It was counted out on ``snapshot``: what the review reads is compared with that."""
        if self.session is not None:
            now, seen_at = self.workspace.now(), snapshot.fetched_at
            self._stage(removal_of_all_intent(self.session, snapshot.data, now=now, seen_at=seen_at))

    @property
    def _desk(self) -> Desk:
        return Desk(self.removal, self.workspace.glyphs, offline_words(self.keys) if self.offline else "")

    def _refusal(self) -> str:
        """Why nothing at all can be removed from what is shown, "" when something can."""
        if self.snapshot is None or self.snapshot.data.is_empty:
            return "There is no cart here to remove anything from."
        if self.session is None:
            why = "This is a saved order, which nothing can be removed from."
            return f"{why} {self.keys['cart.session']} goes to the cart of a session."
        if locked := self.workspace.changes.locked:
            return locked
        return f"{IN_DOUBT} {look_there(self.keys)}" if self.removal.change is not None else ""

    def _stage(self, intent: Intent) -> None:
        from qtydash.services.changes import NotNow
        from qtydash.storage.journal import JournalError

        changes = self.workspace.changes
        try:
            changes.stage(intent)
        except (NotNow, JournalError) as error:
            self._refuse(str(error))
            return
        if changes.locked:
            self.notify(changes.locked, severity="error", markup=False)
        elif self.offline:
            self.notify(offline_words(self.keys), markup=False)

    def _refuse(self, words: str) -> None:
        self.notify(words, severity="warning", markup=False)
