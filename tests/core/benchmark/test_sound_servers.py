"""Sound servers of our own answer, are killed and come again, and nobody's setting is changed."""

import os
import shutil

import pytest

from core.benchmark.sound_servers import EARS, KINDS, PIPEWIRE, own_server
from core.sound.player import SoundError
from core.sound.virtual_microphone import sinks

NEEDS = {PIPEWIRE: ("pipewire", "pipewire-pulse", "wireplumber", "dbus-run-session")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_of_our_own_can_be_killed_and_started_again(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not all(map(shutil.which, NEEDS.get(kind, (kind,)))):
        pytest.skip(f"{kind} is not installed")
    monkeypatch.setenv("PULSE_SERVER", "unix:/usual")
    with own_server(kind) as server:
        assert [sink.name for sink in sinks()] == [EARS]
        server.kill()
        server.kill()
        with pytest.raises(SoundError):
            sinks()
        server.start()
        assert [sink.name for sink in sinks()] == [EARS]
    assert os.environ["PULSE_SERVER"] == "unix:/usual"
