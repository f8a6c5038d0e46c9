"""What an operator must do to let a batch of deletions go: the more there are, the more they must type."""

from dataclasses import dataclass

BUTTON_UP_TO = 1
COUNT_UP_TO = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """``phrase`` must be typed, "" asks for a button only; with a ``refusal`` nothing opens it."""

    phrase: str = ""
    refusal: str = ""

    @property
    def needs_typing(self) -> bool:
        return bool(self.phrase)

    def opens(self, typed: str) -> bool:
        """Whether what was typed lets the batch go. Blanks around it do not matter, nothing else is forgiven."""
        return not self.refusal and typed.strip() == self.phrase


def deletion_gate(count: int, profile: str, max_bulk: int) -> Gate:
    """The gate for deleting ``count`` records at once in ``profile``."""
    if count > max_bulk:
        return Gate(
            refusal=f"{count} deletions are more than the {max_bulk} that profile {profile!r} allows at once. "
            "Take fewer, or raise `max_bulk` in the profile."
        )
    if count <= BUTTON_UP_TO:
        return Gate()
    if count <= COUNT_UP_TO:
        return Gate(str(count))
    return Gate(f"{profile} delete {count}")
