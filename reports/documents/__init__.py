"""What the shop prints: each document is described once, and rendered as HTML, PDF and CSV."""
