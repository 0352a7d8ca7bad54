"""What an operator is asked: answers and forms, how much before a verb, and what it will do in words."""
