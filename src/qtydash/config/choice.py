"""Which profile is the active one, who said so, and where each of its values comes from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qtydash.config import environment
from qtydash.config.environment import Environment
from qtydash.config.models import Profile, Provenance
from qtydash.config.outline import Place, dotted, values
from qtydash.config.rules import keys as own_keys
from qtydash.domain.names import nearest
from qtydash.domain.text import safe_text


def chosen_profile(
    option: str | None, variable: str | None, file: Mapping[str, Any], names: Sequence[str], path: Path
) -> tuple[str | None, Provenance, str | None]:
    """The active profile's name, who chose it, and what is wrong with the choice."""
    written = file.get("profile")
    if option is not None:
        choice, origin = option, Provenance("command line", "--profile")
    elif variable:
        choice, origin = variable, Provenance("environment", environment.PROFILE)
    elif isinstance(written, str):
        choice, origin = written, Provenance("file", f"{path.name}, profile")
    elif written is not None:
        return None, Provenance("default"), None  # told with the other wrong types
    elif len(names) == 1:
        return names[0], Provenance("default", "the only one"), None
    else:
        return (
            None,
            Provenance("default"),
            (
                f"{path} has several profiles and names none: {', '.join(names)}. "
                'Choose one with --profile, QTYDASH_PROFILE or a first line such as profile = "' + names[0] + '".'
            ),
        )
    if choice in names:
        return choice, origin, None
    near = nearest(choice, names)
    hint = f"Did you mean `{near}`? " if near else ""
    return (
        None,
        origin,
        (
            f"There is no profile {safe_text(choice, 60)!r} (from {origin.where}) in {path}. "
            f"{hint}It has: {', '.join(names)}."
        ),
    )


def origins_of(profile: Profile, said: Environment, file: Mapping[str, Any], path: Path) -> dict[str, Provenance]:
    """Where each value of ``profile`` comes from, and each key of the operator's own."""
    origins = {}
    for place, _ in values(profile):
        variable = said.setter(profile.name, place)
        if variable:
            origins[dotted(place)] = Provenance("environment", variable)
        elif _holds(file, ("profiles", profile.name, *place)):
            origins[dotted(place)] = Provenance(
                "file", f"{path.name}, {dotted(('profiles', profile.name, *place))}"
            )
        else:
            origins[dotted(place)] = Provenance("default")
    own = own_keys(file.get("keys", {}))
    return origins | {f"keys.{id}": Provenance("file", f"{path.name}, keys.{id}") for id in own}


def _holds(tree: Any, place: Place) -> bool:
    for step in place:
        if isinstance(step, int):
            tree = tree[step] if isinstance(tree, list) and step < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree is not None
