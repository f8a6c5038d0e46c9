"""Gift stock: the list, and edits of it that are staged until they are reviewed.

What only a key asks for is loaded when it does.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.domain.changes import Intent, Kind
from qtydash.domain.gifts import Gift, GiftStock
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import GIFTS
from qtydash.tui.batch_ended import BatchEnded
from qtydash.tui.bindings import bindings
from qtydash.tui.freshness import Freshness
from qtydash.tui.models.change_states import offline_words
from qtydash.tui.models.gifts import GiftList, GiftsView, UnderWay, gifts_table, with_stock
from qtydash.tui.models.gifts_edit import Desk, Offer, Typing, gone, offer
from qtydash.tui.models.marks import Marks, MarkSign
from qtydash.tui.models.table import Table, next_order
from qtydash.tui.panes.base import Shown
from qtydash.tui.panes.gifts_detail import gift_lines
from qtydash.tui.panes.gifts_edit import TYPING, TYPING_ACTIONS, EditableGrid, EditStrip
from qtydash.tui.panes.marking import MarkingPane
from qtydash.tui.typed_path import typed_path
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

NO_GIFT = "There is no gift here to change."


class GiftsPane(MarkingPane[None, tuple[Gift, ...]]):
    """All gifts of the shop with what is left of each, and what is staged for it."""

    scope, number, vendor = "gifts", 2, GIFTS
    fewer_rows = "gifts.low"
    change_kinds = frozenset({Kind.GIFT_ADJUST, Kind.GIFT_SET})
    says_itself = frozenset({"gifts.add", "gifts.take", "gifts.set"})  # in the strip: it must swallow the number
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("gifts"), *TYPING]
    DEFAULT_CSS = """
    GiftsPane > .marks { background: $primary-muted; display: none; }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.gifts)
        self.view = GiftsView()
        self.table: Table[Gift] | None = None
        self.under_way = UnderWay()
        self.typing: Typing | None = None
        self._list = EditableGrid()
        self.listed: GiftList | None = None
        self._coming: GiftList | None = None

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield EditStrip()

    def compose_grids(self) -> ComposeResult:
        yield self._list

    def on_resize(self) -> None:
        if self.snapshot is not None:
            self.call_after_refresh(self.rebuild)

    @property
    def query_ready(self) -> bool:
        return True

    # What is shown.

    def prepare(self, snapshot: Snapshot[tuple[Gift, ...]]) -> None:
        if (section := self.workspace.profile.gifts) is not None:
            self._coming = GiftList(snapshot, section)
            self._coming.prepare()

    def build(self) -> None:
        section = self.workspace.profile.gifts
        if self.snapshot is None or section is None:
            return
        if self.listed is None or self.listed.snapshot is not self.snapshot:
            coming = self._coming
            ready = coming is not None and coming.snapshot is self.snapshot
            self.listed = coming if coming is not None and ready else GiftList(self.snapshot, section)
            self.marks = self.marks.keep_only(self.listed.by_id.keys())
        self.table = gifts_table(
            self.listed,
            replace(self.view, words=self.words),
            self.workspace.glyphs,
            under_way=self.under_way,
            sign=self._sign if self._editable else None,
            width=self.grid.size.width or self.across,
        )
        self.grid.set_model(self.table)
        self.show_marks()
        self._weigh()

    def subject(self) -> str:
        return "low only" if self.view.low_only else ""

    def summary(self) -> str:
        if self.listed is None or self.table is None:
            return ""
        gifts = self.listed.gifts
        shown = f"{self.table.row_count} of " if self.table.row_count != len(gifts) else ""
        staged = f", {len(self.under_way.staged)} staged" if self.under_way.staged else ""
        return f"{shown}{plural(len(gifts), 'gift')}, {self.listed.low_count} low{staged}"

    def nothing_words(self) -> str:
        return "This shop has no gifts."

    def _notice(self, told: Freshness) -> Sequence[Line]:
        lines = super()._notice(told)
        return (
            [[Part(offline_words(self.keys), "$text-warning")], *lines]  # first: there is room for three
            if self.offline and self.under_way.staged
            else lines
        )

    def explain(self) -> Sequence[Line]:
        section, gift = self.workspace.profile.gifts, self._gift
        if self.listed is None or gift is None or section is None or self.typing is not None:
            return ()
        found = self.listed.marks(gift, self.under_way)
        glyphs = self.workspace.glyphs
        return gift_lines(gift, self.listed.snapshot, found, self.under_way, section.languages, glyphs)

    def rows_shown(self) -> Shown:
        from qtydash.services import rows

        shown = self.table.records if self.table is not None else ()
        return Shown(rows.GIFT_COLUMNS, rows.gifts(shown, self._languages))

    def copied_text(self) -> str:
        text = super().copied_text()
        return text.partition("\t")[2] if self._editable else text  # without the column of marks

    def next_sort(self) -> None:
        if self.table is not None:
            self.view = replace(self.view, order=next_order(self.view.order, self.table.sortable))
            self.rebuild()

    def action_low(self) -> None:
        self.view = replace(self.view, low_only=not self.view.low_only)
        self.rebuild()

    @property
    def _gifts(self) -> Mapping[str, Gift]:
        """The gifts by their id."""
        return self.listed.by_id if self.listed is not None else {}

    @property
    def _languages(self) -> Sequence[str]:
        section = self.workspace.profile.gifts
        return section.languages if section else ()

    @property
    def _editable(self) -> bool:
        """Whether this profile may ever change anything."""
        return self.workspace.profile.write

    @property
    def _gift(self) -> Gift | None:
        at = self.grid.cursor_row
        return self.table.records[at] if self.table is not None and at < self.table.row_count else None

    # What is being changed.

    def changes_moved(self) -> None:
        """Show what is staged and under way; when a doubt ends, read the quantities again."""
        before, self.under_way = self.under_way, self._look()
        if before == self.under_way or not self.app.is_running:
            return
        self.rebuild()
        if before.in_doubt - self.under_way.unsettled.keys():
            self.refresh_live()

    @on(BatchEnded)
    def _show_answers(self, message: BatchEnded) -> None:
        """Show what the vendor answered. Where nobody watched to the end, read the quantities again too."""
        told = {stock.id: stock for r in message.result.results if isinstance(stock := r.data, GiftStock)}
        if self.snapshot is not None and told:
            self.snapshot = with_stock(self.snapshot, told)
            self.rebuild()
        if not message.seen:
            self.refresh_live()

    def _look(self) -> UnderWay:
        staged, unsettled = self.own_changes()
        return UnderWay(staged, {target: record.state for target, record in unsettled.items()})

    # Marks.

    def _sign(self, gift: Gift) -> MarkSign:
        return self.marks.sign((gift.id,))

    def marks_line(self) -> Bar:
        return Bar(classes="marks")

    def show_marks(self) -> None:
        bar = self.query_one(".marks", Bar)
        bar.display = bool(self.marks)
        edits = " ".join(self.keys[f"gifts.{how}"] for how in ("add", "take", "set"))
        bar.show(
            [Part(f" {len(self.marks)} marked: the next {edits} changes them all", "bold")],
            [Part("escape clears ", "$text-muted")],
        )

    def action_mark(self) -> None:
        if self._gift is not None:
            self.mark(self.marks.toggle(self._gift.id))

    def action_mark_all(self) -> None:
        if self.table is not None:
            self.mark(self.marks.toggle(*(gift.id for gift in self.table.records)))

    # Edits.

    @property
    def why_held(self) -> str:
        return "" if self.typing is None else "An edit is being typed: enter stages it, escape leaves it."

    def why_not(self, id: str) -> str:
        if not id.startswith("gifts.") or not self.status.configured:
            return super().why_not(id)
        if id == "gifts.low":
            return "" if self.rows_exist else NO_GIFT
        if locked := self.workspace.changes.locked:
            return locked
        if id == "gifts.import":
            return "The gifts were not read yet, so no count can be matched." if self.snapshot is None else ""
        return "" if self._gift is not None or self.marks else NO_GIFT

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While an edit is typed, keys write; else they are commands."""
        return (self.typing is not None) == (action in TYPING_ACTIONS)

    def action_edit(self, sign: str) -> None:
        """Begin an edit of the marked gifts, or of the one under the cursor, with ``sign``."""
        marked = self.marks.of(self._gifts.values(), lambda gift: gift.id)
        ids = tuple(gift.id for gift in marked or filter(None, (self._gift,)))
        if ids:
            self._type(Typing(sign, ids))
        else:
            self.notify(NO_GIFT, markup=False)

    def action_type(self, character: str) -> None:
        if self.typing is not None:
            self._type(self.typing.with_text(character))

    def on_paste(self, event: events.Paste) -> None:
        if self.typing is not None:
            self._type(self.typing.with_text(safe_text(event.text.strip().partition("\n")[0])))

    def action_rub_out(self, everything: bool = False) -> None:
        if self.typing is not None:
            self._type(replace(self.typing, text="") if everything else self.typing.without_last())

    def action_leave_edit(self) -> None:
        """What was typed is gone, marks stay."""
        self._type(None)

    def action_take_edit(self) -> None:
        """Stage what is typed, or say why not."""
        from qtydash.services.changes import NotNow
        from qtydash.storage.journal import JournalError

        if self.typing is None:
            return
        changes, taken = self.workspace.changes, self._offer(self.typing)
        try:
            if taken.unstages:
                changes.unstage([taken.unstages])
            elif taken.intents:
                changes.stage(*taken.intents)
            else:
                self.app.bell()
                return
        except (NotNow, JournalError) as error:
            self.query_one(EditStrip).refuse(str(error))
            return
        if changes.locked:
            self.notify(changes.locked, severity="error", markup=False)
        elif taken.told:
            self.notify(taken.told, markup=False)
        self.mark(Marks())
        self._type(None)

    def _type(self, typing: Typing | None) -> None:
        self.typing = typing
        self._list.held = typing is not None
        self.screen.set_class(typing is not None, "-typing")
        self._weigh()
        self.show_detail()
        self.show_status()

    def _weigh(self) -> None:
        """Show what is typed and what it would do as things stand now."""
        strip = self.query_one(EditStrip)
        if self.typing is None:
            strip.display = False
        else:
            strip.show(self.typing.text, self._offer(self.typing))

    def _offer(self, typing: Typing) -> Offer:
        known = self._gifts
        gifts = [known[id] for id in typing.ids if id in known]
        return offer(typing.text, gifts, self._desk(gifts)) if gifts else gone(len(typing.ids))

    def _desk(self, gifts: Sequence[Gift]) -> Desk:
        shown = {gift.id for gift in self.table.records} if self.table is not None else set()
        now = self.workspace.now()
        return Desk(
            self.under_way,
            self._languages,
            self.workspace.glyphs,
            now,
            self.snapshot.fetched_at if self.snapshot is not None else now,
            self.workspace.changes.locked,
            self.offline,
            sum(gift.id not in shown for gift in gifts),
            self.keys,
        )

    def key_escape(self) -> None:
        if self.typing is None:  # else the edit is left by its own key
            super().key_escape()

    # Counts from a file.

    def action_import(self) -> None:
        """Ask for a file of counts and report on it."""
        from qtydash.tui.panes.gifts_import import counts_prompt

        self.app.push_screen(counts_prompt(), self._counts_named)

    def _counts_named(self, typed: str | None) -> None:
        if typed is not None and self.snapshot is not None:
            self._match_counts(typed, self.snapshot)

    @work(group="import", exclusive=True, exit_on_error=False)
    async def _match_counts(self, typed: str, snapshot: Snapshot[tuple[Gift, ...]]) -> None:
        from qtydash.services.stock_take import CountsFileError
        from qtydash.tui.panes.gifts_import import StockTakeScreen, matched_counts

        now = self.workspace.now()
        try:
            take = await asyncio.to_thread(matched_counts, typed, snapshot, now, self._languages)
        except CountsFileError as error:
            self.notify(str(error), title="Nothing was staged", severity="error", timeout=20, markup=False)
            return
        report = StockTakeScreen(
            typed_path(typed).name,
            take,
            languages=self._languages,
            glyphs=self.workspace.glyphs,
            under_way=self.under_way,
            complete=snapshot.complete,
        )
        self.app.push_screen(report, self._counts_staged)

    def _counts_staged(self, intents: tuple[Intent, ...] | None) -> None:
        from qtydash.services.changes import NotNow
        from qtydash.storage.journal import JournalError

        if intents is None:
            return
        try:
            self.workspace.changes.stage(*intents)
        except (NotNow, JournalError) as error:
            self.notify(f"Nothing was staged. {error}", severity="error", timeout=20, markup=False)
        else:
            words = f"Staged {plural(len(intents), 'edit')} from the file."
            keys = self.keys
            told = offline_words(keys) if self.offline else f"{keys['review']} reviews them."
            self.notify(f"{words} {told}", markup=False)
