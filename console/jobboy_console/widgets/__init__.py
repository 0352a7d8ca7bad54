"""What screens are made of; none of them asks the database for anything."""
