"""What is kept on disk: ``cache.db``, disposable, holds what was last seen.

Reading it needs the standard library only; sqlite-utils is loaded when a file is made or migrated.
"""
