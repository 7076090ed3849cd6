"""What `make run` is: a supervisor for Deskward's processes, with a local Zendesk and a stream of example tickets."""
