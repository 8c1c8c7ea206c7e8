"""Tools that keep the book honest: output regression, the ledger, scaffolding."""
