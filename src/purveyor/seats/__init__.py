"""Members, invitations and assignments: who uses the seats of a subscription."""
