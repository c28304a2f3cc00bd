"""Exercise 03: joining a label, the projection's score and why it is enough, balanced batches, and
what a wish must be measured by."""
