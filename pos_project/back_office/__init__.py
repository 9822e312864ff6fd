"""The back office as a whole: its home, its navigation. Each room has its own `admin.py`."""
