"""What can be done to a person in the list: rename, duplicate, remove and bring back, send, get."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.parts.file_dialogs import Place, open_file, save_file
from app.parts.sentences import began, reason, told
from app.people.profile_import import ProfileImport
from app.plain import Label, html, warn
from core.atomic_file import atomic_write
from core.portrait.judge_client import JudgeProcess
from core.portrait.profile_file import SUFFIX, bring_back, packed
from core.profile import Profile, ProfileStore
from core.sentence import said

PEOPLE = Place.DocumentsLocation
"""Where people in a file are kept."""

log = logging.getLogger(__name__)


class Chooser(Protocol):
    """The list, as far as the menu knows it."""

    def profile(self) -> Profile | None: ...

    def store(self) -> ProfileStore | None:
        """Where the one that is chosen can be changed, if it can."""
        ...

    def writable(self) -> ProfileStore | None:
        """Where new people go."""
        ...

    def fill(self, chosen: str) -> None: ...

    def edit_title(self) -> None:
        """Let the name of the one that is chosen be written anew, in its place."""
        ...


class PeopleMenu(QMenu):
    """Acts on the one that is chosen; its keys work in all of `around`."""

    def __init__(self, chooser: Chooser, around: QWidget) -> None:
        super().__init__(around)
        self._chooser, self._around = chooser, around
        self._removed: tuple[ProfileStore, str, bytes] | None = None
        self.rename = self._action(self.tr("Re&name"), self._chooser.edit_title, "F2")
        self.duplicate = self._action(self.tr("&Duplicate"), self._copy)
        self.remove = self._action(self.tr("&Remove"), self._drop, "Del")
        self.addSeparator()
        self.export = self._action(self.tr("E&xport…"), self._send)
        self._action(self.tr("&Import…"), self._receive)
        self.undo = Label()
        """Says what was removed, and takes it back."""
        self.undo.linkActivated.connect(self._bring_back)
        self.undo.setVisible(False)

    @property
    def undoable(self) -> str:
        """What can be taken back, in words; empty if nothing."""
        return self.undo.text() if self._removed else ""

    def show_possible(self) -> None:
        """Offer what can be done to the one that is chosen now."""
        own = self._chooser.store() is not None
        for action in (self.rename, self.remove):
            action.setEnabled(own)
        for action in (self.duplicate, self.export):
            action.setEnabled(self._chooser.profile() is not None)

    def give_title(self, title: str) -> None:
        """Give the one that is chosen another title."""
        profile, store = self._chooser.profile(), self._chooser.store()
        if profile and store:
            self._try(lambda: store.save(replace(profile, title=title)))

    def export_to(self, path: Path) -> None:
        """Write the one that is chosen into a file."""
        if profile := self._chooser.profile():
            try:
                data = packed(profile)
                with atomic_write(path) as part:
                    part.write_bytes(data)
            except (OSError, ValueError) as error:
                warn(self._around, self.tr("Export person"), began(reason(error)))

    def import_from(self, path: Path) -> None:
        """Take over the person in a file, aside; a bad file is told and changes nothing."""
        if store := self._chooser.writable():
            ProfileImport(path, store, JudgeProcess, self._show_imported, self._around).start()

    def _copy(self) -> None:
        profile, store = self._chooser.profile(), self._chooser.writable()
        if profile and store:
            title = told(said("{0} (copy)", profile.title))
            self._try(lambda: store.save(replace(profile, name="", title=title)))

    def _send(self) -> None:
        if profile := self._chooser.profile():
            title, name = self.tr("Export person"), f"{profile.name}{SUFFIX}"
            if path := save_file(self._around, title, self._files(), PEOPLE, name):
                self.export_to(path)

    def _receive(self) -> None:
        title = self.tr("Import person")
        if path := open_file(self._around, title, self._files(), PEOPLE, Path()):
            self.import_from(path)

    def _files(self) -> str:
        return self.tr("People (*{0})").replace("{0}", SUFFIX)

    def _drop(self) -> None:
        profile, store = self._chooser.profile(), self._chooser.store()
        if profile is None or store is None:
            return
        try:
            kept = (store, profile.name, packed(profile, Path.read_bytes))
            store.remove(profile.name)
        except Exception as error:
            log.warning("a person was not removed", exc_info=True)
            warn(self._around, self.tr("Remove person"), began(reason(error)))
        else:
            self._removed = kept
            text = self.tr('{0} was removed. <a href="undo">Undo</a>')
            self.undo.setText(html(text, profile.title))
            self.undo.setVisible(True)
        self._chooser.fill("")

    def _bring_back(self) -> None:
        if self._removed is None:
            return
        store, name, data = self._removed

        def back() -> Profile:
            taken = {profile.name for profile in store.profiles()[0]}
            return bring_back(data, store, "" if name in taken else name)

        if self._try(back):
            self._removed = None
            self.undo.setVisible(False)

    def _show_imported(self, result: Profile | Exception) -> None:
        if isinstance(result, Profile):
            self._chooser.fill(result.name)
        else:
            self._tell_unsaved(result)

    def _try(self, deed: Callable[[], Profile]) -> bool:
        """Show the profile that `deed` stores, or say why it could not; whether it could."""
        try:
            saved = deed()
        except Exception as error:
            log.warning("a person was not saved", exc_info=True)
            self._tell_unsaved(error)
            return False
        self._chooser.fill(saved.name)
        return True

    def _tell_unsaved(self, error: Exception) -> None:
        warn(self._around, self.tr("Not saved"), began(reason(error)))

    def _action(self, text: str, deed: Callable[[], None], keys: str = "") -> QAction:
        action = self.addAction(text)
        action.triggered.connect(deed)
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._around.addAction(action)
        return action
