"""Exercise 04: how many nats a picture tells of its code, where that bound enters the game, and
what codes turn out to mean."""
