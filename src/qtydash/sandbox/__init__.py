"""The four vendors' APIs as one small application with its own data: the demo, the tests, and anyone's own.

``app.create_app`` makes it, ``server.SandboxServer`` serves it on 127.0.0.1, ``profile.config_toml`` is the
configuration that fits it, ``credentials`` opens it, ``faults.GRAMMAR`` says how to make things go wrong,
``admin`` lists its own calls. The order of an hour's work with it: start, point a client at it, look at
``GET /_sandbox/ledger``, ``POST /_sandbox/reset``.

What holds for every seed and day, and where the names are:

tickets (``data.tickets``), page_size counts rows in the order option, date; more than 500 is cut to 500
    ``PARK``      14 options, today-30 to today+369, `option_codes`; past the end: no options. ``ADULT`` from today
                  on: 28 of 40 left; sold out; 3 left; 2 oversold; does not add up; no inventory. All options are
                  closed on today+200 to today+202.
    ``AQUARIUM``  480 rows, the older `data` list; past the end: 404
    ``TEMPLE``    9 rows, options without names; past the end: the last page again
    ``TOWER``     120 rows, `data` by option; past the end: no options
    ``CRUISE``    no rows
gifts (``data.gifts``), 320, in this order first
    ``DOCUMENTED`` 10, ``PLENTY`` 21, ``TWIN`` 123 and ``OTHER_TWIN`` 7 with one SKU, ``UNLIMITED``,
    ``NEGATIVE`` -3, ``DRAFT`` 50, ``LOW`` 2
cart (``data.carts``)
    the agent's login: ``RICH_ORDER``, seven selections, four of them open; ``WRONG_PRINTS`` does not add up
    the visitor id: ``SAMPLE_ORDER``, as in the document; the empty login: 204
    the odd login and the token: ``ODD_ORDER``, an orphan in each list, an identifier beyond 32 bits, ``LOCKED``
order_qty (``data.order_qty``), 2,000 rows
    prod-1 1,100 (a list), prod-2 500 (`values`), prod-3 300 (`searchResult`), prod-4 99 (`results`), prod-5 1 (the
    bare object), prod-6 none; ``STALE_CART`` holds three rows of three products

Where the documents are silent the routes say what they do; that is the sandbox's choice, not the vendor's word.
"""
