"""Programs that are locked away from cameras are found, with what unlocks them."""

from collections.abc import Sequence
from pathlib import Path

from core.doctor.finding import State
from core.doctor.programs import programs
from tests.core.doctor.computers import computer, put

ZOOM = "us.zoom.Zoom"


def install(home: str, root: Path, devices: str, name: str = ZOOM) -> None:
    text = f"[Application]\nname={name}\n\n[Context]\nshared=network;\ndevices={devices}\n"
    put(root, f"{home}/app/{name}/current/active/metadata", text)


def override(root: Path, devices: str, name: str = ZOOM) -> None:
    home = "home/anna/.local/share/flatpak"
    put(root, f"{home}/overrides/{name}", f"[Context]\ndevices={devices}\n")


def test_without_any_all_is_well(tmp_path: Path) -> None:
    assert programs(computer(tmp_path)).state is State.OK
    assert programs(computer(tmp_path, kind="win32")).state is State.SKIPPED


def test_a_flatpak_without_devices_is_told(tmp_path: Path) -> None:
    install("var/lib/flatpak", tmp_path, "dri;")
    install("home/anna/.local/share/flatpak", tmp_path, "all;", "org.mozilla.firefox")
    found = programs(computer(tmp_path))
    assert found.state is State.WARNING
    assert found.sentence == "may not see a virtual camera: Zoom (Flatpak)"
    step = "Run `flatpak override --user --device=all us.zoom.Zoom`, then start Zoom again."
    assert found.remedy == step


def test_the_users_word_on_a_flatpak_is_the_last(tmp_path: Path) -> None:
    install("var/lib/flatpak", tmp_path, "dri;")
    override(tmp_path, "all;")
    assert programs(computer(tmp_path)).state is State.OK
    put(tmp_path, f"var/lib/flatpak/overrides/{ZOOM}", "[Context]\ndevices=!all;\n")
    assert programs(computer(tmp_path)).state is State.OK
    override(tmp_path, "!all;")
    assert programs(computer(tmp_path)).state is State.WARNING


def test_nonsense_in_a_flatpaks_files_does_no_harm(tmp_path: Path) -> None:
    put(tmp_path, f"var/lib/flatpak/app/{ZOOM}/current/active/metadata", "devices=all\n[")
    assert programs(computer(tmp_path)).state is State.WARNING


def test_a_snap_whose_plug_hangs_loose_is_told(tmp_path: Path) -> None:
    slots = {"firefox": ":camera", "zoom-client": "-"}

    def run(command: Sequence[str]) -> str:
        name = command[-1]
        return (
            "Interface     Plug            Slot     Notes\n"
            f"audio-record  {name}:record   -        -\n"
            f"camera        {name}:camera   {slots[name]}  -\n"
        )

    for name in slots:
        (tmp_path / "snap" / name).mkdir(parents=True)
    found = programs(computer(tmp_path, run=run))
    assert found.sentence == "may not see a virtual camera: Zoom (Snap)"
    assert found.remedy == "Run `sudo snap connect zoom-client:camera`, then start Zoom again."


def test_a_snap_that_nobody_answers_for_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "snap/firefox").mkdir(parents=True)
    assert programs(computer(tmp_path)).state is State.OK


def test_fedoras_firefox_asks_for_other_cameras(tmp_path: Path) -> None:
    put(tmp_path, "usr/lib64/firefox/firefox")
    assert programs(computer(tmp_path, "suse")).state is State.OK
    assert "media.webrtc.camera.allow-pipewire" in programs(computer(tmp_path, "fedora")).remedy
