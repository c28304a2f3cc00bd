"""Tools for whoever writes the course: they turn sources into notebooks, exercises and tables, and
say when these no longer fit their source."""
