"""What each pane is for and what its words mean, for someone who sees them for the first time.

``{review}`` and the like stand for the operator's own key of that command.
"""

from collections.abc import Mapping, Sequence

from qtydash.domain.cart_words import GLOSSARY as CART_WORDS
from qtydash.tui.commands import Scope

ABOUT: Mapping[Scope, str] = {
    "everywhere": "Every pane shows what it last saw at once, then reads again, and always says how old that is.",
    "tickets": (
        "Each line is a kind of ticket, each column a day; the number is how many can still be sold for that "
        "day. This pane only reads: nothing can be changed here."
    ),
    "gifts": (
        "Each line is a gift that the shop gives away, with the pieces left of it. Type +3, -4 or =10 on a line "
        "to stage an edit. Nothing is sent before you have seen it in the review ({review}) and applied it there."
    ),
    "cart": (
        "The gifts that promotions promise to one shopper's cart, and its lines. It checks whether the numbers "
        "agree, and can take away pieces that were promised and not chosen yet: staged first, sent from the "
        "review ({review})."
    ),
    "order_qty": (
        "Each line is stock that a shopper's cart holds, so that nobody else can buy it. Carts that were left "
        "hold it for ever: those lines are stale. Mark them and delete them; you see each before anything is sent."
    ),
    "changes": (
        "All that was changed from here, in the order of what needs you: outcomes nobody knows, what is being "
        "sent, what is staged, then the history. It is the journal, written before anything is sent."
    ),
}
"""What one sees and what can be done about it."""

_AGE = (
    ("live 12s", "Read from the vendor 12 seconds ago."),
    ("cached 3h", "Not read in this run yet: what was seen 3 hours ago."),
    ("OFFLINE", "The vendor gives no answer. What is shown is as old as it says."),
    ("ERROR", "The vendor answered, but not with the data: a wrong key, a limit, a fault of theirs."),
    ("incomplete", "Not every page was read, so something may be missing."),
)
_STAGING = (
    ("staged", "Noted down to be changed. Nothing was sent."),
    ("review", "Reads everything staged afresh and shows before and after; only there it is sent ({review})."),
    ("drifted", "It is another number by now than when you staged the edit. The review shows both."),
)
WORDS: Mapping[Scope, Sequence[tuple[str, str]]] = {
    "everywhere": _AGE,
    "tickets": (
        ("option", "A kind of ticket: adult, child, an hour of the day."),
        ("left", "Tickets that can still be sold for that day."),
        ("sold", "Tickets ordered for that day."),
        ("max", "As many as there are in all. Left and sold should make this."),
        ("low", "Few are left: at most as many, or as small a share, as the profile's `low` says."),
        ("oversold", "More were sold than there were, so left is below 0."),
        ("no inventory", "Nothing was ever put on sale for that day, which is not the same as sold out."),
        ("problem", "A day that is low, sold out, oversold, or does not add up."),
        ("moved", "Another number than when you looked last; an arrow says which way."),
        ("sum", "All options of a day together. Options may share one pool, so it may count a piece twice."),
    ),
    "gifts": (
        ("stock", "Pieces left to give away, as the shop counts them."),
        ("low", "Few are left, by the profile's `low`."),
        ("unlimited", "The shop does not count it. It cannot be edited."),
        ("marked", "Chosen for one edit of several ({mark}). Marks change nothing."),
        *_STAGING,
        ("in doubt", "An edit was sent and nobody knows whether it was made. It is in the changes ({changes})."),
    ),
    "cart": (
        *CART_WORDS,
        ("finding", "A number that contradicts another, or a gift that failed."),
        ("session", "Whose cart it is: each session of the profile sees its own."),
        ("saved order", "An order from a file: it can be looked at, not changed."),
        *_STAGING,
    ),
    "order_qty": (
        ("hold", "Stock that a cart keeps from others until it is bought or deleted. BLAZE: order quantity."),
        ("stale", "Not touched for longer than the threshold ({threshold}), and neither bought nor deleted."),
        ("fresh", "Touched not long ago: the shopper may still be there."),
        ("submitted", "Already an order. It is never deleted from here."),
        ("inactive", "Holds nothing any more."),
        ("unknown age", "The vendor tells no time, so nobody can say whether it is stale."),
        ("future", "Touched at a time that has not come yet: a clock is wrong, so its age is not known."),
        ("marked", "Chosen to be deleted ({mark}). Marks change nothing."),
        ("freed", "Pieces that others could buy again once the holds are deleted."),
        ("clean-up", "The deletion of marked holds, one after the other, with a backup file first."),
    ),
    "changes": (
        *_STAGING[:2],
        ("in flight", "Being sent, or about to be."),
        ("unknown", "It was sent, and no answer tells whether it was done. It is never sent again by itself."),
        ("horizon", "The time after which a late answer cannot matter any more: `reconcile_after`."),
        (
            "reconcile",
            "Look what became of an unknown change, by reading ({reconcile}). It is done by itself too.",
        ),
        ("fits applied", "Two reads agree with its having been done; fits not applied: with the opposite."),
        ("undecided", "The reads agree with neither. Only a person can tell."),
        ("verdict", "Your own word on what became of it, with your reason ({verdict})."),
        ("drift", "The number was not what it was when the edit was staged."),
        ("rejected", "The vendor refused it: nothing was changed."),
        ("given up", "It was never sent, and will not be."),
        ("take back", "Stage the opposite of a change that was made ({take_back})."),
        ("locked", "Nothing can be changed from here now; the line above the list says why."),
        ("journal", "The file in which every change is written before it is sent. Nothing in it is rewritten."),
        ("op id", "The name of one change; the vendor sees it as X-Request-Id."),
    ),
}
"""The terms of each pane."""


def filled(words: str, scope: Scope, keys: Mapping[str, str]) -> str:
    """``words`` with the operator's own keys in them."""
    own = {id.rpartition(".")[2]: key for id, key in keys.items() if id.startswith(f"{scope}.")}
    return words.format(**{"review": keys["review"], "changes": keys["pane.changes"], **own})
