from pos_project.tests.laws import the_books_agree

__all__ = ["the_books_agree"]
