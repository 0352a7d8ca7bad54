"""The terminal console of jobboy: sees every process, says what is wrong, and puts it right."""
