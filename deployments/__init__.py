"""Ray Serve: the functions that compose the service, and the HTTP in front of them."""
