"""Where a figure comes from: a tree whose leaves are rows of the books and add up to the figure."""
