"""Codes from a gun, a camera or a picture into scans."""
