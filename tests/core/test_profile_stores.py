"""A store of people that raises, hangs or gives rubbish is told, and the others are listed."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.plugin import Broken, Found, StorePlugin
from core.profile import Profile
from core.profile_stores import CheckedStore, StoreFailed, Stores, all_profiles, open_stores
from plugins.profiles import open_built_in


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "core.profile_stores")


class Store:
    """Answers as the test says."""

    writable = True

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.profiles = answer

    def save(self, *_: object) -> None:
        return None


def opened(open_store: Callable[[], Any], patience: float = 20.0) -> Stores:
    plugins = {
        "bad": StorePlugin("bad", "Bad place", open_store),
        "cast": StorePlugin("cast", "Cast", open_built_in),
    }
    return open_stores(Found(plugins, (Broken("worse", ImportError("no module")),)), patience)


def fail(error: BaseException) -> Callable[[], Any]:
    def deed() -> None:
        raise error

    return deed


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("the share is gone"), SystemExit(3)])
def test_one_that_cannot_be_opened_is_told_and_the_others_are_there(error: BaseException) -> None:
    stores = opened(fail(error))
    assert set(stores.opened) == {"cast"}
    assert set(stores.problems) == {"bad", "worse"}
    assert {bad.name for bad in stores.unreadable} == {"bad", "worse"}


@pytest.mark.parametrize("store", [None, 7, object()])
def test_what_is_no_store_is_told(store: object) -> None:
    assert "it opens" in str(opened(lambda: store).problems["bad"])


@pytest.mark.parametrize(
    "answer",
    [fail(KeyError("x")), fail(SystemExit()), lambda: 5, lambda: ([1], []), lambda: ([], [], [])],
)
def test_one_that_cannot_be_listed_is_one_more_that_cannot_be_read(answer: Any) -> None:
    stores = opened(lambda: Store(answer))
    good, (bad,) = stores.opened["bad"].profiles()
    assert (good, bad.name) == ([], "Bad place")
    assert bad.reason
    assert "bad" in stores.problems


def test_one_that_hangs_is_left_behind() -> None:
    free = threading.Event()
    for opening in (free.wait, lambda: Store(free.wait)):
        stores = opened(opening, patience=0.01)
        for store in stores.opened.values():
            store.profiles()
        assert "does not answer within" in str(stores.problems["bad"])
    free.set()


def test_one_that_works_again_has_no_problem_any_more() -> None:
    answers: list[Callable[[], Any]] = [fail(OSError("not there")), lambda: ([], [])]
    stores = opened(lambda: Store(lambda: answers.pop(0)()))
    for expected in (True, False):
        stores.opened["bad"].profiles()
        assert ("bad" in stores.problems) == expected


def test_one_that_saves_nothing_is_told(store: Any, photo: Any) -> None:
    person = Profile("", "Ann", (photo,), "me")
    with pytest.raises(StoreFailed, match="no profile back"):
        CheckedStore("Odd", Store(lambda: ([], []))).save(person)
    assert CheckedStore("Mine", store).save(person).title == "Ann"


def test_our_own_people_are_all_there() -> None:
    good, _ = all_profiles()
    assert {"mira", "theo", "juno"} <= {profile.name for profile in good}
