"""The language of filters: from text to conditions, what they mean, and what one may type next; no storage."""
