"""The 478-point face mesh by name: which landmark numbers make which part of a face.

The numbering is that of the MediaPipe face mesh with irises. Rows run from the subject's right
corner (left in the picture) to the left corner; upper and lower rows pair up column by column.
"""

LANDMARK_COUNT = 478
FOREHEAD, CHIN, NOSE_TIP = 10, 152, 1
RIGHT_CORNER, LEFT_CORNER = 61, 291
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
"""Where the oval is widest."""
LIP_CENTRES = (13, 14)
"""Middle of the upper and the lower inner lip."""
NOSE_BRIDGE = 168

UPPER_OUTER = (185, 40, 39, 37, 0, 267, 269, 270, 409)
UPPER_MIDDLE = (184, 74, 73, 72, 11, 302, 303, 304, 408)
UPPER_INSIDE = (183, 42, 41, 38, 12, 268, 271, 272, 407)
UPPER_INNER = (191, 80, 81, 82, 13, 312, 311, 310, 415)
LOWER_INNER = (95, 88, 178, 87, 14, 317, 402, 318, 324)
LOWER_INSIDE = (96, 89, 179, 86, 15, 316, 403, 319, 325)
LOWER_MIDDLE = (77, 90, 180, 85, 16, 315, 404, 320, 307)
LOWER_OUTER = (146, 91, 181, 84, 17, 314, 405, 321, 375)
CORNERS = (61, 76, 62, 78, 291, 306, 292, 308)
INNER_CORNERS = (78, 308)

UPPER_LIP = UPPER_OUTER + UPPER_MIDDLE + UPPER_INSIDE + UPPER_INNER
LOWER_LIP = LOWER_OUTER + LOWER_MIDDLE + LOWER_INSIDE + LOWER_INNER

RIGHT_EYE_CORNERS = (33, 133)
RIGHT_UPPER_LID = (246, 161, 160, 159, 158, 157, 173)
RIGHT_LOWER_LID = (7, 163, 144, 145, 153, 154, 155)
RIGHT_BROW_LOWER = (46, 53, 52, 65, 55)
RIGHT_IRIS = (468, 469, 470, 471, 472)
LEFT_EYE_CORNERS = (362, 263)
LEFT_UPPER_LID = (398, 384, 385, 386, 387, 388, 466)
LEFT_LOWER_LID = (382, 381, 380, 374, 373, 390, 249)
LEFT_BROW_LOWER = (285, 295, 282, 283, 276)
LEFT_IRIS = (473, 474, 475, 476, 477)
EYE_LIDS = (
    (RIGHT_EYE_CORNERS, RIGHT_UPPER_LID, RIGHT_LOWER_LID),
    (LEFT_EYE_CORNERS, LEFT_UPPER_LID, LEFT_LOWER_LID),
)
"""Corners, upper lid and lower lid of both eyes; lids from the picture's left to its right."""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
JAW = (397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172)

FEATURES = (
    *UPPER_LIP, *LOWER_LIP, *CORNERS, *OVAL,
    *RIGHT_EYE_CORNERS, *RIGHT_UPPER_LID, *RIGHT_LOWER_LID, *RIGHT_BROW_LOWER,
    *LEFT_EYE_CORNERS, *LEFT_UPPER_LID, *LEFT_LOWER_LID, *LEFT_BROW_LOWER,
)  # fmt: skip
"""Every landmark named here that is not an iris."""

# Rings: from one corner along the upper side and back along the lower one.

LIPS_OUTER = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
LIPS_INNER = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
LIPS_BETWEEN = (
    76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 307, 320, 404, 315, 16, 85, 180, 90, 77,
    62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292, 325, 319, 403, 316, 15, 86, 179, 89, 96,
)  # fmt: skip
LIPS = (*LIPS_OUTER, *LIPS_INNER, *LIPS_BETWEEN)
AROUND_LIPS = (
    57, 186, 92, 165, 167, 164, 393, 391, 322, 410, 287, 273, 335, 406, 313, 18, 83, 182, 106, 43,
)  # fmt: skip

# The two eyes name their points in the same order, mirrored. Right is the subject's right.
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
LEFT_IRIS_MIRRORED = (473, 476, 475, 474, 477)
"""In the order of `RIGHT_IRIS`, mirrored."""
RIGHT_LIDS = (
    130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25,
    226, 113, 225, 224, 223, 222, 221, 189, 244, 233, 232, 231, 230, 229, 228, 31,
)  # fmt: skip
LEFT_LIDS = (
    359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255,
    446, 342, 445, 444, 443, 442, 441, 413, 464, 453, 452, 451, 450, 449, 448, 261,
)  # fmt: skip
RIGHT_BROW = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55)
LEFT_BROW = (300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
EYES = (*RIGHT_EYE, *RIGHT_IRIS, *LEFT_EYE, *LEFT_IRIS_MIRRORED)

LIP_GAPS = ((82, 87), LIP_CENTRES, (312, 317), (81, 178), (311, 402))
"""Pairs of upper and lower inner lip points; their distance is how far the mouth is open."""
RIGHT_EYE_GAPS = ((160, 144), (159, 145), (158, 153))
LEFT_EYE_GAPS = ((387, 373), (386, 374), (385, 380))
