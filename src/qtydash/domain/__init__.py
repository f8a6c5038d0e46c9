"""What a ticket day, a gift, a cart's gift selection and an order-quantity row are, and their rules.

Pure Python: no network, no files, no clock of its own, no import from the rest of the package.
"""
