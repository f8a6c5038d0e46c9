"""What the cursor is on in the list of held stock, in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from qtydash.domain.order_qty import OrderQty, age_words, amount
from qtydash.domain.order_qty_sums import CartHolds, freed
from qtydash.domain.snapshot import plural
from qtydash.tui.models.order_qty import HoldList, states_words
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line


def row_lines(record: OrderQty, listed: HoldList, now: datetime, stale_after: timedelta) -> Sequence[Line]:
    """One record: what it holds, its state and why, when it was touched, its ids."""
    touched = record.last_touched
    when = f", last touched {touched:%Y-%m-%d %H:%M:%S} UTC" if touched else ""
    was = listed.snapshot.previous.get(record.id)
    moved = f" ({amount(was)} at the read before)" if isinstance(was, Decimal) and was != record.quantity else ""
    return [
        [Part(f"{amount(record.quantity)} held by cart {record.consumer_cart_id or '-'}{moved}", "bold")],
        [Part(str(record.why(now, stale_after)))],
        [Part(f"{listed.product(record) or '-'}: age {age_words(touched, now)}{when}")],
        [Part(f"id {record.id}  region {record.region_id or '-'}", "$text-muted")],
        [Part(f"inventory {record.inventory_id or '-'}", "$text-muted")],
    ]


def cart_lines(cart: CartHolds, listed: HoldList, now: datetime, stale_after: timedelta) -> Sequence[Line]:
    """One cart: its rows among the products that are listed, in which states, and what they hold."""
    products = dict.fromkeys(listed.product(record) for record in cart.records)
    total, held, oldest = cart.total, freed(cart.records), age_words(cart.oldest, now)
    return [
        [Part(f"Cart {cart.cart_id}" if cart.cart_id else "Rows that name no cart", "bold")],
        [Part(f"{plural(total.rows, 'row')}: {states_words(cart, now, stale_after)}")],
        [Part(f"{amount(total.quantity)} in all, {amount(held.quantity)} held; oldest {oldest}")],
        [Part(f"Of {', '.join(products)}; rows of products not listed are not counted.", "$text-muted")],
    ]
