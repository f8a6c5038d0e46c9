"""What qtydash costs, beside floors and peers in the same run: ``python -m benchmarks`` or ``make bench``."""
