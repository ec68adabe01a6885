"""Organizations, people, memberships, roles, scope, acting on."""
