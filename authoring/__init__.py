"""Tools of whoever writes the course: they turn sources into notebooks, exercises and tables, and
say when one no longer fits the other."""
