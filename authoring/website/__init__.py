"""The course's website, which needs no network: `gather` lays out what Sphinx reads, `written`
writes the pages that follow from the catalogue and the docstrings, `links` leads every link to a
place that exists, and `__main__` builds."""
