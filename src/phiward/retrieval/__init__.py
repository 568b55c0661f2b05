"""Which of a patient's notes reach the model, and how they are laid out. First form: words in common.

Search by meaning (chunks, encrypted vector segments, exact scoring inside the grant) comes later;
this form has no index, no statistics and no state.
"""
