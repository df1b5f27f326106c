"""What a printer of the station is sent: its own language, its own width, a badge on a sheet of its own size."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from boxoffice.domain.badges import Box, Template
from boxoffice.domain.documents import Badge, TestPage
from boxoffice.domain.printing import DRAWER, Job, Language, Printer
from printers.rendering import Renderer

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
BADGE = Badge(
    at=NOW,
    ticket="A-1",
    template=Template(name="Plain", width=54, height=86, elements=(Box(x=10, y=10, width=20, height=20, filled=True),)),
)


@pytest.fixture
def renderer(tmp_path):
    return Renderer(tmp_path)


@pytest.fixture
def job():
    def make(document, kind="receipt"):
        return Job(
            operation="x", kind=kind, document=document, event="", subject="", original="x", printer="", queued_at=NOW,
            changed_at=NOW,
        )  # fmt: skip

    return make


def test_a_badge_for_a_label_printer_is_a_sheet_of_its_own_size(renderer, job):
    labels = Printer(name="Labels", address="cups:Labels", language=Language.PDF)
    made = renderer.data_of(job(BADGE, "badge"), labels)
    assert made.startswith(b"%PDF")
    box = made.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [round(float(one) / 72 * 25.4) for one in box] == [0, 0, 54, 86]
    picture = Image.open(io.BytesIO(renderer.picture_of(BADGE, labels)))
    assert picture.size == (round(54 / 25.4 * 300), round(86 / 25.4 * 300))
    middle = round(20 / 25.4 * 300)
    assert not picture.convert("L").getpixel((middle, middle))


def test_what_goes_to_an_office_printer_is_a4(renderer, job, receipt):
    office = Printer(name="Office", address="cups:Office", language=Language.PDF)
    made = renderer.data_of(job(receipt()), office)
    box = made.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [round(float(one) / 72 * 25.4) for one in box] == [0, 0, 210, 297]


def test_the_drawer_is_opened_by_its_own_job_alone(renderer, job, receipt):
    till = Printer(name="Till", address="tcp://till", drawer=True)
    assert b"\x1bp" in renderer.data_of(job(None, DRAWER), till)
    assert b"\x1bp" not in renderer.data_of(job(receipt()), till)
    assert b"\x1bp" in renderer.data_of(job(TestPage(at=NOW, drawer=True), "test"), till)


def test_a_badge_is_drawn_in_the_dots_of_the_printer(renderer, job):
    coarse, fine = (Printer(name="B", address="tcp://b", profile="default", dots=600, dpi=dpi) for dpi in (203, 300))
    assert len(renderer.data_of(job(BADGE, "badge"), fine)) > 1.5 * len(renderer.data_of(job(BADGE, "badge"), coarse))
