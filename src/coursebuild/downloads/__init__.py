"""What readers take along: the course as a zip that needs no server, and on paper."""
