"""The central server of this project."""
