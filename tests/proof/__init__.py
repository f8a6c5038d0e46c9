"""The proof: what is promised of writes and of what comes from outside, as figures that anyone can make again.

Each figure is a module here with ``FIGURE``, what it counts and what must be zero, and ``run``. Every case of it
is known by a seed of its own: that of the run, and one more for each case.
"""

WRITES = (
    "fault_schedules",
    "socket_faults",
    "kills",
    "reconciliations",
    "races",
    "damaged_files",
    "interruptions",
)
"""Figures about writes: never doubled, never lost, never in doubt without saying so."""
OUTSIDE: tuple[str, ...] = (
    "hostile_screens",
    "hostile_output",
    "fuzzed_inputs",
    "hostile_servers",
    "hostile_ids",
    "secret_canary",
    "random_keys",
    "mutants",
)
"""Figures about what comes from outside: texts, ids, servers, secrets; and about the proof's own teeth."""
NAMES = WRITES + OUTSIDE
"""The modules, in the order of the page."""
