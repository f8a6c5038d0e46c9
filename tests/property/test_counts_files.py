"""Any bytes give a report or one clear error, and what the gifts export writes changes nothing when read back."""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from qtydash.domain.gifts import MAX_QUANTITY, Gift
from qtydash.domain.text import safe_text
from qtydash.services import rows
from qtydash.services.counts_file import CountsFileError
from qtydash.services.export import csv_text
from qtydash.services.stock_take import Outcome, StockTake, stock_take

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_OUTSIDE = st.text(max_size=12) | st.text("'=+-@, ;\"\t\r\nab1", max_size=6)
_TEXT = _OUTSIDE.map(safe_text)
"""As the adapters hand it on."""


@st.composite
def _gifts(draw: st.DrawFn) -> Gift:
    unlimited = draw(st.booleans())
    return Gift(
        id=draw(st.text("0123456789abcdef", min_size=4, max_size=24)),
        sku=draw(_TEXT),
        titles=(("en", draw(_TEXT)),),
        status=draw(_TEXT),
        quantity=0 if unlimited else draw(st.integers(-MAX_QUANTITY, MAX_QUANTITY)),
        unlimited=unlimited,
        updated_at=draw(st.none() | st.just(NOW)),
    )


_SHOPS = st.lists(_gifts(), max_size=8, unique_by=lambda gift: gift.id).map(tuple)
_SHOP = (
    Gift("5d8b0a65", "MUG", (("en", "杯子"),), "active", 21, False, None),
    Gift("5d8b0a66", "É", (), "active", 0, True, None),
)
_CELLS = st.sampled_from(
    ["id", "SKU", "qty", "delta", "5d8b0a65", "MUG", "É", "5", "-3", "+4", "'-1", "1,0", '"', ""]
)
_LINES = st.lists(st.lists(_CELLS, max_size=5).map(",".join), max_size=8).map("\n".join)
_ENCODED = st.tuples(_LINES | st.text(), st.sampled_from(["utf-8", "utf-16", "cp950", "latin-1"])).map(
    lambda told: told[0].encode(told[1], "replace")
)
_MARKED = st.tuples(
    st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"sep=;\n"]), st.binary()
).map(b"".join)


def report(data: bytes, shop: tuple[Gift, ...]) -> StockTake | None:
    try:
        return stock_take(data, shop, now=NOW, seen_at=NOW)
    except CountsFileError as error:
        said = str(error)
    assert said == safe_text(said)
    assert said.endswith(".")
    return None


@given(_MARKED | _ENCODED)
@example(b'sku,qty\n"')
@example(b"\xff\xfe\x00\xd8")
@example(b"sku,qty\n\xa3\xb1,5")
def test_any_bytes_give_a_report_or_one_clear_error(data: bytes) -> None:
    found = report(data, _SHOP)
    if found is None:
        return
    targets = [intent.target for intent in found.intents]
    assert len(set(targets)) == len(targets)
    assert len(targets) == sum(row.outcome is Outcome.MATCHED for row in found.rows)
    assert len(found.problems) == len(found.errors)
    assert all(row.words for row in found.errors)
    assert all(words == safe_text(words) for words in found.problems)
    assert [row.line for row in found.rows] == sorted({row.line for row in found.rows})


@given(_SHOPS.filter(bool))
def test_the_export_of_the_gifts_changes_nothing(shop: tuple[Gift, ...]) -> None:
    text = csv_text(rows.GIFT_COLUMNS, rows.gifts(shop, ("en",)))

    found = report(text.encode("utf-8", "backslashreplace"), shop)

    assert found is not None
    assert [(row.gift, row.outcome) for row in found.rows] == [(gift, Outcome.UNCHANGED) for gift in shop]


@given(_SHOPS.filter(bool), st.integers(-9, 9))
def test_a_sku_alone_never_leads_to_another_gift(shop: tuple[Gift, ...], quantity: int) -> None:
    text = csv_text(("sku", "quantity"), [{"sku": gift.sku, "quantity": quantity} for gift in shop])

    found = report(text.encode(), shop)

    assert found is not None
    for row in found.rows:
        if row.gift is not None:
            assert row.given.removeprefix("'") == safe_text(row.gift.sku.strip(), 100).removeprefix("'")
