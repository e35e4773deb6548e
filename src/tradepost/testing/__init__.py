"""For tests of projects and plugins: factories, fakes, contracts. Public."""
