"""Django's backend for MySQL and MariaDB with fewer words on the wire: `ENGINE` of the settings."""
