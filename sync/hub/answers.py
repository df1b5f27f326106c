"""How the hub says no: a status, a word for programs and a sentence for people."""

from __future__ import annotations


class No(Exception):
    """A request that is not fulfilled. Nothing was changed by it."""

    def __init__(self, status: int, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.word = word
        self.sentence = sentence
