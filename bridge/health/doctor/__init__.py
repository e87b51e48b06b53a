"""`antiphon doctor`: looks at the machine, and says what is well, what is not, and how to put it right."""
