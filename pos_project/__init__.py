"""The house: settings and urls wire the rooms together. No business rule lives here."""

try:
    import MySQLdb  # noqa: F401  (is it there?)
except ImportError:
    # No compiled driver on this machine: the pure Python one stands in (about 15 % slower).
    import pymysql

    pymysql.install_as_MySQLdb()
