"""The end of a batch, told to its review and to the panes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from qtydash.services.batch import BatchResult


@dataclass
class BatchEnded(Message, bubble=False):
    """The batch is over. ``fault`` says why there is no result; unless it has ``begun``, nothing was sent.
    ``seen`` says whether its review is still open.

    The panes get it too: what the vendor answered is shown before anything is read again.
    """

    result: BatchResult
    fault: str = ""
    begun: bool = True
    seen: bool = True
