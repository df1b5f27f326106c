"""The page that shows what a printer can: width, letters, sizes, codes, the knife and the drawer."""

from __future__ import annotations

from collections.abc import Iterator

from boxoffice.domain.badges import Align
from boxoffice.domain.documents import TestPage

from .lines import Cell, Code, Columns, Drawer, Feed, Line, Rule, Ruler, Text
from .page import Page

_SAMPLES = (
    "!\"#$%&'()*+,-./ 0123456789 :;<=>?@ [\\]^_`{|}~",
    "äöüß ÄÖÜ àâçéèêëîïôùûœ ñ¿¡ åæø € £ §",
    "ąćęłńóśźż čďěňřšťůž ğış őű șț",
    "Αθήνα Ελλάδα  Київ Москва",
    "会议签到 VIP  東京タワー かな  서울 한국어",
    "שלום עולם  مرحبا بالعالم",
)


def proof(page: Page, document: TestPage) -> Iterator[Line]:
    """Everything that can go wrong on paper, with a line that says how it should look."""
    columns = page.paper.columns
    if document.drawer:
        yield Drawer()
    yield page.middle(page.say("Test page"), bold=True, large=2)
    if document.printer:
        yield page.middle(document.printer, bold=True)
    yield from page.served()
    yield Rule()
    yield Text(page.say("{n} columns: the ruler fills one line to both edges.", n=columns))
    yield Text("".join(str(index % 10) for index in range(1, columns + 1)))
    yield Text("|" + "-" * (columns - 2) + "|")
    yield Rule()
    yield Text(page.say("Letters: no question marks, no boxes, words in their order."))
    yield from (Text(sample) for sample in _SAMPLES)
    yield Columns((Cell("欧阳娜娜 Li"), Cell("1,234.50", 8, Align.RIGHT)))
    yield Columns((Cell("Li Ouyang Nana"), Cell("1,234.50", 8, Align.RIGHT)))
    yield Rule()
    yield Text(page.say("Code pages: each line shows the letters of its own alphabet."))
    yield Ruler()
    yield Rule()
    yield Text(page.say("Bold, double, triple, inverse"), bold=True)
    yield Text("Abg 123", large=2)
    yield Text("Abg 123", large=3)
    yield Text("Abg 123", align=Align.CENTER, inverse=True)
    yield Rule()
    yield Text(page.say("Both codes can be scanned and stand in the middle."))
    yield Code("BOXOFFICE-TEST", caption="BOXOFFICE-TEST")
    yield Feed()
    yield Code("1234567890", bars=True, caption="1234567890")
    yield Feed()
    yield Text(page.say("The knife cuts below this line."), align=Align.CENTER)
