"""The verbs of the day: admit, undo, look up, settle."""
