"""The mailbox of the demonstration: ``/mailbox/`` shows what the shop has mailed, so that its links can be followed."""
