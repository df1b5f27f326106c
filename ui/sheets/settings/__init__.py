"""What is set up once at a station: people, printers, the terminal, stationery."""
