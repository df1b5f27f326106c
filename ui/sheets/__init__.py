"""Sheets that lie above a screen for one errand, and go when it is done."""
