"""The screens: each owns what it shows, and asks for it in threads."""
