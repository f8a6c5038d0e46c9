"""Loads the configuration: the command line before the environment, before the file, before the defaults.

Loading fetches no secret and runs nothing. What was found good before is not checked again: checking needs a
library that takes longer to load than the whole of the first picture.
"""

import os
from pathlib import Path

from qtydash.config import children, known_good
from qtydash.config.models import Config, Paths
from qtydash.config.paths import locate


def load(config_file: Path | None = None, profile: str | None = None) -> Config:
    """Load the active profile. ``profile`` is the command line's word, ``config_file`` its file.

    Programs that are started later do not get the variables that its credentials are in. Raises
    ``ConfigMissing`` when there is no file and ``ConfigError`` when something in it or in the
    environment cannot be used.
    """
    config = _loaded(locate(config_file), profile)
    children.withhold(config.profile)
    return config


def _loaded(paths: Paths, profile: str | None) -> Config:
    found = known_good.recalled(paths, os.environ, profile)
    if found is not None:
        return found
    from qtydash.config.validation import validated

    mark = known_good.mark_of(paths, os.environ, profile)
    config = validated(paths, profile)
    if mark is not None and mark == known_good.mark_of(paths, os.environ, profile):
        known_good.remember(paths, mark)
    return config
