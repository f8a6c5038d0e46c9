"""From what a person typed to what a vendor knows: products by code or configured name, sessions by name."""

from collections.abc import Iterable, Sequence

from qtydash.config.models import NamedProduct
from qtydash.domain.names import did_you_mean
from qtydash.domain.text import safe_text


class UnknownName(LookupError):
    """Nothing is called that. The text is a sentence that names the nearest known one."""


def unknown(kind: str, given: str, known: Iterable[str]) -> UnknownName:
    """The sentence for a name that is not among ``known``."""
    names = list(known)
    hint = did_you_mean(given, names) or (f"Known: {', '.join(names)}." if names else f"There is no {kind} yet.")
    return UnknownName(f"There is no {kind} called {safe_text(given, 60)!r}. {hint}")


def product_code(given: str, products: Sequence[NamedProduct]) -> str:
    """The code of the product that ``given`` names: a code, a configured name, or that name in other case.

    What is configured nowhere is taken for a code. Raises ``UnknownName`` when a name stands for several codes.
    """
    if any(product.code == given for product in products):
        return given
    for same in (str, str.casefold):
        codes = sorted(
            {product.code for product in products if product.name and same(product.name) == same(given)}
        )
        if len(codes) > 1:
            raise UnknownName(f"{len(codes)} products are called {given!r}; use a code: {', '.join(codes)}.")
        if codes:
            return codes[0]
    return given


def product_names(products: Iterable[NamedProduct]) -> list[str]:
    """Everything a configured product may be called by."""
    return [name for product in products for name in (product.name, product.code) if name]
