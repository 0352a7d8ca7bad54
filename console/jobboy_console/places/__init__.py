"""The screens of the house as lines: what each shows, told apart from how it is read and drawn."""
