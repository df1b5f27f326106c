"""Reports as files for those who count on: a table, the plain values, and a letter that a mail program opens.

The letter is a draft without sender or receiver, with the report as a PDF in it; nothing is sent from here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import msgspec

from boxoffice.domain.documents import Report
from boxoffice.domain.money import plain

from .phrases import Speech

ENDINGS = (".csv", ".json", ".eml")
_HEAD = ("Section", "Row", "Text", "Count", "Amount", "Currency")


def heading(report: Report, speech: Speech) -> str:
    """What a report is called, in its language."""
    if report.title:
        return speech.say(report.title)
    return speech.say("X report") if report.number is None else speech.say("Z report {n}", n=report.number)


def values(report: Report) -> Mapping[str, Any]:
    """A report for machines: amounts with a point, in the currency's places; titles and labels in English,
    items as they are called on paper.
    """
    return {
        "z": report.number,
        "title": report.title,
        "station": report.station,
        "currency": report.currency,
        "since": report.since.isoformat() if report.since else None,
        "until": report.until.isoformat() if report.until else None,
        "sections": {
            section.title: [
                {
                    "label": row.label,
                    "count": row.count,
                    "amount": None if row.amount is None else plain(row.amount, report.currency),
                    "text": row.text if row.at is None else row.at.isoformat(),
                }
                for row in section.rows
            ]
            for section in report.sections
        },
    }


def as_json(report: Report) -> bytes:
    """The same values as a file."""
    return msgspec.json.format(msgspec.json.encode(values(report)), indent=1) + b"\n"


def as_csv(report: Report) -> bytes:
    """One row for each row of the report, in its language; spreadsheets see by the mark at its start that it is UTF-8.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    speech = Speech(report.locale, report.timezone)
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([speech.say(one) for one in _HEAD])
    for section in report.sections:
        for row in section.rows:
            amount = "" if row.amount is None else plain(row.amount, report.currency)
            written = row.text if row.at is None else speech.moment(row.at)
            texts = (speech.say(section.title), speech.say(row.label), written)
            count = "" if row.count is None else row.count
            table.writerow([*map(harmless, texts), count, amount, report.currency])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that no spreadsheet reckons with: names are typed by anybody."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_mail(report: Report, pdf: bytes) -> bytes:
    """A letter that is not sent yet, for the mail program to open, with the PDF in it."""
    from email.message import EmailMessage
    from email.policy import SMTP

    speech = Speech(report.locale, report.timezone)
    title = heading(report, speech)
    parts = (title, report.letterhead.event, report.station, speech.day(report.at))
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = " · ".join(part for part in parts if part)
    letter["X-Unsent"] = "1"
    letter.set_content(_summary(report, speech))
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename=file_name(report) + ".pdf")
    return letter.as_bytes()


def file_name(report: Report) -> str:
    """What a file of it may be called on every system, without an ending."""
    kind = f"Z-{report.number}" if report.number is not None else (report.title or "X")
    words = (kind, report.station, f"{report.at:%Y-%m-%d}")
    return "-".join("".join(one if one.isalnum() else "-" for one in word) for word in words if word)


def _summary(report: Report, speech: Speech) -> str:
    """The totals as text, so that whoever only reads the letter has them too."""
    lines = [heading(report, speech), ""]
    for section in report.sections[:1]:
        for row in section.rows:
            amount = "" if row.amount is None else speech.money(row.amount, report.currency)
            count = "" if row.count is None else f" ({speech.number(row.count)})"
            lines.append(f"{speech.say(row.label)}{count}: {amount}")
    return "\n".join(lines) + "\n"
