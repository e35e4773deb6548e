"""How a project or a plugin changes what the library does: replaced apps, exposed fields, ports, deprecations."""
