"""The kind *id_card*: readers with the police SAM module, which tell what is written in a resident's card."""
