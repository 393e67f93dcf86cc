"""A person just made: the photo was looked at in the wizard, and nobody has to look again."""

import subprocess
import sys
from pathlib import Path

from core.portrait.judge import open_judge
from core.process.child import ROOT
from core.profile import Profile
from core.record import to_json
from plugins.profiles import Folders

MIRA = ROOT / "plugins" / "cast" / "mira" / "1.jpg"

START = """
import sys
from core.engine.choice import open_stream
from core.profile import Profile
from core.record import from_json
from core.video import VideoFormat
profile = from_json(Profile, sys.argv[1])
stream, _ = open_stream("puppet", profile, VideoFormat(320, 180))
stream.close()
sys.exit("torch" in sys.modules)
"""


def test_the_first_start_after_saving_loads_no_torch(tmp_path: Path) -> None:
    photo = tmp_path / "me.jpg"
    photo.write_bytes(MIRA.read_bytes())
    verdict = open_judge()(photo)
    made = Profile("", "Me", (photo,), "It is me.")
    saved = Folders(tmp_path / "profiles").save(made, {photo: verdict.findings})
    done = subprocess.run([sys.executable, "-c", START, to_json(saved)], cwd=ROOT, timeout=60)
    assert done.returncode == 0
