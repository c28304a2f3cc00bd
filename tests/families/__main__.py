from gan_course.catalogue import catalogue
from gan_course.cli import app
from tests.families import DATA, MODELS

if __name__ == "__main__":
    catalogue().data.update(DATA)
    catalogue().models.update(MODELS)
    app(prog_name="gan-course")
