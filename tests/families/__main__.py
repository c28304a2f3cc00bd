from gan_course.catalogue import ModelEntry, catalogue
from gan_course.cli import app

FAMILIES = [
    ModelEntry(
        "conditional",
        "tests.families.conditional.Conditional",
        "digits",
        "tiny, with labels and a replay pool",
    ),
    ModelEntry(
        "penalised",
        "tests.families.penalised.Penalised",
        "mixture",
        "tiny, with a gradient penalty",
    ),
]

if __name__ == "__main__":
    catalogue().models.update({entry.name: entry for entry in FAMILIES})
    app(prog_name="gan-course")
