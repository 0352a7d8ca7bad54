"""What goes on beside the screen: calls in threads, the watch over the database, the embedded worker."""
