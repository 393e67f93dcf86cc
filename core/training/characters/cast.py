"""The drawn characters that come with the program: Juno and Kai."""

from core.training.characters.bob import Bob
from core.training.characters.curls import Curls
from core.training.characters.drawing import Backdrop, Character
from core.training.characters.eyes import EyeLook
from core.training.characters.garments import Build, Cloth, Hoodie, Sweater
from core.training.characters.lips import LipLook
from core.training.characters.locks import Hair
from core.training.characters.shape import Proportions
from core.training.characters.skin import Skin

JUNO = Character(
    name="juno",
    proportions=Proportions(
        face=0.79,
        jaw=0.93,
        chin=0.80,
        nose=0.74,
        nose_tip=-0.012,
        eye=(0.102, 0.091),
        iris=0.0465,
        eye_place=(0.190, -0.128),
        eye_tilt=0.016,
        brow=-0.280,
        brow_slope=-0.006,
        brow_wide=0.028,
        brow_arch=0.030,
        mouth=(0.126, 0.272),
        lips=(0.040, 0.056),
        smile=0.026,
    ),
    skin=Skin("#f2c6a8", "#fde0c9", "#dc987c", "#b56a58", "#ee8f82", "#7a3b34"),
    eyes=EyeLook("#3f7d5c", "#a3d38d", "#2a1620", "#c98a80", "#5b2b46"),
    lips=LipLook("#c4566a", "#dd7585", "#6d2033"),
    hair=Bob(Hair(("#1d0c22", "#431840", "#75295f", "#b04d86", "#e79abb")), 1),
    garment=Sweater(
        Cloth("#f0dfc4", "#fff6e6", "#cdb193", "#8f6f5a", "#c99a3f", "#ffe9a8"),
        Build(shoulders=1.02, neck=0.215, top=0.70),
    ),
    backdrop=Backdrop("#86b3b1", "#4f868d", "#bfdcd6", 0.22),
    ears=False,
    freckles=46,
)

KAI = Character(
    name="kai",
    proportions=Proportions(
        face=0.82,
        jaw=1.06,
        chin=1.10,
        nose=0.90,
        nose_tip=-0.010,
        eye=(0.094, 0.080),
        iris=0.044,
        eye_place=(0.192, -0.136),
        brow=-0.258,
        brow_slope=-0.004,
        brow_wide=0.036,
        brow_arch=0.024,
        mouth=(0.140, 0.276),
        lips=(0.044, 0.058),
        smile=0.023,
    ),
    skin=Skin("#97603e", "#bd8459", "#6d3f28", "#472617", "#a8503c", "#2f170f"),
    eyes=EyeLook("#4a2a18", "#a06a3a", "#120b0a", "#7a4a30", "#1d1210", 0.55),
    lips=LipLook("#8a4a3f", "#a8655a", "#3a1715"),
    hair=Curls(Hair(("#0d0909", "#1f1513", "#3a2620", "#6b4636", "#a87a5c"), (0.35,)), 0.41, 3),
    garment=Hoodie(
        Cloth("#2f4a5f", "#46687f", "#1f3344", "#111d29", "#f2994a", "#ffd0a0"),
        Build(shoulders=1.24, neck=0.275, top=0.70),
        Cloth("#d5cfd2", "#f4f1ee", "#a9a2ab", "#a9a2ab", "#ffffff", "#ffffff"),
    ),
    backdrop=Backdrop("#f3a683", "#77507f", "#ffd2ac", 0.15),
    ears=True,
    stubble=0.36,
    headphones=Cloth("#e4e1e8", "#ffffff", "#aaa4b4", "#4a4650", "#f2994a", "#ffd0a0"),
)

CHARACTERS = (JUNO, KAI)
