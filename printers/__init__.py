"""Paper: documents to lines, lines to a printer."""
