"""Publishing: a built site to a branch of a git remote, past the checkout of the user."""
