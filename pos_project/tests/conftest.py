from pos_project.tests.invariants import the_books_agree

__all__ = ["the_books_agree"]
