"""A shop that trades at random, watched by every law: see `machine.py`."""
