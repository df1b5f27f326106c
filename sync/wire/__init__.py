"""Dialects: one server's JSON to our nouns and back; nothing else knows its spelling."""
