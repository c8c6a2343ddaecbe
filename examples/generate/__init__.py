"""What the bundled firm's people did and allowed, invented from its nine sources."""
