"""The sandbox's credentials. They open nothing but the sandbox."""

# ruff: noqa: S105

AX_API_KEY = "sandbox-ax-key"
AX_CHANNEL_CODE = "sandbox-channel"

SHOPLINE_TOKEN = "sandbox-shopline-token"
SHOPLINE_HANDLE = "sandbox-shop"

CART_PASSWORD = "sandbox-password"
CART_AGENT = "agent@sandbox.example"
"""Logs in to the rich cart."""
CART_EMPTY = "empty@sandbox.example"
"""Logs in and has no order: 204."""
CART_ODD = "odd@sandbox.example"
"""Logs in to the cart whose lists disagree."""
CART_TOKEN = "sandbox-cart-token"
"""A bearer token made elsewhere: the odd cart, never expires."""
CART_VISITOR = "sandbox-visitor"
"""A visitor id: the document's sample cart."""
CART_ORGANIZATION = "sandbox-org"
"""The only organization the carts belong to; any other is refused with 100095."""

BLAZE_PARTNER_KEY = "sandbox-partner-key"
BLAZE_DEVELOPER_KEY = "sandbox-developer-key"
