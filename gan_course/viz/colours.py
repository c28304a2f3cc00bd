from gan_course.colours import *  # noqa: F403
