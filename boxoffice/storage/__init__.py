"""The station's encrypted SQLite store: one writer, migrations, one module per group of tables."""
