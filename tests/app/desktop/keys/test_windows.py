"""Global keys on Windows, with a stand-in for its library."""

from contextlib import closing

from pytestqt.qtbot import QtBot

from app.desktop.keys.windows import HOTKEY, ONCE, WindowsKeys


class User32:
    """Gives every key but one."""

    def __init__(self) -> None:
        self.given: dict[int, tuple[int, int]] = {}

    def RegisterHotKey(self, window: None, number: int, held: int, code: int) -> bool:
        if code == ord("T"):
            return False
        self.given[number] = held & ~ONCE, code
        return True

    def UnregisterHotKey(self, window: None, number: int) -> None:
        del self.given[number]


def test_keys_are_asked_for_heard_and_given_back(qtbot: QtBot) -> None:
    system, heard, problems = User32(), list[str](), list[dict[str, str]]()
    with closing(WindowsKeys(system)) as keys:
        keys.pressed.connect(heard.append)
        keys.claimed.connect(problems.append)
        keys.claim({"mute": "Ctrl+Alt+M", "toggle": "Ctrl+T", "pause": "F9", "show": "Home"})
        assert system.given == {1: (3, ord("M")), 3: (0, 0x78)}
        assert set(problems[0]) == {"toggle", "show"}
        assert "another program has this key" in problems[0]["toggle"]
        for kind, number in ((HOTKEY, 1), (HOTKEY, 3), (HOTKEY, 2), (15, 1)):
            keys.hear(kind, number)
        assert heard == ["mute", "pause"]
        keys.claim({"pause": "Shift+F1"})
        assert system.given == {1: (4, 0x70)}
    assert system.given == {}
