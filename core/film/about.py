"""What a film of ours says of itself."""

TITLE = "AI-generated video"

ABOUT = {
    "title": TITLE,
    "comment": "The person in this video is AI-generated: a portrait animated by Understudy.",
}
