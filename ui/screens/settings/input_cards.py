"""The settings of what codes come in by: a camera, a gun that types, and one on a serial line."""

from __future__ import annotations

from collections.abc import Callable

from boxoffice.domain.door import Door
from ui.inputs.lens import AUTO, cameras
from ui.inputs.serial_line import ports
from ui.language import tr
from ui.preferences import Preferences
from ui.screens.page import Card
from ui.widgets.choice import Choice, Number

from .rows import chosen_or_typed, labelled, line, stand_at

SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
"""Bits a second that guns are set to."""
Like = Callable[[dict[str, object]], object]
"""Takes changes of the `Preferences`."""


def camera(preferences: Preferences, like: Like) -> Card:
    """Through which lens codes are read."""
    card = Card()
    card.say(tr("Camera"), "heading")
    box = Choice(tr("Camera"))
    box.setEditable(True)
    box.setInsertPolicy(Choice.InsertPolicy.NoInsert)
    box.addItem(tr("the first there is"), AUTO)
    box.addItem(tr("none"), "")
    for device, name in cameras():
        box.addItem(f"{name} ({device})", device)
    stand_at(box, preferences.camera)
    box.activated.connect(lambda index: like({"camera": str(box.itemData(index) or "")}))
    edit = box.lineEdit()
    if edit is not None:
        edit.setAccessibleName(tr("Camera"))
        edit.editingFinished.connect(lambda: like({"camera": chosen_or_typed(box)}))
    card.words.addLayout(labelled(tr("Look through"), box))
    card.say(tr("A number is a device; a film, a picture or a folder of pictures works too."), "muted")
    return card


def gun(door: Door, preferences: Preferences, set_door: Callable[..., object], like: Like, *, may: bool) -> Card:
    """What a barcode gun types, and where it hangs."""
    card = Card()
    card.say(tr("Barcode gun"), "heading")
    prefix = line(door.prefix, lambda text: set_door(prefix=text), tr("Prefix"), able=may)
    suffix = line(door.suffix, lambda text: set_door(suffix=text), tr("Suffix"), able=may)
    card.words.addLayout(labelled(tr("Prefix"), prefix))
    card.words.addLayout(labelled(tr("Suffix"), suffix))
    least = Number(tr("Shortest code"))
    least.setRange(4, 64)
    least.setValue(preferences.gun_least)
    least.valueChanged.connect(lambda value: like({"gun_least": value}))
    card.words.addLayout(labelled(tr("Shortest code"), least))
    _add_line(card, preferences, like)
    return card


def _add_line(card: Card, preferences: Preferences, like: Like) -> None:
    """For a gun that does not type but stands on a serial port."""
    port = Choice(tr("On a serial line"))
    port.setEditable(True)
    port.setInsertPolicy(Choice.InsertPolicy.NoInsert)
    port.addItem(tr("none"), "")
    for name, called in ports():
        port.addItem(called, name)
    stand_at(port, preferences.gun_port)
    port.activated.connect(lambda index: like({"gun_port": str(port.itemData(index) or "")}))
    edit = port.lineEdit()
    if edit is not None:
        edit.setAccessibleName(tr("On a serial line"))
        edit.editingFinished.connect(lambda: like({"gun_port": chosen_or_typed(port)}))
    card.words.addLayout(labelled(tr("On a serial line"), port))
    speed = Choice(tr("Bits a second"))
    for one in SPEEDS:
        speed.addItem(str(one), one)
    speed.setCurrentIndex(speed.findData(preferences.gun_speed))
    speed.activated.connect(lambda index: like({"gun_speed": speed.itemData(index)}))
    card.words.addLayout(labelled(tr("Bits a second"), speed))
