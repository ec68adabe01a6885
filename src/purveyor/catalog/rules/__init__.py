"""Pure decisions of the catalog room: no Django, no clock, no I/O."""
