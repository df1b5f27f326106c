"""Days and times as people type them, turned into the form in which answers are kept, and back.

A spin box that shows a dash until something is chosen cannot be typed into, and a clock that shows 00:00 hides
whether anybody has answered. So these are lines; what cannot be understood goes on as it was typed, and whoever
judges the answer says what is wanted.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from PySide6.QtCore import QLocale

from ui.language import locale, on_the_wall


def day_from(typed: str) -> str:
    """`21.11.2026`, `11/21/2026` where months come first, or `21112026`, as 2026-11-21; else what was typed."""
    text = typed.strip()
    digits = re.fullmatch(r"\d{8}", text)
    parts = _cut(text) if digits else re.split(r"\s*[./\-年月 ]\s*", text.rstrip("日."))
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return text
    order = "dMy" if "." in text else _order()
    named = dict(zip("yMd" if len(parts[0]) == 4 else order, map(int, parts), strict=True))
    if named["y"] < 1000:
        return text
    try:
        return date(named["y"], named["M"], named["d"]).isoformat()
    except ValueError:
        return text


def time_from(typed: str) -> str:
    """`1830`, `18.30`, `7:05` or `6:30 pm` as 18:30 and the like; else what was typed."""
    text = typed.strip()
    found = re.fullmatch(r"(\d{1,2})(?:[:.h]?([0-5]\d))?(?::\d\d)?\s*([ap]\.?m\.?)?", text, re.IGNORECASE)
    if found is None or (found[2] is None and not found[3]):
        return text
    hour, half = int(found[1]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return text
    if half:
        hour = hour % 12 + 12 * half.startswith("p")
    return f"{hour:02d}:{found[2] or '00'}" if hour < 24 else text


def moment_from(typed: str) -> str:
    """A day and a time behind it, each as above."""
    found = re.fullmatch(r"(\S+?)[\s,T]+(\d{1,2}[:.h]?\d{2}\s*(?:[ap]\.?m\.?)?)", typed.strip(), re.IGNORECASE)
    return f"{day_from(found[1])} {time_from(found[2])}" if found else typed.strip()


def day_words(kept: str) -> str:
    """A kept day as it would be typed here; what is none stays as it is."""
    try:
        day = date.fromisoformat(kept[:10])
    except ValueError:
        return kept
    written = {"y": f"{day.year:04d}", "M": f"{day.month:02d}", "d": f"{day.day:02d}"}
    return _mark().join(written[part] for part in _order())


def moment_words(kept: str) -> str:
    """A kept moment, on the clock of the events, as it would be typed here."""
    try:
        moment = datetime.fromisoformat(kept)
    except ValueError:
        return kept
    there = on_the_wall(moment) if moment.tzinfo else moment
    return f"{day_words(there.isoformat())} {there:%H:%M}"


def _form() -> str:
    return locale().dateFormat(QLocale.FormatType.ShortFormat)


def _order() -> str:
    """The order in which day, month and year are written here."""
    return "".join(dict.fromkeys(letter for letter in _form() if letter in "dMy"))


def _mark() -> str:
    """What stands between them."""
    found = re.search(r"[./\-]", _form())
    return found[0] if found else "-"


def _cut(digits: str) -> list[str]:
    if digits[:2] in ("19", "20") and _order()[0] == "y":
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]] if _order()[0] != "y" else [digits]
