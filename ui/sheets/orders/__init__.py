"""Errands at an order that there is: money taken and given back, tickets changed, receipts put right."""
