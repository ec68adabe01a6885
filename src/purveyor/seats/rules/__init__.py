"""Pure decisions about members and invitations."""
