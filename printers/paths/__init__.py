"""The ways on which bytes reach a printer, and what comes back on them."""
