"""Pure decisions of the payments room: no Django, no clock, no I/O."""
