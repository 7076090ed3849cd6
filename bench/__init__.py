"""The figures that Deskward is held to, each with the command that shows it: `python -m bench`, or one by name."""
