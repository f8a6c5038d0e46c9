"""What a list of order-quantity records is after some of them were deleted, against what it was before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from qtydash.domain.order_qty import OrderQty, amount
from qtydash.domain.order_qty_sums import Tally, tally
from qtydash.domain.snapshot import plural

Listed = Mapping[str, OrderQty]
"""Records by id, those that are not deleted."""

_IDS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Delta:
    """``gone`` are the records that were to go and are listed no more, ``still`` the ids of those that are.

    ``in_doubt`` of those of unknown outcome are listed no more. ``went`` and ``came`` are other records that
    somebody else took away and brought; ``moved`` counts those that hold another quantity now.
    """

    gone: Tally
    still: tuple[str, ...]
    in_doubt: int
    went: Tally
    came: Tally
    moved: int
    before: Tally
    after: Tally

    @property
    def as_expected(self) -> bool:
        """Whether nothing but what was to go has changed."""
        return not (self.still or self.went.rows or self.came.rows or self.moved)


def delta(before: Listed, after: Listed, deleted: Collection[str], doubtful: Collection[str] = ()) -> Delta:
    """Compare two reads of the same lists around the deletion of the records ``deleted``.

    Whether those of unknown outcome, ``doubtful``, are listed says nothing yet.
    """
    wanted = set(deleted)
    missing = before.keys() - after.keys()
    left = missing - set(doubtful)
    return Delta(
        gone=tally(before[id] for id in before if id in left and id in wanted),
        still=tuple(id for id in before if id in wanted and id in after),
        in_doubt=len(missing) - len(left),
        went=tally(before[id] for id in before if id in left and id not in wanted),
        came=tally(after[id] for id in after if id not in before),
        moved=sum(before[id].quantity != after[id].quantity for id in before.keys() & after.keys()),
        before=tally(before.values()),
        after=tally(after.values()),
    )


def delta_words(found: Delta, deleted: int) -> str:
    """The comparison in sentences: ``12 deleted; the list is 12 rows and 17.5 pieces smaller.``"""
    told = [f"{deleted:,} deleted; the list is {_smaller(found)}."]
    if found.in_doubt:
        verb = "is" if found.in_doubt == 1 else "are"
        told.append(f"{found.in_doubt:,} of unknown outcome {verb} not listed any more.")
    if found.still:
        ids = ", ".join(found.still[:_IDS_TOLD]) + (", ..." if len(found.still) > _IDS_TOLD else "")
        verb = "is" if len(found.still) == 1 else "are"
        told.append(
            f"{len(found.still):,} answered as deleted {verb} still listed ({ids}): look at the vendor's console."
        )
    if others := [
        *([f"{plural(found.came.rows, 'row')} came ({amount(found.came.quantity)})"] if found.came.rows else ()),
        *([f"{plural(found.went.rows, 'row')} went ({amount(found.went.quantity)})"] if found.went.rows else ()),
        *([f"{plural(found.moved, 'row')} changed in quantity"] if found.moved else ()),
    ]:
        told.append(f"Not by this, meanwhile: {', '.join(others)}.")
    return " ".join(told)


def _smaller(found: Delta) -> str:
    rows = found.before.rows - found.after.rows
    with localcontext() as exact:
        exact.prec = 200
        pieces = found.before.quantity - found.after.quantity
    if not rows and not pieces:
        return "as long as before"
    if rows >= 0 and pieces >= 0:
        return f"{plural(rows, 'row')} and {_pieces(pieces)} smaller"
    if rows <= 0 and pieces <= 0:
        return f"{plural(-rows, 'row')} and {_pieces(-pieces)} larger"
    longer = f"{plural(abs(rows), 'row')} {'shorter' if rows > 0 else 'longer'}"
    return f"{longer} and holds {_pieces(abs(pieces))} {'less' if pieces > 0 else 'more'}"


def _pieces(quantity: Decimal) -> str:
    return f"{amount(quantity)} piece{'' if quantity == 1 else 's'}"
