"""What a clinical answer must show: what each sentence rests on, what is missing, and that a person must judge."""
