"""Lines, to one of four ends: a printer's bytes, a picture, plain text, a PDF."""
