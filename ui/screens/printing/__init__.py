"""The queue and the printers, room by room: the screen itself, a column of cards, a job's card and a printer's."""
