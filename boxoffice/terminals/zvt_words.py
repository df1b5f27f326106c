"""What a ZVT terminal's numbers mean: why it did not do something, and what it is doing.

English phrases that have a translation; the numbers are those of the protocol's public specification.
"""

from __future__ import annotations

from collections.abc import Mapping


def words(code: int) -> str:
    """What a result means, for the person at the till: an English phrase that has a translation."""
    if code < 0x64:
        return "The bank declined the card."
    return _WORDS.get(code, "The terminal could not do it.")


def is_decline(code: int) -> bool:
    """Whether somebody said no to this card, rather than that it was broken off."""
    return code < 0x64 or code in _CARD


_CARD = frozenset({0x67, 0x68, 0x6E, 0x6F, 0x71, 0x76, 0x78, 0x79, 0x7A, 0xC3, 0xC5, 0xC6, 0xC8, 0xCB, 0xD2})
_WORDS: Mapping[int, str] = {
    **dict.fromkeys((0x64, 0x65, 0x72, 0x73), "The card could not be read."),
    **dict.fromkeys((0x67, 0x68, 0xC5, 0xD2), "This card cannot do that."),
    **dict.fromkeys((0x6E, 0x76, 0x7A), "The terminal does not take this card."),
    0x66: "The terminal failed while it was at work.",
    0x6A: "The terminal's memory is full: close its day.",
    0x6B: "The terminal does not know this till.",
    0x6C: "It was broken off, or took too long.",
    **dict.fromkeys((0x6F, 0xC6, 0xCB), "The terminal does not take this currency."),
    0x71: "There is not enough money on the card.",
    0x77: "The terminal cannot close its day now.",
    0x78: "The card has expired.",
    0x79: "The card is not valid yet.",
    **dict.fromkeys((0x7D, 0x9B, 0xA1, 0xA3), "The terminal cannot reach the bank."),
    **dict.fromkeys((0x83, 0x85, 0x89), "The terminal cannot do that."),
    **dict.fromkeys((0x9C, 0xA0), "The terminal is busy."),
    **dict.fromkeys((0xB1, 0xB2), "The terminal's memory is full: close its day."),
    **dict.fromkeys((0xC3, 0xC8), "The amount is too large or too small for this card."),
    0xCC: "The terminal's printer is not ready: look at its paper.",
    0xF0: "The terminal has to close its day first.",
    0xB4: "It was taken back before.",
    0xB5: "It cannot be taken back.",
}


def doing(code: int) -> str:
    """What it shows in the middle of its work; empty where there is nothing to tell anybody."""
    return DOING.get(code, "") or DOING.get(code & ~_CARD_IN, "")


_CARD_IN = 0x40
"""Added to many of the numbers while the card is still in the terminal."""
DOING: Mapping[int, str] = {
    0x00: "Confirm the amount at the terminal.",
    **dict.fromkeys((0x01, 0x02), "Follow the PIN pad."),
    0x03: "It was not accepted.",
    0x04: "The terminal waits for the bank.",
    0x05: "The terminal takes an earlier payment back.",
    0x06: "The terminal hands in earlier payments.",
    **dict.fromkeys((0x07, 0x08, 0x10), "The terminal does not take this card."),
    0x09: "The card has expired.",
    0x0A: "Please present the card.",
    0x0B: "Take the card out.",
    **dict.fromkeys((0x0C, 0x19), "The card could not be read."),
    **dict.fromkeys((0x0D, 0x12), "The terminal failed while it was at work."),
    **dict.fromkeys((0x0E, 0x17), "Please wait."),
    0x0F: "The terminal closes its day.",
    **dict.fromkeys((0x13, 0x14, 0x16), "This card cannot pay that."),
    0x15: "The PIN was wrong.",
    0x18: "The PIN was wrong too often.",
    **dict.fromkeys((0x1B, 0x1C), "Approved."),
    0x1D: "The bank declined the card.",
    **dict.fromkeys((0xC7, 0xC8, 0xD2), "The terminal calls the bank."),
}
