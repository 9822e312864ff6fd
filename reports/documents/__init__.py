"""What the shop prints: each paper is described once, and rendered as HTML and as PDF."""
