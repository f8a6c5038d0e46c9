"""``python -m tests.proof.outside.launch DEADLINE …``: qtydash with that deadline for a request, in seconds."""

import sys

from qtydash.__main__ import main
from qtydash.adapters.http import VendorClient

if __name__ == "__main__":
    settings = VendorClient.__init__.__kwdefaults__
    assert settings is not None
    assert settings["deadline"]
    settings["deadline"] = float(sys.argv.pop(1))
    sys.exit(main())
