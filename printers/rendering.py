"""A document as it comes out of one printer of the station: the bytes, and the picture that shows them beforehand.

Both are made from the same lines, laid out for the printer that is set up now and not for the one that was wanted
when the document was written.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import TypeGuard

import msgspec

from boxoffice.domain.documents import Badge, Copy, Document, Report, TestPage
from boxoffice.domain.printing import DRAWER, Job, Language, Printer
from boxoffice.errors import BadInput, DeviceTrouble, filled
from boxoffice.services.printing import mark_of

from .layout import Pictures, lay_out, no_pictures
from .lines import Drawer, Line
from .profiles import A4, DEFAULT, Profile, prepare, profile

log = logging.getLogger(__name__)

SOMEWHERE = Printer(name="", address="")
"""A usual printer, for a preview where none is set up."""


ENDINGS = (".bin", ".escpos", ".txt", ".pdf", ".png")
"""Of files into which a document can be written; the first two hold what a receipt printer is sent."""
OF_REPORTS = (".csv", ".json", ".eml")
"""Of files into which a report can be written as well: a table, its values, a letter with its PDF."""


_LABEL_DPI = 300


def _is_label(document: Document | None, printer: Printer) -> TypeGuard[Badge]:
    """Whether a sheet is as large as the badge on it: unless the printer is said to take other sheets."""
    return isinstance(document, Badge) and printer.language is Language.PDF and not printer.profile


class Renderer:
    """Makes bytes and pictures. `private` is a folder in which derived facts about printers may be kept.

    `models` is a newer file of printer models, where there is one.
    """

    def __init__(self, private: Path, pictures: Pictures = no_pictures, models: Path | None = None) -> None:
        self._private = private
        self._models = models
        self._pictures = pictures
        self._prepared = False

    def load(self) -> None:
        """Load what makes bytes, which takes a second the first time, and say what is missing for it."""
        from .render import escpos

        escpos.encode((Drawer(),), self._model(SOMEWHERE))
        for trouble in self.missing():
            log.warning("%s", trouble)

    @staticmethod
    def missing() -> list[DeviceTrouble]:
        """What this machine lacks to write every name; nothing on a machine that is set up."""
        from .fonts import missing, unjoined

        return [*missing(), *unjoined()]

    def data_of(self, job: Job, printer: Printer) -> bytes:
        """What is sent for a job. Raises `BadInput` for a printer that is set up as none can be."""
        if _is_label(job.document, printer):
            return self._label(job.document, printer, "PDF")
        model = self._model(printer)
        if job.kind == DRAWER:
            lines: tuple[Line, ...] = (Drawer(),)
        else:
            assert job.document is not None  # noqa: S101 - what waits is kept
            lines = self._lines(job.document, model, mark_of(job))
        if printer.language is Language.PDF:
            from .render import pdf

            return pdf.write(lines, model)
        from .render import escpos

        return escpos.encode(lines, model)

    def picture_of(self, document: Document, printer: Printer, copy: Copy | None = None) -> bytes:
        """What the paper will look like, as PNG."""
        if _is_label(document, printer):
            return self._label(document, printer, "PNG")
        from .render import picture

        model = self._model(printer)
        return picture.png(self._lines(document, model, copy), model)

    def file_of(self, document: Document, printer: Printer, ending: str, copy: Copy | None = None) -> bytes:
        """What a file with this ending holds of it: the printer's bytes, text, a PDF or a picture.

        Raises `BadInput` for another ending, and for a printer that is set up as none can be.
        """
        if isinstance(document, Report) and ending in OF_REPORTS:
            return self._report(document, ending, copy)
        if ending not in ENDINGS:
            raise BadInput(
                filled("Nothing is written into a {what} file", what=ending or "nameless"),
                "",
                filled("Use {names}.", names=", ".join(ENDINGS)),
            )
        if _is_label(document, printer) and ending in (".pdf", ".png"):
            return self._label(document, printer, ending[1:].upper())
        model = self._model(printer)
        lines = self._lines(document, model, copy)
        if ending == ".txt":
            from .render import plain

            return plain.write(lines, model.columns).encode()
        if ending == ".pdf":
            from .render import pdf

            return pdf.write(lines, model)
        if ending == ".png":
            from .render import picture

            return picture.png(lines, model)
        from .render import escpos

        return escpos.encode(lines, model)

    def _report(self, report: Report, ending: str, copy: Copy | None) -> bytes:
        from . import report_files

        if ending == ".csv":
            return report_files.as_csv(report)
        if ending == ".json":
            return report_files.as_json(report)
        sheet = msgspec.structs.replace(SOMEWHERE, language=Language.PDF)
        return report_files.as_mail(report, self.file_of(report, sheet, ".pdf", copy))

    def proof_of(self, document: Document, printer: Printer, copy: Copy | None = None) -> bytes:
        """What comes out, to be seen beforehand: as PNG, and of a printer that takes sheets as the PDF that it gets."""
        if printer.language is not Language.PDF or _is_label(document, printer):
            return self.picture_of(document, printer, copy)
        from .render import pdf

        model = self._model(printer)
        return pdf.write(self._lines(document, model, copy), model)

    def preview(self, job: Job, printer: Printer | None) -> bytes:
        """What a job of the queue will look like, or does, as `proof_of` shows it."""
        assert job.document is not None  # noqa: S101 - whoever asks has looked
        return self.proof_of(job.document, printer or SOMEWHERE, mark_of(job))

    def check(self, printer: Printer) -> None:
        """Whether a printer is set up as one can be. Raises `BadInput`."""
        self._model(printer)

    def models(self) -> dict[str, str]:
        """The models of printers that can be chosen, with their titles."""
        from .profiles import names

        self._prepare()
        return names()

    def _lines(self, document: Document, model: Profile, copy: Copy | None) -> tuple[Line, ...]:
        lines = lay_out(document, model.paper, copy, self._pictures)
        if isinstance(document, TestPage):
            return lines
        # A drawer is opened by a job of its own: at once, and not again because the paper had to wait.
        return tuple(line for line in lines if not isinstance(line, Drawer))

    def _label(self, badge: Badge, printer: Printer, file: str) -> bytes:
        """A badge on a sheet of its own size, in a finer grain than any receipt printer has."""
        from . import badge as badges

        dpi = printer.dpi or _LABEL_DPI
        held = {one: found for one in (*badge.template.pictures, badge.photo) if one and (found := self._pictures(one))}
        made = io.BytesIO()
        badges.draw(badge, dpi, held).save(
            made, file, **({"resolution": dpi} if file == "PDF" else {"dpi": (dpi, dpi)})
        )
        return made.getvalue()

    def _model(self, printer: Printer) -> Profile:
        self._prepare()
        usual = A4.name if printer.language is Language.PDF else DEFAULT
        model = profile(printer.profile or usual, printer.columns or None)
        return msgspec.structs.replace(model, dots=printer.dots or model.dots, dpi=printer.dpi or model.dpi)

    def _prepare(self) -> None:
        if not self._prepared:
            prepare(self._private, self._models)
            self._prepared = True
