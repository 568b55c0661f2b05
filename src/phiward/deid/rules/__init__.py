"""Rules for identifiers that have a form: one module for each idea, `catalogue` lists them."""
