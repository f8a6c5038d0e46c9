"""The configuration that points all four vendors at a running sandbox."""

import json

from qtydash.sandbox import credentials
from qtydash.sandbox.data import order_qty, tickets

SESSIONS = ("support", "guest", "empty", "odd")
"""Names of the cart sessions: the rich cart, the sample, an empty one, the one whose lists disagree."""


def config_toml(url: str, write: bool = True) -> str:
    """A complete config.toml with one profile, ``sandbox``. Its secrets are plain: keep the file 0600."""
    names = {
        option.code: option.name
        for product in tickets.PRODUCTS
        if product.code in tickets.NAMELESS
        for option in product.options[:1]
    }
    return f"""\
profile = "sandbox"

[profiles.sandbox]
label = "Sandbox"
write = {"true" if write else "false"}

[profiles.sandbox.tickets]
base_url = {_text(url)}
api_key = {_text(credentials.AX_API_KEY)}
channel_code = {_text(credentials.AX_CHANNEL_CODE)}
products = [{{ code = {_text(tickets.PARK)}, name = "Han River day ticket" }}]
option_names = {{ {", ".join(f"{_text(code)} = {_text(name)}" for code, name in names.items())} }}

[profiles.sandbox.gifts]
base_url = {_text(url)}
token = {_text(credentials.SHOPLINE_TOKEN)}
user_agent = {_text(credentials.SHOPLINE_HANDLE)}
languages = ["en", "zh-hant"]

[profiles.sandbox.cart]
base_url = {_text(url)}

[[profiles.sandbox.cart.sessions]]
name = "support"
username = {_text(credentials.CART_AGENT)}
password = {_text(credentials.CART_PASSWORD)}

[[profiles.sandbox.cart.sessions]]
name = "guest"
visitor_id = {_text(credentials.CART_VISITOR)}

[[profiles.sandbox.cart.sessions]]
name = "empty"
username = {_text(credentials.CART_EMPTY)}
password = {_text(credentials.CART_PASSWORD)}

[[profiles.sandbox.cart.sessions]]
name = "odd"
token = {_text(credentials.CART_TOKEN)}

[profiles.sandbox.order_qty]
base_url = {_text(url)}
partner_key = {_text(credentials.BLAZE_PARTNER_KEY)}
developer_key = {_text(credentials.BLAZE_DEVELOPER_KEY)}
products = [
{_products()}
]
"""


def _products() -> str:
    return "\n".join(
        f"  {{ id = {_text(product.id)}, name = {_text(product.name)} }}," for product in order_qty.PRODUCTS
    )


def _text(value: str) -> str:
    # A JSON string is a TOML basic string.
    return json.dumps(value, ensure_ascii=False)
