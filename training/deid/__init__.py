"""The training of the tagger: a seeded generator, a teacher, a student, and the model card."""
