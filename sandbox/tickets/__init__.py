"""What a ticket is and how it changes, apart from HTTP."""
