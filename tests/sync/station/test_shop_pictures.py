"""Pictures of what is for sale, fetched beside everything else."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import Event, Item
from boxoffice.errors import ServerTrouble
from boxoffice.services import hear
from boxoffice.storage import shop_pictures
from sync.shop_pictures import ShopPictures


def _png(colour: str) -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(written, "PNG")
    return written.getvalue()


class Museum:
    """A server that keeps one picture."""

    asked = 0

    def picture(self, address: str) -> bytes:
        self.asked += 1
        if address != "https://shop/shirt.png":
            raise ServerTrouble("Not there", address, "")
        return _png("red")


@pytest.fixture
def app(tmp_path: Any) -> Any:
    with App(Folder(tmp_path)) as opened:
        yield opened


def _sells(app: App, *pictures: str) -> None:
    def put(connection: Any) -> None:
        hear.apply(connection, app.shelf, Event(slug="fair"))
        for number, picture in enumerate(pictures, start=1):
            hear.apply(connection, app.shelf, Item(id=number, event="fair", picture=picture))

    app.write(put).result()


def _there(app: App) -> dict[int, bytes]:
    return app.read(lambda c: shop_pictures.of(c, shop_pictures.named(c, "fair")))


def test_a_picture_is_fetched_once_and_a_broken_one_not_again(app: App) -> None:
    museum = Museum()
    _sells(app, "https://shop/shirt.png", "https://shop/gone.png")
    gallery = ShopPictures(app, museum)
    assert gallery.run(["fair"]) == 2
    assert set(_there(app)) == {1}
    assert gallery.run(["fair"]) == 0
    assert museum.asked == 2


def test_a_picture_may_come_with_the_item_and_another_one_takes_its_place(app: App) -> None:
    inline = "data:image/png;base64," + base64.b64encode(_png("blue")).decode()
    _sells(app, "data:nonsense")
    ShopPictures(app, object()).run(["fair"])
    assert _there(app) == {}
    _sells(app, inline)
    ShopPictures(app, object()).run(["fair"])
    assert _there(app) == {1: _png("blue")}
