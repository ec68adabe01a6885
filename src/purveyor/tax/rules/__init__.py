"""Pure decisions of the tax room: no Django, no clock, no I/O."""
