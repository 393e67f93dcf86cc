"""The stores of plugins, of which one that raises, hangs or gives rubbish keeps nobody waiting."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from core.plugin import Broken, Found, StorePlugin, store_plugins
from core.profile import NOTHING_FOUND, BadProfile, Framing, Profile
from core.sentence import said
from core.timely import Late, timely

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that opening or listing may take before the store counts as hung."""


class StoreFailed(RuntimeError):
    """A store does not do what it promises; says which, and what is wrong."""


class Stores(NamedTuple):
    """Places where profiles are kept: those that could be opened, by name, and all that exist."""

    opened: dict[str, "CheckedStore"]
    found: Found[StorePlugin]

    @property
    def unreadable(self) -> list[BadProfile]:
        """Those that could not be opened, as people read of them."""
        return [BadProfile(broken.name, _words(broken.error)) for broken in self.found.broken]

    @property
    def problems(self) -> dict[str, BaseException]:
        """What is wrong with which, by name, as far as it is known now."""
        opened = {name: store.problem for name, store in self.opened.items() if store.problem}
        return {**opened, **{broken.name: broken.error for broken in self.found.broken}}


def open_stores(found: Found[StorePlugin] | None = None, patience: float = PATIENCE) -> Stores:
    """Open every place where profiles are kept; what cannot be opened is told."""
    found = found or store_plugins()
    opened, broken = dict[str, CheckedStore](), list(found.broken)
    for name, plugin in found.plugins.items():
        try:
            opened[name] = CheckedStore(plugin.title, aside(plugin.open, patience), patience)
        except Exception as error:
            log.warning("the store %s cannot be opened", name, exc_info=True)
            broken.append(Broken(name, error))
    return Stores(opened, replace(found, broken=tuple(broken)))


def no_stores() -> Stores:
    """Return that there is no place for people."""
    return Stores({}, Found({}, ()))


def all_profiles() -> tuple[list[Profile], list[BadProfile]]:
    """Return the profiles of every store, store by store, and those that cannot be read."""
    stores = open_stores()
    good, bad = list[Profile](), stores.unreadable
    for store in stores.opened.values():
        readable, unreadable = store.profiles()
        good += readable
        bad += unreadable
    return good, bad


class CheckedStore:
    """Satisfies `ProfileStore`: a stranger's, which lists nobody rather than failing."""

    def __init__(self, title: str, store: Any, patience: float = PATIENCE) -> None:
        """Raises: StoreFailed: `store` is none."""
        if not callable(getattr(store, "profiles", None)):
            raise StoreFailed(said("it opens {0}", type(store).__name__))
        self.title, self._store, self._patience = title, store, patience
        self.problem: BaseException | None = None
        """What was wrong when it was listed last."""

    @property
    def writable(self) -> bool:
        return getattr(self._store, "writable", False) is True

    def profiles(self) -> tuple[list[Profile], list[BadProfile]]:
        """See `ProfileStore.profiles`; a failure is one more that cannot be read."""
        try:
            listed = _checked(aside(self._store.profiles, self._patience))
            self.problem = None
            return listed
        except Exception as error:
            log.warning("a store of people cannot be listed", exc_info=True)
            self.problem = error
            return [], [BadProfile(self.title, _words(error))]

    def save(self, profile: Profile, findings: Mapping[Path, bytes] = NOTHING_FOUND) -> Profile:
        """See `ProfileStore.save`."""
        saved = self._store.save(profile, findings)
        if not isinstance(saved, Profile):
            raise StoreFailed(said("{0} gives no profile back", self.title))
        return saved

    def reframe(self, name: str, framing: Framing | None) -> None:
        """See `ProfileStore.reframe`."""
        self._store.reframe(name, framing)

    def remove(self, name: str) -> None:
        """See `ProfileStore.remove`."""
        self._store.remove(name)


def aside(deed: Callable[[], T], patience: float) -> T:
    """Return what `deed` does on a thread of its own, which is left behind if it hangs.

    Raises:
        StoreFailed: it takes longer than `patience` seconds, or ends its thread.
        Exception: what it raises.
    """
    try:
        return timely(deed, patience, "plugin")
    except Late as error:
        raise StoreFailed(said("it does not answer within {0:.0f} seconds", patience)) from error
    except Exception:
        raise
    except BaseException as error:  # a plugin may end its thread, but nobody else's
        raise StoreFailed(said("it has ended itself ({0})", type(error).__name__)) from error


def _checked(listed: Any) -> tuple[list[Profile], list[BadProfile]]:
    try:
        good, bad = listed
        whole = all(isinstance(one, Profile) for one in good)
        whole &= all(isinstance(one, BadProfile) for one in bad)
        if whole:
            return list(good), list(bad)
    except (TypeError, ValueError):
        pass
    raise StoreFailed(said("it gives no list of people"))


def _words(error: BaseException) -> str:
    text = str(error).strip()
    if isinstance(error, (ValueError, OSError, RuntimeError)) and text:
        return text
    return said("it has failed ({0})", f"{type(error).__name__}: {text}")
