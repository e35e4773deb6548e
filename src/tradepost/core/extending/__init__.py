"""Ways to change the library from a project or plugin: replaced apps, exposed fields, ports, deprecations."""
