"""The command line: one module a group of verbs, the same services as the screens."""
