"""What `gan-course doctor` says: what is installed, and how a run went, each with what to do."""
