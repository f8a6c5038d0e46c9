"""One HTTP client and one file per vendor: wire models in, domain objects out.

Only ``http`` imports httpx; the others can be imported without it, to read a saved answer for example.
"""
