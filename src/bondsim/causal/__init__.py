"""What causes what: worlds whose truth is known, and what the field's methods make of them."""
