"""What an instructor calls: submissions are graded in a sandbox, by the judges that `check` uses.

The submission is the enemy. Its code runs in a `sandbox` that sees nothing but the interpreter and
the learner's part of the library, and there a `worker` only puts inputs in and sends values out.
`grading` judges these values in a process that no submission has ever run in.
"""
