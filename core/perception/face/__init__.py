"""Find faces in photos: detector, landmarks, matte."""
