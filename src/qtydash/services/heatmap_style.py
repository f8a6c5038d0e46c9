"""How the heat-map page looks: colours that colour-blind eyes tell apart, light, dark and on paper."""

from collections.abc import Mapping

LIGHT: Mapping[str, tuple[str, str]] = {
    "page": ("#ffffff", "#1a1a1a"),
    "head": ("#eef0f2", "#1a1a1a"),
    "weekend": ("#d3d7dc", "#1a1a1a"),
    "a4": ("#eaf5fb", "#1a1a1a"),
    "a3": ("#cfe8f5", "#1a1a1a"),
    "a2": ("#aad5ec", "#1a1a1a"),
    "a1": ("#82bfe0", "#101010"),
    "low": ("#ffcf70", "#1a1a1a"),
    "out": ("#b34700", "#ffffff"),
    "over": ("#54217f", "#ffffff"),
    "odd": ("#ffffff", "#1a1a1a"),
    "none": ("#ffffff", "#6a6a6a"),
}
"""Background and text by the name of what is coloured."""
DARK: Mapping[str, tuple[str, str]] = {
    "page": ("#15171a", "#e8e8e8"),
    "head": ("#24272c", "#e8e8e8"),
    "weekend": ("#3a3f47", "#ffffff"),
    "a4": ("#10242f", "#e8e8e8"),
    "a3": ("#15384b", "#e8e8e8"),
    "a2": ("#1b4d68", "#ffffff"),
    "a1": ("#226487", "#ffffff"),
    "low": ("#ffb938", "#101010"),
    "out": ("#ff7d45", "#101010"),
    "over": ("#c79bf2", "#101010"),
    "odd": ("#15171a", "#ffffff"),
    "none": ("#15171a", "#9a9a9a"),
}


def _variables(palette: Mapping[str, tuple[str, str]]) -> str:
    return "".join(f"--{name}:{ground};--{name}-ink:{ink};" for name, (ground, ink) in palette.items())


_STATES = "".join(
    f".{name}{{background:var(--{name});color:var(--{name}-ink)}}\n"
    for name in ("a4", "a3", "a2", "a1", "low", "out", "over", "odd", "none")
)

STYLE = f"""
:root{{{_variables(LIGHT)}}}
@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}
body{{margin:1rem;background:var(--page);color:var(--page-ink);font:14px/1.4 system-ui,sans-serif}}
h1{{font-size:1.4rem;margin:0 0 .4rem;overflow-wrap:anywhere}}
h2{{font-size:1rem;margin:1rem 0 .3rem}}
figure{{margin:0}}
figcaption p{{margin:.15rem 0;overflow-wrap:anywhere}}
.warning{{border-left:4px solid var(--low);padding-left:.4rem}}
.screen,.both{{overflow:auto;max-height:80vh;margin-top:.6rem;border:1px solid var(--weekend)}}
.paper{{display:none}}
table{{border-collapse:separate;border-spacing:1px;font-variant-numeric:tabular-nums}}
thead{{position:sticky;top:0;z-index:2}}
th{{background:var(--head);color:var(--head-ink);font-weight:600;padding:.1rem .3rem}}
td{{text-align:right;padding:.1rem .3rem;min-width:1.9rem;white-space:nowrap;border-bottom:2px solid transparent}}
th[scope=row],thead tr:first-child>th:first-child{{position:sticky;left:0;z-index:1;text-align:left}}
th[scope=row] bdi{{display:block;width:14rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}}
.sum{{background:var(--head);color:var(--head-ink);font-weight:600}}
.month{{text-align:left}}
.month span{{position:sticky;left:15.5rem}}
{_STATES}.low,.out,.over,.odd{{font-weight:700}}
.odd{{outline:2px solid var(--odd-ink);outline-offset:-2px}}
td.weekend{{border-bottom-color:var(--weekend)}}
.weekend.day,.key.weekend{{background:var(--weekend);color:var(--weekend-ink)}}
.today{{border-left:2px solid var(--page-ink);border-right:2px solid var(--page-ink)}}
.today.day{{text-decoration:underline}}
td.past,.key.past{{font-style:italic;font-weight:400;opacity:.75}}
.legend{{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}}
.legend span{{display:inline-block;min-width:2.2rem;padding:.1rem .3rem;text-align:right}}
.legend .none{{outline:1px dotted var(--none-ink)}}
@page{{size:A4 landscape;margin:10mm}}
@media print{{
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
body{{margin:0;font-size:9px}}
.screen{{display:none}}
.paper{{display:block}}
.both{{overflow:visible;max-height:none;border:0}}
thead,th[scope=row],thead tr:first-child>th:first-child,.month span{{position:static}}
table{{margin-bottom:5mm}}
tr{{break-inside:avoid}}
td,th{{padding:0 .15rem;min-width:0}}
th[scope=row] bdi{{width:8rem}}
}}
"""
