"""qtydash: one terminal dashboard for quantities kept in four commerce APIs."""

__version__ = "0.1.0"
