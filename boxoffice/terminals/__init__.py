"""Card terminals: one module for each way of speaking with one, all behind `boxoffice.ports.CardTerminal`."""
