"""Exercise 03: joining a label, the projection's score and why it is enough, balanced batches, and
three measures of what a conditional generator draws."""
