"""An avatar is opened ahead, and handed over or let go of."""

from functools import partial
from threading import Event

from core.engine.ahead import Ahead
from core.engine.testcard import TestCard
from core.video import VideoFormat
from tests.fakes import until

FORMAT = VideoFormat(64, 36)


class Counted(TestCard):
    """Counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1
        super().close()


def closed_once(card: Counted) -> bool:
    return card.closed == 1


def test_what_was_opened_ahead_is_handed_over() -> None:
    card = Counted(FORMAT)
    ahead = Ahead("card", lambda: (card, "a card"))
    assert ahead.take() == (card, "a card")
    assert card.closed == 0


def test_what_nobody_wants_any_more_is_closed_once_also_while_it_is_opened() -> None:
    for late in (False, True):
        go_on, card = Event(), Counted(FORMAT)

        def open_card(go_on: Event = go_on, card: Counted = card) -> tuple[Counted, str]:
            go_on.wait(60)
            return card, "a card"

        ahead = Ahead("card", open_card)
        if not late:
            go_on.set()
            assert ahead.take()
        ahead.discard()
        go_on.set()
        until(partial(closed_once, card))
        ahead.discard()
        assert card.closed == 1


def test_one_is_opened_after_another_and_none_that_nobody_wants() -> None:
    go_on, opened = Event(), list[str]()

    def open_card(name: str) -> tuple[TestCard, str]:
        go_on.wait(60)
        opened.append(name)
        return TestCard(FORMAT), name

    first = Ahead("first", lambda: open_card("first"))
    second = Ahead("second", lambda: open_card("second"), first)
    second.discard()
    third = Ahead("third", lambda: open_card("third"), second)
    go_on.set()
    taken = third.take()
    assert taken
    assert taken[1] == "third"
    assert opened == ["first", "third"]


def test_one_that_cannot_be_opened_is_none() -> None:
    def refuse() -> tuple[TestCard, str]:
        raise ValueError("there is nobody in the photo")

    assert Ahead("nobody", refuse).take() is None
