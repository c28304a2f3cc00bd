"""Exercise 08: how a U-Net is wired, how much of a picture a patch sees, and the losses of an
adversary that looks at pairs."""
