"""Two tiny models that a catalogue of two lacks, for tests of training: one with a condition and a
replay pool, one with a gradient penalty.

`python -m tests.families` is `gan-course` with both in its catalogue.
"""
