"""What an instructor hands out: links for a class, the students' copy, a kit for rooms without a
network; and how what comes back is gathered."""
