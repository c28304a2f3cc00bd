"""What `gan-course doctor` says: what is installed, how a run went, and what to do about it."""
