"""A thousand names as attendees have them, mistype them, and as somebody with bad intentions would choose them."""

from __future__ import annotations

import unicodedata

from boxoffice.sample_event.names import Dice, load, person

_DICE = Dice(20261121)

_CONTROLS = [f"Eve{chr(code)}Smith" for code in (*range(0x20), *range(0x7F, 0xA0))]

_SEQUENCES = (
    *("\x1bp\x00\x19\xfa", "\x1bp1\x32\x32", "\x10\x14\x01\x00\x01", "\x10\x14\x01\x01\x08", "\x1dV\x00", "\x1dVB\x00"),
    *("\x1dV0", "\x1bi", "\x1bm", "\x1b@", "\x1b@\x1bp0\x01\x01", "\x1b=\x02", "\x1bL", "\x1b{\x01", "\x1bV\x01"),
    *("\x1d(A\x02\x00\x00\x02", "\x1d(k\x03\x001Q0", "\x1dv0\x00\x01\x00\x01\x00\xff", "\x1d8L\xff\xff\xff\xff"),
    *("\x1b*\x21\xff\x03", "\x1dkI\xff{B", "\x1c&", "\x1c.", "\x1bt\x01", "\x1bR\x02", "\x1d!\x77", "\x1dB\x01"),
    *("\x1ba\x02", "\x1bd\xff", "\x1bJ\xff", "\x1be\x09", "\x10\x04\x01", "\x10\x05\x02", "\x10\x14\x02\x01\x08"),
    *("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x1da\xff", "\x1dr1", "\x1d:", "\x1dI\x01", "\x1bc5\x01"),
    *("\r", "\f", "\n", "\x18"),
)
_ORDERS = [name for one in _SEQUENCES for name in (f"Eve {one}Smith", f"{one}", f"王{one}小明", f"Zoë{one}")]

_OTHER_WAY = (
    *("שרה כהן", "דוד בן־גוריון (42)", "محمد علي", "محمد 123 علي", "Sarah כהן", "כהן Sarah 7", "علي (VIP) حسن"),
    *("\u202eevil\u202c Smith", "\u2067שרה\u2069 Lee", "\u200fAda", "فاطمة الزهراء بنت محمد بن عبد الله آل سعود", "ﷺ"),
    *("پگاه", "اردو نستعلیق", "ܐܪܡܝܐ", "ދިވެހި", "ߒߞߏ", "كَتَبَ", "לְחַיִּים", "A" + "\u202e" * 20 + "B"),
)
_STACKED = (
    *("a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308da", "\u0301Ada"),
    *("Z\u0335\u0321͝a\u0338l\u0322g\u0489o", "e" + "\u0301" * 60),
    *(unicodedata.normalize("NFD", one) for one in ("Łódź Ñandú", "Đặng Ngọc Ánh", "Åse Ørsted", "한국어", "がぎぐ")),
    *("ทวีศักดิ์", "สมชาย ใจดี", "राधिका", "क्षत्रिय", "தமிழ்", "മലയാളം", "ខ្មែរ", "မြန်မာ", "བོད་ཡིག", "සිංහල", "বাংলা"),
)
_SIGNS = (
    *("👩‍👩‍👧‍👦 Ada", "🇩🇪🇨🇳", "👍🏽 Max", "1️⃣ Uno", "❤️", "☃", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑‍🚀🧑‍🚀"),
    *("😀" * 40, "\u200d\u200d", "✓ ✗ ★ ☆", "ㄅㄆㄇ", "ᚠᚢᚦ", "አማርኛ"),
    *("𝒜𝒹𝒶 𝕃𝕠𝕧𝕖", "𠮷野家", "㐀㐁", "ⅣⅧ ½ ㎏ ㍿", "ＡＢＣ　ｄｅｆ", "ｶﾅﾓｼﾞ ﾊﾝｶｸ", "カタカナ・ひらがな ー"),
    *("ქართული", "Հայերեն", "ᏣᎳᎩ", "ᠮᠣᠩᠭᠣᠯ", "ꦗꦮ", "𐍈", "€ £ ¥ ₹ ₿ ₺", "§ ¶ † ‡ • …"),
    *("“Ada” ‘Bob’ «Eve» ‚x‘", "– — ‐ ‑ −"),
)
_SPACES = (
    *("Ada\u00a0Lovelace", "Ada\u202fL.", "李\u3000明", "  Ada  ", "\u2003\u2003Bo", "Ada\u00adLove\u00adlace"),
    *("\u200bAda\u200b", "\ufeffAda", "Ada\u2028Lovelace\u2029", "Ada\tLovelace", "Ada\r\nLovelace"),
    *("", " ", "\u3000", "\u2800", "\u3164"),
)
_BROKEN = (
    *("\ud800", "Ada\udfff", "\ufffd", "\ufffe\uffff", "\U0010ffff", "\ue000\uf8ff", "\U000e0041"),
    *("\u0378", "\U000f0000 Li"),
)
_ASKING = ("Who?", "¿Quién?", "?", "???", "？ 何", "\u037e", "؟ من")
_LONG = (
    *(one * 200 for one in "xWiĄ中カ한😀ЖΩא"),
    *(("Wolfeschlegelsteinhausenbergerdorff " * 6)[:200], "محمد " * 40, "Ada " * 50, "a" * 199 + "中", "ก" * 200),
    *("中x" * 100, "e\u0301" * 100, "-" * 200, "😀\u200d" * 66 + "AB", "\x1b" * 200, "王 " * 100),
    "/".join("abcdefghij" * 10),
)


def _people(number: int) -> list[str]:
    names = load()
    tongues = list(dict.fromkeys(names.tongues))
    found = dict.fromkeys(names.unusual)
    while len(found) < number:
        found[person(_DICE, tongues[len(found) % len(tongues)]).name] = None
        if _DICE.chance(0.15):
            found[_DICE.pick(names.companies).shown] = None
    return list(found)


_ODD = [*_CONTROLS, *_ORDERS, *_OTHER_WAY, *_STACKED, *_SIGNS, *_SPACES, *_BROKEN, *_ASKING, *_LONG]

NAMES: list[str] = [*_ODD, *_people(1_000 - len(_ODD))][:1_000]
"""The odd ones first."""
