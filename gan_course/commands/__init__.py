"""What the commands of `gan-course` do; `gan_course.cli` puts them together."""
