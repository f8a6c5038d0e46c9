"""The products of the tickets pane: what they are called, and which can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtydash.config.errors import ConfigError
from qtydash.domain.errors import VendorError
from qtydash.domain.tickets import TicketProduct, short_code
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.tui.screens.pick import Choice, MoreChoices, PickScreen


class Products:
    """The configured products, then those that the vendor lists."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        section = workspace.profile.tickets
        self._configured = section.products if section is not None else ()
        self._titles: dict[str, str] = {}

    def first(self) -> str | None:
        """The product that was chosen last, else the first configured one."""
        choice = self._workspace.sources.ticket_choice
        last = choice.last() if choice is not None else None
        if last is not None:
            self._titles[last.code] = last.title or last.code
            return last.code
        return self._configured[0].code if self._configured else None

    def name(self, code: str) -> str:
        """The operator's word for a product, the vendor's, or the beginning of its code."""
        named = next((p.name for p in self._configured if p.code == code and p.name), "")
        return named or self._title(code)

    def picker(self) -> PickScreen[str]:
        """Asks for one of the products; those the vendor lists now are added when they come."""
        from qtydash.tui.screens.pick import Choice, PickScreen

        named = [Choice(p.code, p.name or p.code, p.code) for p in self._configured]
        listed = {choice.value for choice in named}
        choices = named + [_choice(p) for p in self._listed() if p.code not in listed]
        return PickScreen("Product", choices, None if self._workspace.offline else self._more)

    def keep(self, code: str) -> None:
        """Remember a choice for the next start; milliseconds."""
        if (choice := self._workspace.sources.ticket_choice) is not None:
            choice.keep(TicketProduct(code, self.name(code)))

    def _title(self, code: str) -> str:
        if code not in self._titles:
            self._titles |= {p.code: p.title for p in self._listed() if p.title}
        return self._titles.setdefault(code, short_code(code))

    def _listed(self) -> Sequence[TicketProduct]:
        reads = self._workspace.sources.ticket_products
        known = reads.cached(None) if reads is not None else None
        return known.data if known is not None else ()

    async def _more(self) -> MoreChoices[str]:
        from qtydash.tui.screens.pick import MoreChoices

        reads = self._workspace.sources.ticket_products
        if reads is None:
            return MoreChoices(())
        try:
            found = await self._workspace.background.run(reads.live(None))
        except VendorError as error:
            return MoreChoices((), error.full)
        except ConfigError as error:
            return MoreChoices((), str(error))
        return MoreChoices([_choice(p) for p in found.data], " ".join(found.warnings))


def _choice(product: TicketProduct) -> Choice[str]:
    from qtydash.tui.screens.pick import Choice

    return Choice(product.code, product.title or product.code, f"{product.city}  {product.code}".strip())
