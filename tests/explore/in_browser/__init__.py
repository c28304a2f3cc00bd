"""A package, so that all of it shares one JupyterLab, which ends with it."""
