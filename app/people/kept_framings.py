"""How each person is framed: in the profile where it can be written, otherwise in the settings."""

from dataclasses import replace

from core.profile import Framing, Profile, ProfileStore


class KeptFramings:
    """Remembers framings at once; `write` brings to disk what has not been written yet."""

    def __init__(self, kept: tuple[tuple[str, Framing], ...] = ()) -> None:
        self._kept: dict[str, Framing | None] = dict(kept)
        self._unwritten: dict[str, tuple[ProfileStore, Framing | None]] = {}

    @property
    def kept(self) -> tuple[tuple[str, Framing], ...]:
        """Return those of people whose profiles cannot be written."""
        return tuple((name, framing) for name, framing in self._kept.items() if framing)

    def framed(self, profile: Profile) -> Profile:
        """Return `profile` as it is to be framed."""
        if profile.name in self._unwritten:
            return replace(profile, framing=self._unwritten[profile.name][1])
        return replace(profile, framing=self._kept.get(profile.name, profile.framing))

    def put(self, profile: Profile, framing: Framing | None, store: ProfileStore | None) -> None:
        """Frame `profile` so from now on; `store` is where it can be written, if anywhere."""
        if store:
            self._unwritten[profile.name] = (store, framing)
        elif framing is None and profile.framing is None:
            self._kept.pop(profile.name, None)
        else:
            self._kept[profile.name] = framing

    def write(self) -> list[str]:
        """Write what is not on disk yet; return the names of those written.

        Raises:
            OSError: a profile cannot be written; it stays unwritten.
        """
        written = []
        for name, (store, framing) in list(self._unwritten.items()):
            store.reframe(name, framing)
            del self._unwritten[name]
            written.append(name)
        return written
