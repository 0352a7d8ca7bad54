"""How work is done: which process is next, who serves it, and what becomes of it; storage-free."""
