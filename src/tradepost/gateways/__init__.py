"""Payment gateways, one module for each provider."""
