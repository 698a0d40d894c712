"""Views to HTML: themes, the template environment and its filters."""
