"""``python -m benchmarks [NAME ...]``: run all measures, or the named ones, and show each figure as it comes."""

import sys

from benchmarks import report

MEASURES = (
    "paint",
    "overview",
    "first_key",
    "live_data",
    "matrix",
    "lists",
    "changed_rows",
    "cache",
    "pages",
    "decode",
    "keys_meanwhile",
    "memory",
    "idle",
    "headless",
)


def main() -> int:
    parser = report.parser()
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(MEASURES)}; all if none")
    parser.add_argument("--write", action="store_true", help="write the page of results")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in MEASURES]:
        parser.error(f"there is no {', '.join(unknown)}")
    if given.write and (given.names or given.quick):
        parser.error("the page of results is written by a whole run only")
    page, whole = report.run(given.names or MEASURES, report.effort_of(given))
    if given.write and whole:
        report.RESULTS.write_text(page, encoding="utf-8")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
