"""Django's backend for SQLite, which counts statements: `ENGINE` of the settings."""
