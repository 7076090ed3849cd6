"""The few pages an agent would look at."""
